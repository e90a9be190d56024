import type { FleetPlan, PlanOptions, PlanStep } from './fleet-plan.ts';
import type { FleetGuest, FleetHost, FleetState } from './fleet-state.ts';

type Move = PlanStep & { readonly action: { readonly kind: 'move' } };

/** The begin or the end of a move, in the order in which they happen. */
export interface PlanEvent {
  readonly what: 'begins' | 'ends';
  readonly move: Move;
}

/** What a replay knows of a host, counted anew from the list of guests at each event: slow, and nobody's else code. */
interface Place {
  readonly host: FleetHost;
  readonly guests: Set<FleetGuest>;
}

export function movesIn(plan: FleetPlan): Move[] {
  return plan.steps.filter((step): step is Move => step.action.kind === 'move');
}

/** Begins and ends as the plan has them by its clock; of the same moment ends come first. */
export function byTheClock(plan: FleetPlan): PlanEvent[] {
  return movesIn(plan)
    .flatMap((move) => [
      { what: 'begins' as const, move, atMs: move.startsAtMs },
      { what: 'ends' as const, move, atMs: move.endsAtMs },
    ])
    .toSorted(
      (one, other) =>
        one.atMs - other.atMs ||
        Number(one.what === 'begins') - Number(other.what === 'begins') ||
        one.move.number - other.move.number,
    );
}

/** Begins and ends in any order that `after` allows: `pick` takes one of so many that may happen next. */
export function inAnyOrder(plan: FleetPlan, pick: (many: number) => number): PlanEvent[] {
  const ended = new Set<number>();
  const begun = new Set<number>();
  const events: PlanEvent[] = [];
  for (;;) {
    for (const step of plan.steps)
      if (step.action.kind !== 'move' && step.after.every((other) => ended.has(other)))
        ended.add(step.number);
    const next = movesIn(plan).flatMap((move): PlanEvent[] => {
      if (ended.has(move.number)) return [];
      if (begun.has(move.number)) return [{ what: 'ends', move }];
      return move.after.every((other) => ended.has(other)) ? [{ what: 'begins', move }] : [];
    });
    const event = next[pick(next.length)];
    if (event === undefined) break;
    (event.what === 'begins' ? begun : ended).add(event.move.number);
    events.push(event);
  }
  return events;
}

/**
 * Replays events from the state, and answers every hard limit that is broken at any moment: room of memory, processors and
 * disk, what a guest asks for, versions, anti-affinity, slots. A host that is above a limit already may be, as long as
 * nobody comes to it.
 */
export function brokenLimits(
  state: FleetState,
  events: readonly PlanEvent[],
  limits: PlanOptions['limits'],
): string[] {
  const places = new Map<string, Place>(state.hosts.map((host) => [host.id, { host, guests: new Set() }]));
  const guests = new Map(state.guests.map((guest) => [guest.id, guest]));
  for (const guest of state.guests) places.get(guest.hostId)?.guests.add(guest);
  const disks = new Map(state.hosts.map(({ id, diskFreeBytes }) => [id, diskFreeBytes]));
  const running = new Set<Move>();
  const broken: string[] = [];
  for (const { what, move } of events) {
    const { guestId, fromHostId, toHostId, how } = move.action;
    const guest = guests.get(guestId);
    const source = places.get(fromHostId);
    const target = places.get(toHostId);
    const say = (text: string): void => {
      broken.push(`step ${move.number} (${guestId} ${fromHostId} > ${toHostId}): ${text}`);
    };
    if (guest === undefined || source === undefined || target === undefined) {
      say('names something that is not there');
      continue;
    }
    if (what === 'ends') {
      running.delete(move);
      source.guests.delete(guest);
      disks.set(fromHostId, add(disks.get(fromHostId), guest.diskBytes));
      continue;
    }
    if (!source.guests.has(guest)) say(`${guest.name} is not there`);
    if (guest.move.kind === 'stays' && how !== 'evacuate') say(`${guest.name} cannot move`);
    if ((guest.move.kind === 'live') !== (how === 'live') && how !== 'evacuate') say(`moves ${how}`);
    running.add(move);
    target.guests.add(guest);
    disks.set(toHostId, add(disks.get(toHostId), -guest.diskBytes));
    for (const text of [
      ...badTarget(source.host, target.host, guest),
      ...overFull(target, guest, disks.get(toHostId) ?? null),
      ...tooMany(state, places, guest, target),
      ...overSlots(running, move, limits),
    ])
      say(text);
  }
  return broken;
}

function add(free: number | null | undefined, bytes: number): number | null {
  return free === null || free === undefined ? null : free + bytes;
}

function badTarget(source: FleetHost, target: FleetHost, guest: FleetGuest): string[] {
  const found: string[] = [];
  if (target.service !== 'up') found.push(`${target.name} is down`);
  if (target.admission === 'disabled') found.push(`${target.name} is disabled`);
  if (target.arch !== source.arch) found.push(`${target.name} is ${target.arch}`);
  if (target.hypervisorVersion < source.hypervisorVersion) found.push('older QEMU');
  if (target.libvirtVersion < source.libvirtVersion) found.push('older libvirt');
  for (const feature of guest.features)
    if (!target.features.has(feature)) found.push(`${feature} is missing`);
  return found;
}

function overFull({ host, guests }: Place, guest: FleetGuest, diskFree: number | null): string[] {
  const running = [...guests].filter(({ move }) => move.kind !== 'off');
  const memory = running.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  const vcpus = running.reduce((sum, one) => sum + one.vcpus, 0);
  const found: string[] = [];
  const runs = guest.move.kind !== 'off';
  if (runs && memory > host.memoryBytes)
    found.push(`${memory} bytes of memory on ${host.name}, which has ${host.memoryBytes}`);
  if (runs && vcpus > host.cpus * host.cpuRatio) found.push(`${vcpus} processors on ${host.name}`);
  if (guest.diskBytes > 0 && (diskFree === null || diskFree < 0)) found.push(`no disk on ${host.name}`);
  return found;
}

function tooMany(
  { serverGroups }: FleetState,
  places: ReadonlyMap<string, Place>,
  guest: FleetGuest,
  target: Place,
): string[] {
  return serverGroups.flatMap(({ group, members }) => {
    if (group.policy !== 'anti-affinity' || !members.some(({ guestId }) => guestId === guest.id)) return [];
    const there = members.filter(({ guestId, hostIds }) =>
      [...places.values()].some(({ guests }) => [...guests].some(({ id }) => id === guestId))
        ? [...target.guests].some(({ id }) => id === guestId)
        : hostIds.includes(target.host.id),
    );
    return there.length > (group.maxPerHost ?? 1)
      ? [`${there.length} of server group ${group.name} on ${target.host.name}`]
      : [];
  });
}

function overSlots(running: ReadonlySet<Move>, { action }: Move, limits: PlanOptions['limits']): string[] {
  const all = [...running];
  const found: string[] = [];
  const out = all.filter((one) => one.action.fromHostId === action.fromHostId).length;
  const into = all.filter((one) => one.action.toHostId === action.toHostId).length;
  if (out > limits.perSource && action.how !== 'evacuate') found.push(`${out} leave at once`);
  if (into > limits.perTarget) found.push(`${into} come at once`);
  if (all.length > limits.fleet) found.push(`${all.length} move at once`);
  return found;
}

/** Guests of the hosts that are neither moved, nor named as staying, nor as blocked, by themselves or with their host. */
export function forgotten(state: FleetState, plan: FleetPlan, hostIds: readonly string[]): string[] {
  const moved = new Set(movesIn(plan).map(({ action }) => action.guestId));
  const named = new Set([
    ...plan.blockers.map(({ guestId }) => guestId),
    ...plan.stays.map(({ guestId }) => guestId),
  ]);
  const whole = new Set(plan.blockers.flatMap(({ guestId, hostId }) => (guestId === null ? [hostId] : [])));
  return state.guests
    .filter(({ hostId }) => hostIds.includes(hostId) && !whole.has(hostId))
    .filter(({ id }) => !moved.has(id) && !named.has(id))
    .map(({ name }) => name);
}
