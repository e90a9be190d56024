import type { FleetPlan } from './fleet-plan.ts';
import type { FleetGuest, FleetHost, FleetServerGroup, FleetState } from './fleet-state.ts';

export const gib = 1024 ** 3;
/** 10 Gbit/s, of which 94 % carry data. */
export const tenGbit = 1_175_000_000;

/** A host with 64 GiB and a port of 10 Gbit/s of its own, unless it is said otherwise. */
export function sampleFleetHost(name: string, other: Partial<FleetHost> = {}): FleetHost {
  return {
    id: `id-${name}`,
    name,
    memoryBytes: 64 * gib,
    cpus: 16,
    cpuRatio: 4,
    diskFreeBytes: 500 * gib,
    cpuUsed: null,
    arch: 'x86_64',
    hypervisorVersion: 9_000_000,
    libvirtVersion: 11_003_000,
    features: new Set(['network blue']),
    service: 'up',
    admission: 'open',
    links: [`port-${name}`],
    groups: [],
    ...other,
  };
}

/** A guest that moves live, with 8 GiB and disks that are shared, unless it is said otherwise. */
export function sampleFleetGuest(name: string, host: string, other: Partial<FleetGuest> = {}): FleetGuest {
  const memoryBytes = other.memoryBytes ?? 8 * gib;
  return {
    id: `id-${name}`,
    name,
    hostId: `id-${host}`,
    memoryBytes,
    vcpus: 2,
    cpuUsed: null,
    diskBytes: 0,
    features: new Set(['network blue']),
    move: {
      kind: 'live',
      forecast: { bytes: memoryBytes, dirtyBytesPerSecond: 0, downtimeMs: 50, prepareMs: 2000, known: true },
    },
    priority: 0,
    movedAt: null,
    busyWith: null,
    ...other,
  };
}

/** A fleet of these, each host's own port with 10 Gbit/s. */
export function sampleFleet(
  hosts: readonly FleetHost[],
  guests: readonly FleetGuest[],
  serverGroups: readonly FleetServerGroup[] = [],
): FleetState {
  const ports = new Set(hosts.flatMap(({ links }) => links));
  return {
    readAt: '2026-11-30T06:00:00.000Z',
    hosts,
    guests,
    links: [...ports].map((name) => ({ name, bytesPerSecond: tenGbit })),
    serverGroups,
  };
}

/** A server group of guests where they are. */
export function sampleFleetGroup(
  name: string,
  policy: FleetServerGroup['group']['policy'],
  members: readonly FleetGuest[],
  maxPerHost: number | null = null,
): FleetServerGroup {
  return {
    group: { id: `id-${name}`, name, policy, maxPerHost },
    members: members.map((guest) => ({ name: guest.name, guestId: guest.id, hostIds: [guest.hostId] })),
  };
}

/** The moves of a plan as `one a>b`, in their order. */
export function movesOfPlan(plan: FleetPlan): string[] {
  return plan.steps.flatMap(({ action }) =>
    action.kind === 'move'
      ? [`${action.guestId.slice(3)} ${action.fromHostId.slice(3)}>${action.toHostId.slice(3)}`]
      : [],
  );
}
