import type { FleetGuest, FleetHost, FleetServerGroup, FleetState } from '@ferry/model';

const gib = 1024 ** 3;
/** 10 Gbit/s, of which 94 % carry data. */
export const portBytesPerSecond = 1_175_000_000;

/** How large a generated fleet is, and the number that it comes from. */
export interface FleetSize {
  readonly hosts: number;
  readonly guests: number;
  readonly seed: number;
}

/**
 * A fleet in the shape of the public instances (guests of one, two or three parts of sixteen of a host's memory where a host
 * has three, smaller ones where it has more; a third of them in groups that are spread), with what those lack: networks,
 * versions, processors in use, dirty rates. A host in fifty is fuller than it may be, one in a hundred has an older QEMU.
 */
export function generateFleet({ hosts, guests, seed }: FleetSize): FleetState {
  const random = seeded(seed);
  const pick = (many: number): number => Math.floor(random() * many);
  const perHost = guests / hosts;
  const madeHosts = Array.from({ length: hosts }, (_, number): FleetHost => {
    const cpus = 64;
    return {
      id: `host-${number}`,
      name: `compute${number}`,
      memoryBytes: 256 * gib,
      cpus,
      cpuRatio: 4,
      diskFreeBytes: 2000 * gib,
      cpuUsed: 0,
      arch: 'x86_64',
      hypervisorVersion: number % 100 === 99 ? 9_000_000 : 10_000_000,
      libvirtVersion: 11_003_000,
      features: new Set(['network blue', ...(number % 4 === 0 ? ['network red'] : []), `zone ${number % 3}`]),
      service: 'up',
      admission: 'open',
      links: [`port ${number}`],
      groups: [`group-${number % 5}`],
    };
  });
  const used = new Float64Array(hosts);
  const madeGuests = Array.from({ length: guests }, (_, number): FleetGuest => {
    // Guests are dealt out unevenly, as years of placing leave them; the last ones go where room is left.
    let host = pick(hosts);
    const memoryBytes = Math.round(((1 + pick(3)) * 16 * 3 * gib) / Math.max(3, perHost)) / 1;
    for (let tries = 0; tries < 20 && (used[host] ?? 0) + memoryBytes > 0.85 * 256 * gib; tries += 1)
      host = pick(hosts);
    used[host] = (used[host] ?? 0) + memoryBytes;
    const vcpus = 1 + pick(8);
    const busy = random() * vcpus * 0.8;
    const dirtyBytesPerSecond = random() < 0.7 ? 5_000_000 : random() * 400_000_000;
    return {
      id: `guest-${number}`,
      name: `guest${number}`,
      hostId: `host-${host}`,
      memoryBytes,
      vcpus,
      cpuUsed: busy,
      diskBytes: random() < 0.1 ? 20 * gib : 0,
      features: new Set(['network blue', ...(random() < 0.1 ? [`zone ${host % 3}`] : [])]),
      move: {
        kind: 'live',
        forecast: {
          bytes: memoryBytes * 0.7,
          dirtyBytesPerSecond,
          downtimeMs: 120,
          prepareMs: 3000,
          known: true,
        },
      },
      priority: 0,
      movedAt: null,
      busyWith: null,
    };
  });
  const load = new Float64Array(hosts);
  for (const { hostId, cpuUsed } of madeGuests) {
    const host = Number(hostId.slice(5));
    load[host] = (load[host] ?? 0) + (cpuUsed ?? 0);
  }
  return {
    readAt: '2026-11-30T00:00:00.000Z',
    hosts: madeHosts.map((host, number) => ({ ...host, cpuUsed: Math.min(host.cpus, load[number] ?? 0) })),
    guests: madeGuests,
    links: madeHosts.map((_, number) => ({ name: `port ${number}`, bytesPerSecond: portBytesPerSecond })),
    serverGroups: spreadGroups(madeGuests, pick),
  };
}

/** A third of the guests in groups of two to four that are to be apart, where they are so already. */
function spreadGroups(guests: readonly FleetGuest[], pick: (many: number) => number): FleetServerGroup[] {
  const groups: FleetServerGroup[] = [];
  for (let first = 0; first < guests.length / 3; ) {
    const members = guests.slice(first, first + 2 + pick(3));
    first += members.length;
    if (new Set(members.map(({ hostId }) => hostId)).size < members.length) continue;
    groups.push(spreadGroup(groups.length, members));
  }
  return groups;
}

export function spreadGroup(number: number, members: readonly FleetGuest[]): FleetServerGroup {
  return {
    group: { id: `group-${number}`, name: `spread${number}`, policy: 'anti-affinity', maxPerHost: null },
    members: members.map(({ id, name, hostId }) => ({ name, guestId: id, hostIds: [hostId] })),
  };
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
