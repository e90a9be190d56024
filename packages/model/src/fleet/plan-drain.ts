import { findPlaces } from './find-places.ts';
import type { FleetGuest } from './fleet-state.ts';
import { movability, type Movability } from './move-time.ts';
import { itemsOf, type PlacementItem } from './placement-item.ts';
import { addFixed, guestsNow, knownHosts, nameOfGuest, nameOfHost, type PlanDraft } from './plan-draft.ts';

/** Reckoned for the orderly shut-down of a guest, ms. */
const shutDownMs = 60_000;

/** Empties hosts: each takes nobody from the begin, and its guests go to hosts that are not emptied with it. */
export function planDrain(draft: PlanDraft, hostIds: readonly string[]): void {
  const hosts = knownHosts(draft, hostIds);
  for (const host of hosts) draft.room.closed[host] = 1;
  const entered = new Map(hosts.map((host) => [host, enterMaintenance(draft, host, 'it is to be empty')]));
  const leavers = hosts.map((host) => leaving(draft, host));
  const moves = findPlaces(draft, {
    items: leavers.flatMap(({ items }) => items),
    because: ({ from }) => `${nameOfHost(draft, from)} is to be empty`,
    how: (guest) => movesOf(draft, guest),
    needs: ({ from }) => entered.get(from) ?? [],
    mayClear: () => true,
  });
  for (const { host, items, shutDown } of leavers) {
    const before = [...(entered.get(host) ?? []), ...items.flatMap((item) => moves.get(item) ?? [])];
    shutDownAll(draft, host, shutDown, before);
  }
}

/** The host takes nobody from here on. No step where that is so already. */
export function enterMaintenance(
  draft: PlanDraft,
  host: number,
  because: string,
  needs: readonly number[] = [],
): number[] {
  const found = draft.index.hosts[host];
  if (found === undefined || found.admission === 'maintenance') return [...needs];
  return [addFixed(draft, { kind: 'enter-maintenance', hostId: found.id }, because, needs)];
}

/** Guests of a host that is to be emptied. */
interface Leaving {
  readonly host: number;
  readonly items: readonly PlacementItem[];
  /** Those that are shut down by their name, with why they cannot move. */
  readonly shutDown: readonly { readonly guest: number; readonly because: string }[];
}

/**
 * What of a host's guests can be moved, as items, and who is shut down by name. All others become blockers: of a host that is
 * down nobody can be moved, and one that cannot move holds the members of its affinity. With `offStay` guests that are off
 * are left where they are.
 */
export function leaving(draft: PlanDraft, host: number, offStay = false): Leaving {
  const { index, options } = draft;
  const found = index.hosts[host];
  const guests = guestsNow(draft, host);
  if (found?.service === 'down' && guests.length > 0) {
    draft.blockers.push({
      guestId: null,
      hostId: found.id,
      because: `${found.name} does not answer, and ${guests.length} of its guests cannot be moved`,
      remedies: [`bring ${found.name} back`, 'evacuate it once it is known to be off'],
    });
    return { host, items: [], shutDown: [] };
  }
  const blocked = new Set<number>();
  const movable: number[] = [];
  const shutDown: { guest: number; because: string }[] = [];
  for (const guest of guests) {
    const one = index.guests[guest] ?? unknownGuest;
    const how = movability(one, options);
    if (offStay && one.move.kind === 'off') draft.stays.push({ guestId: one.id, because: 'is off' });
    else if (how.kind === 'moves') movable.push(guest);
    else if (how.kind === 'shuts-down') shutDown.push({ guest, because: how.because });
    else {
      blocked.add(guest);
      const { because, remedies } = how;
      draft.blockers.push({ guestId: one.id, hostId: found?.id ?? null, because, remedies });
    }
  }
  return {
    host,
    items: itemsOf(index, movable, host).filter((item) => !heldBack(draft, item, blocked)),
    shutDown,
  };
}

/** Shuts guests down that are named for it, just before the host is to be empty. Answers the steps. */
export function shutDownAll(
  draft: PlanDraft,
  host: number,
  guests: Leaving['shutDown'],
  needs: readonly number[],
): number[] {
  const hostId = draft.index.hosts[host]?.id ?? '';
  return guests.map(({ guest, because }) => {
    const guestId = draft.index.guests[guest]?.id ?? '';
    draft.stays.push({ guestId, because: `is shut down by its name, for it cannot move: ${because}` });
    return addFixed(draft, { kind: 'shut-down', guestId, hostId }, because, needs, shutDownMs);
  });
}

/** A member of its affinity group cannot leave, and so it may not. */
function heldBack(draft: PlanDraft, item: PlacementItem, blocked: ReadonlySet<number>): boolean {
  const { index } = draft;
  for (const { group } of item.affine) {
    const holder = index.groups[group]?.guests.find((guest) => blocked.has(guest));
    if (holder === undefined) continue;
    for (const guest of item.guests) {
      draft.blockers.push({
        guestId: index.guests[guest]?.id ?? null,
        hostId: index.hosts[item.from]?.id ?? null,
        because: `${nameOfGuest(draft, guest)} is to be where ${nameOfGuest(draft, holder)} is (affinity of server group ${index.groups[group]?.name}), which cannot leave`,
        remedies: [`let ${nameOfGuest(draft, holder)} leave, or take them out of the server group`],
      });
    }
    return true;
  }
  return false;
}

/** How a guest moves that `leaving` let go. */
export function movesOf(draft: PlanDraft, guest: number): Movability & { kind: 'moves' } {
  const how = movability(draft.index.guests[guest] ?? unknownGuest, draft.options);
  if (how.kind === 'moves') return how;
  return { kind: 'moves', how: 'cold', load: noLoad, downtimeMs: null };
}
const noLoad = { bytes: 0, dirtyBytesPerSecond: 0, prepareMs: 0, downtimeMs: 0 };

const unknownGuest = {
  id: '',
  name: 'an unknown guest',
  hostId: '',
  memoryBytes: 0,
  vcpus: 0,
  cpuUsed: null,
  diskBytes: 0,
  features: new Set<string>(),
  move: { kind: 'stays', because: 'nobody knows it' },
  priority: 0,
  movedAt: null,
  busyWith: null,
} as const;

/** Reckoned for the start of a guest from its disks, ms. */
const startMs = 15_000;

/**
 * Starts elsewhere what ran on a host that is off, by priority. Only guests whose disks others reach; that the host is known
 * to be off is for whoever runs the plan to ask, before the first of them is started.
 */
export function planEvacuate(draft: PlanDraft, hostId: string): void {
  const { index } = draft;
  for (const host of knownHosts(draft, [hostId])) {
    const found = index.hosts[host];
    if (found?.service === 'up') {
      draft.blockers.push({
        guestId: null,
        hostId,
        because: `${found.name} answers, and what runs there would run twice`,
        remedies: [`drain ${found.name}`, 'confirm that it is off'],
      });
      return;
    }
    draft.room.closed[host] = 1;
    const blocked = new Set<number>();
    const movable = index.guestsAt(host).filter((guest) => {
      const one = index.guests[guest];
      if (one === undefined) return false;
      if (one.move.kind === 'off') {
        draft.stays.push({ guestId: one.id, because: 'is off' });
        return false;
      }
      if (one.diskBytes === 0) return true;
      blocked.add(guest);
      draft.blockers.push({ guestId: one.id, hostId, ...unreachable(one, found?.name ?? hostId) });
      return false;
    });
    const items = itemsOf(index, movable, host).filter((item) => !heldBack(draft, item, blocked));
    findPlaces(draft, {
      items,
      because: () => `${found?.name ?? hostId} is off`,
      how: (guest) => (index.at[guest] === host ? startedAnew : movesOf(draft, guest)),
      needs: () => [],
      priority: ({ guests }) => Math.max(...guests.map((guest) => index.guests[guest]?.priority ?? 0)),
      mayClear: () => true,
    });
  }
}

const startedAnew: Movability & { kind: 'moves' } = {
  kind: 'moves',
  how: 'evacuate',
  load: { bytes: 0, dirtyBytesPerSecond: 0, prepareMs: startMs, downtimeMs: 0 },
  downtimeMs: null,
};

function unreachable({ name }: FleetGuest, host: string): { because: string; remedies: string[] } {
  return {
    because: `${name} has disks on ${host} alone, which nobody reaches`,
    remedies: [`bring ${host} back`, `restore ${name} from a backup`],
  };
}
