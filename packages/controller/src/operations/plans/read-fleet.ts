import {
  admissionOf,
  expectedCpus,
  type FeatureFleet,
  featuresOfHost,
  type FleetGuest,
  type FleetHost,
  type FleetState,
  type Host,
  type Load,
  type MemoryMeasurement,
  type RunningMove,
  type StockNeed,
  stockNeedsOf,
} from '@ferry/model';
import type { HostLoad } from '../../store/hosts/load-store.ts';
import type { FleetPart, OpenMigration } from '../../store/instances/fleet-store.ts';
import type { Services } from '../engine/services.ts';
import { portSpeeds } from '../facts/port-speeds.ts';
import { keptFor, ratioOf } from './aggregates-of-hosts.ts';
import { type Experience, fleetGuest, loadHorizonMs, mannerOf } from './fleet-guest.ts';

/** Facts that are older than this are told with what is planned from them, ms. */
const staleFactsMs = 300_000;

/** What to know of the facts that plans are made from: what was not seen for long is reckoned with as it was. */
export async function fleetNotes({ store }: Services): Promise<string[]> {
  const now = Date.parse(store.now());
  return (await store.hosts.list()).flatMap(({ name, facts, service }) => {
    if (facts === null) return [`${name} has never told what it has: nothing goes there`];
    const seen = service.lastSeenAt === null ? null : now - Date.parse(service.lastSeenAt);
    if (service.state === 'up' && seen !== null && seen > staleFactsMs)
      return [
        `what ${name} has was last seen ${Math.round(seen / 60_000)} min ago, at ${service.lastSeenAt}`,
      ];
    return [];
  });
}

/** Nova's own `cpu_allocation_ratio`, which an aggregate may set for its hosts. */
const cpuRatio = 16;
/** What a host has free of disk is asked when a move is checked; where nobody has looked yet a plan is not held up by it. */
const diskNotLookedAt = Number.MAX_SAFE_INTEGER;
/** Who moved longer ago than this is not asked for: no balancer lets a guest rest longer. */
const rememberMovesMs = 86_400_000;

/** The fleet at one moment, with what moves in it. */
export interface FleetReading {
  readonly state: FleetState;
  readonly running: readonly (RunningMove & { readonly migrationId: string })[];
  /** Names of hosts and guests, by id. */
  readonly names: ReadonlyMap<string, string>;
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
  const [hosts, instances, measurements, sharing, claimed, speedOf, groups, open, aggregates, zones] =
    await Promise.all([
      store.hosts.list(),
      store.fleet.instances(part),
      // What a move takes is reckoned when it is planned, and asked of no step.
      part === null ? store.fleet.measurements() : new Map<string, MemoryMeasurement>(),
      store.fleet.sharing(),
      store.fleet.claimed(experience.ownMigrations),
      portSpeeds(store),
      store.fleet.serverGroups(),
      store.fleet.openMigrations(),
      store.aggregates.list(),
      store.creations.zones(),
    ]);
  const features: FeatureFleet = {
    zones: new Map(hosts.map(({ id }) => [id, zones.of(id)])),
    keptFor: keptFor(hosts, aggregates),
    sharing,
    ...stockOf(hostLoads),
  };
  const byId = new Map(hosts.map((host) => [host.id, host]));
  const guests = instances.flatMap((one) => {
    const host = byId.get(one.instance.hostId);
    return host === undefined
      ? []
      : [fleetGuest(one, host, { features, measurements, experience, loads, moved, readAt })];
  });
  const wanted = new Set(guests.flatMap((guest) => [...guest.features]));
  const needed = new Map<string, StockNeed>();
  const written = new Set<string>();
  for (const one of instances) {
    for (const { directory } of one.needs?.files ?? []) written.add(directory);
    const host = byId.get(one.instance.hostId);
    if (host === undefined) continue;
    for (const [feature, need] of stockNeedsOf({ host, needs: one.needs, manner: mannerOf(one) }, features))
      needed.set(feature, need);
  }
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
        ...usedOf(hostLoads.get(host.id) ?? null, { instanceCpus: cpus.get(host.id) ?? 0, written, readAt }),
        cpuRatio: Math.min(
          ...inside.map(({ metadata }) => ratioOf(metadata['cpu_allocation_ratio'])),
          cpuRatio,
        ),
        features: featuresOfHost(host, features, wanted, needed),
        groups: [...new Set([...inside.map(({ name }) => name), zones.of(host.id)])],
      };
    }),
    guests,
    links: hosts.map(({ id, name }) => ({ name: portOf(name), bytesPerSecond: speedOf(id) })),
    serverGroups: groupsOf(groups, guests),
  };
  const names = new Map([
    ...hosts.map(({ id, name }) => [id, name] as const),
    ...instances.map(({ instance }) => [instance.id, instance.name] as const),
  ]);
  return { state, running: open.map(runningOf), names };
}

/** What hosts have beside what every one tells; of a part of the fleet nothing, for the checks of each move ask for themselves. */
function stockOf(loads: ReadonlyMap<string, HostLoad>): Pick<FeatureFleet, 'stock' | 'lacked'> {
  const stock = new Map([...loads].map(([id, { stock: seen }]) => [id, seen]));
  return { stock, lacked: new Set([...stock.values()].flatMap(({ lacks = [] }) => lacks)) };
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
  { instanceCpus, written, readAt }: { instanceCpus: number; written: ReadonlySet<string>; readAt: string },
): Pick<FleetHost, 'cpuUsed' | 'diskFreeBytes'> {
  const others =
    seen === null || seen.others === null ? null : expectedCpus(seen.others, readAt, loadHorizonMs);
  const free = Object.entries(seen?.stock.bytes ?? {}).flatMap(([directory, bytes]) =>
    written.has(directory) ? [bytes] : [],
  );
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

/** How far it is with what links carry of it. */
function runningOf(one: OpenMigration): RunningMove & { readonly migrationId: string } {
  return {
    migrationId: one.id,
    guestId: one.instanceId,
    fromHostId: one.sourceHostId,
    toHostId: one.targetHostId,
    phase: phases[one.status] ?? 'prepares',
  };
}

const phases: Readonly<Partial<Record<OpenMigration['status'], RunningMove['phase']>>> = {
  running: 'sends',
  migrating: 'sends',
  'post-migrating': 'ends',
  finished: 'ends',
  confirming: 'ends',
};

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
