import {
  admissionOf,
  builtInPolicy,
  expectedCpus,
  type FeatureFleet,
  type FeatureGuest,
  featuresOfGuest,
  featuresOfHost,
  type FleetGuest,
  type FleetHost,
  type FleetState,
  forbidsMoves,
  type GuestFailures,
  type GuestMove,
  holderOf,
  type Host,
  type Instance,
  type Load,
  type MemoryMeasurement,
  type RunningMove,
  sharedOf,
} from '@ferry/model';
import type { FleetInstance, FleetPart, OpenMigration } from '../../store/instances/fleet-store.ts';
import type { HostLoad } from '../../store/hosts/load-store.ts';
import type { Services } from '../engine/services.ts';

/** Nova's own `cpu_allocation_ratio`, which an aggregate may set for its hosts. */
const cpuRatio = 16;
/** Reckoned for the checks and the preparing of a live move, ms. */
const prepareMs = 3_000;
/** A port of 1 Gbit/s, of which 94 % carry data, where no transfer was measured and no policy says. */
const assumedBytesPerSecond = 117_500_000;
/** What a host has free of disk is asked when a move is checked; where nobody has looked yet a plan is not held up by it. */
const diskNotLookedAt = Number.MAX_SAFE_INTEGER;
/** How far ahead a plan looks for what is usual at that time of day. */
const loadHorizonMs = 3_600_000;
/** Who moved longer ago than this is not asked for: no balancer lets a guest rest longer. */
const rememberMovesMs = 86_400_000;

/** The fleet at one moment, with what moves in it. */
export interface FleetReading {
  readonly state: FleetState;
  readonly running: readonly (RunningMove & { readonly migrationId: string })[];
  /** Names of hosts and guests, by id. */
  readonly names: ReadonlyMap<string, string>;
}

/** What a plan has found out about guests by itself. */
export interface Experience {
  readonly failures: Readonly<Record<string, GuestFailures>>;
  /** Guests whose moves have failed as often as they may: they stay. */
  readonly maxFailures: number;
  /** Migrations of the plan itself: what they have claimed is the plan's. */
  readonly ownMigrations: ReadonlySet<string>;
}

const none: ReadonlyMap<string, string> = new Map();
const noExperience: Experience = { failures: {}, maxFailures: 2, ownMigrations: new Set() };

/**
 * Reads the fleet from the store: no host is asked, however many there are. What each move meets is checked when it begins.
 * `part`: of guests only those of these hosts, which is enough to judge steps between them.
 */
export async function readFleet(
  { store }: Services,
  experience: Experience = noExperience,
  part: FleetPart | null = null,
): Promise<FleetReading> {
  const readAt = store.now();
  const moved = part === null ? await store.fleet.movedSince(ago(readAt, rememberMovesMs)) : none;
  const loads = part === null ? await store.loads.instances() : new Map<string, Load>();
  // Of a step the checks of its move look at the disks themselves.
  const hostLoads = part === null ? await store.loads.hosts() : new Map<string, HostLoad>();
  const [hosts, instances, measurements, sharing, claimed, ports, groups, open, aggregates, zones, policies] =
    await Promise.all([
      store.hosts.list(),
      store.fleet.instances(part),
      // What a move takes is reckoned when it is planned, and asked of no step.
      part === null ? store.fleet.measurements() : new Map<string, MemoryMeasurement>(),
      store.fleet.sharing(),
      store.fleet.claimed(experience.ownMigrations),
      store.fleet.ports(),
      store.fleet.serverGroups(),
      store.fleet.openMigrations(),
      store.aggregates.list(),
      store.creations.zones(),
      store.policies.list(),
    ]);
  const said = policies.find(({ scope }) => scope === 'default')?.values.linkBytesPerSecond ?? null;
  const features: FeatureFleet = {
    zones: new Map(hosts.map(({ id }) => [id, zones.of(id)])),
    keptFor: keptFor(hosts, aggregates),
    sharing,
  };
  const byId = new Map(hosts.map((host) => [host.id, host]));
  const guests = instances.flatMap((one) => {
    const host = byId.get(one.instance.hostId);
    return host === undefined
      ? []
      : [guestOf(one, host, { features, measurements, experience, loads, moved, readAt })];
  });
  const wanted = new Set(guests.flatMap((guest) => [...guest.features]));
  const load = new Map<string, number>();
  const cpus = new Map<string, number>();
  for (const guest of guests) {
    if (!takesMemory(guest)) continue;
    load.set(guest.hostId, (load.get(guest.hostId) ?? 0) + guest.memoryBytes);
    cpus.set(guest.hostId, (cpus.get(guest.hostId) ?? 0) + (guest.cpuUsed ?? 0));
  }
  const state: FleetState = {
    readAt,
    hosts: hosts.map((host) => {
      const inside = aggregates.filter(({ hosts: names }) => names.includes(host.name));
      return {
        ...hostOf(host, load.get(host.id) ?? 0, claimed.get(host.id) ?? 0),
        ...usedOf(hostLoads.get(host.id) ?? null, cpus.get(host.id) ?? 0, readAt),
        cpuRatio: Math.min(
          ...inside.map(({ metadata }) => ratioOf(metadata['cpu_allocation_ratio'])),
          cpuRatio,
        ),
        features: featuresOfHost(host, features, wanted),
        groups: [...new Set([...inside.map(({ name }) => name), zones.of(host.id)])],
      };
    }),
    guests,
    links: hosts.map(({ id, name }) => ({
      name: portOf(name),
      bytesPerSecond: ports.get(id) ?? said ?? assumedBytesPerSecond,
    })),
    serverGroups: groupsOf(groups, guests),
  };
  const names = new Map([
    ...hosts.map(({ id, name }) => [id, name] as const),
    ...instances.map(({ instance }) => [instance.id, instance.name] as const),
  ]);
  return { state, running: open.map(runningOf), names };
}

function portOf(hostName: string): string {
  return `the port of ${hostName}`;
}

/** Memory that guests can have there: not more than it has, and not what others than Ferry's instances take of it now. */
function hostOf(
  host: Host,
  loadBytes: number,
  claimedBytes: number,
): Omit<FleetHost, 'cpuRatio' | 'features' | 'groups' | 'cpuUsed' | 'diskFreeBytes'> {
  const { facts } = host;
  const total = facts?.memoryBytes ?? 0;
  const forGuests = Math.min(total, (facts?.memoryAvailableBytes ?? 0) + loadBytes);
  return {
    id: host.id,
    name: host.name,
    memoryBytes: Math.max(0, forGuests - claimedBytes),
    cpus: facts?.cpus ?? 0,
    arch: facts?.arch ?? '',
    hypervisorVersion: facts?.hypervisorVersion ?? 0,
    libvirtVersion: facts?.libvirtVersion ?? 0,
    service: host.service.state,
    admission: admissionOf(host),
    links: [portOf(host.name)],
  };
}

/**
 * What its processors do: what others than instances use there, and what instances use that are there now, so that one that has
 * just moved counts where it is. Of the room of several directories the one with most room counts: a plan may then meet one
 * that has less, which the checks of that move tell, rather than not be made.
 */
function usedOf(
  seen: HostLoad | null,
  instanceCpus: number,
  now: string,
): Pick<FleetHost, 'cpuUsed' | 'diskFreeBytes'> {
  const others = seen === null || seen.others === null ? null : expectedCpus(seen.others, now, loadHorizonMs);
  const free = Object.values(seen?.free.bytes ?? {});
  return {
    cpuUsed: others === null ? null : others + instanceCpus,
    diskFreeBytes: free.length === 0 ? diskNotLookedAt : Math.max(...free),
  };
}

function ago(now: string, ms: number): string {
  return new Date(Date.parse(now) - ms).toISOString();
}

/** One that is off takes none, and moves also where it could not be started now. */
function takesMemory({ move }: FleetGuest): boolean {
  return move.kind !== 'off';
}

interface GuestContext {
  readonly features: FeatureFleet;
  readonly measurements: ReadonlyMap<string, MemoryMeasurement>;
  readonly experience: Experience;
  readonly loads: ReadonlyMap<string, Load>;
  readonly moved: ReadonlyMap<string, string>;
  readonly readAt: string;
}

function guestOf(one: FleetInstance, host: Host, context: GuestContext): FleetGuest {
  const { instance, needs } = one;
  const { features, experience } = context;
  const failures = experience.failures[instance.id];
  const asked: FeatureGuest = { ...one, host, notOn: failures?.notOn ?? [] };
  const shared = needs === null ? new Set<string>() : sharedOf(needs, host.id, features.sharing);
  const copied = (needs?.files ?? []).filter(({ directory }) => !shared.has(directory));
  const diskBytes = copied.reduce((sum, { bytes }) => sum + bytes, 0);
  const load = context.loads.get(instance.id);
  return {
    id: instance.id,
    name: instance.name,
    hostId: host.id,
    memoryBytes: instance.memoryBytes,
    vcpus: instance.vcpus,
    cpuUsed: load === undefined ? null : expectedCpus(load, context.readAt, loadHorizonMs),
    diskBytes,
    features: featuresOfGuest(asked, features),
    move: moveOf(one, diskBytes, context),
    priority: 0,
    movedAt: context.moved.get(instance.id) ?? null,
    busyWith: instance.operationId === null && instance.taskState === null ? null : holderOf(instance),
  };
}

function moveOf({ instance, needs }: FleetInstance, diskBytes: number, context: GuestContext): GuestMove {
  const failures = context.experience.failures[instance.id];
  if (failures !== undefined && failures.count >= context.experience.maxFailures)
    return { kind: 'stays', because: `its moves failed ${failures.count} times; the last: ${failures.last}` };
  const stuck = whyStuck(instance);
  if (stuck !== null) return { kind: 'stays', because: stuck };
  if (instance.powerState === 'shutoff') return { kind: 'off', bytes: diskBytes };
  const devices = needs?.hostDevices ?? [];
  if (devices.length > 0) {
    const because = `devices of its host are passed through: ${devices.join(', ')}`;
    return { kind: 'cold-only', bytes: diskBytes, because };
  }
  const measured = context.measurements.get(instance.id) ?? null;
  const memory = Math.min(instance.memoryBytes, measured?.memoryUsedBytes ?? instance.memoryBytes);
  return {
    kind: 'live',
    forecast: {
      bytes: memory + diskBytes,
      dirtyBytesPerSecond: measured === null ? 0 : dirtyRate(measured),
      downtimeMs: builtInPolicy.maxDowntimeMs ?? 300,
      prepareMs,
      known: measured !== null && measured.windows.length > 0,
    },
  };
}

/** What has to be settled before it can move at all. */
function whyStuck({ fault, vmState, powerState }: Instance): string | null {
  if (forbidsMoves(fault)) return fault?.message ?? 'it is in question where it is';
  if (vmState === 'building' || (vmState === 'error' && fault === null))
    return `it is in the state ${vmState}`;
  if (powerState === 'running' || powerState === 'paused' || powerState === 'shutoff') return null;
  return `its power state is ${powerState}`;
}

/** By the widest window that was looked at: of short ones many pages are written twice in a pass. */
function dirtyRate({ windows }: MemoryMeasurement): number {
  const widest = windows.toSorted((one, other) => other.windowMs - one.windowMs)[0];
  return widest === undefined ? 0 : (widest.bytes / widest.windowMs) * 1000;
}

/** Memory is being sent: before and after it a move takes no stream of a link. */
function runningOf(one: OpenMigration): RunningMove & { readonly migrationId: string } {
  return {
    migrationId: one.id,
    guestId: one.instanceId,
    fromHostId: one.sourceHostId,
    toHostId: one.targetHostId,
    sending: one.status === 'running' || one.status === 'migrating',
  };
}

function keptFor(
  hosts: readonly Host[],
  aggregates: readonly {
    readonly hosts: readonly string[];
    readonly metadata: Readonly<Record<string, string>>;
  }[],
): Map<string, Set<string>> {
  const kept = new Map<string, Set<string>>();
  for (const { hosts: names, metadata } of aggregates) {
    const tenants = (metadata['filter_tenant_id'] ?? '').split(',').map((one) => one.trim());
    const named = tenants.filter((one) => one !== '');
    if (named.length === 0) continue;
    for (const { id, name } of hosts)
      if (names.includes(name)) kept.set(id, new Set([...(kept.get(id) ?? []), ...named]));
  }
  return kept;
}

function ratioOf(text: string | undefined): number {
  const ratio = Number(text ?? Number.NaN);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : Number.POSITIVE_INFINITY;
}

function groupsOf(
  groups: Awaited<ReturnType<Services['store']['fleet']['serverGroups']>>,
  guests: readonly FleetGuest[],
): FleetState['serverGroups'] {
  const byId = new Map(guests.map((guest) => [guest.id, guest]));
  return groups.map(({ group, instanceIds }) => ({
    group,
    members: instanceIds.flatMap((id) => {
      const guest = byId.get(id);
      return guest === undefined ? [] : [{ guestId: id, name: guest.name, hostIds: [guest.hostId] }];
    }),
  }));
}
