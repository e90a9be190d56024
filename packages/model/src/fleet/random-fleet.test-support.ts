import fc from 'fast-check';
import type { FleetServerGroup, FleetState, GuestMove } from './fleet-state.ts';
import {
  gib,
  sampleFleet,
  sampleFleetGroup,
  sampleFleetGuest,
  sampleFleetHost,
} from './sample-fleet.test-support.ts';

const features = ['network blue', 'network red', 'pool ssd'];

/** One of the second kind in so many of the first. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}

const anyHost = fc.record({
  memoryBytes: fc.constantFrom(16, 24, 32, 48).map((size) => size * gib),
  cpus: fc.integer({ min: 4, max: 8 }),
  cpuRatio: mostly(4, 1, 2),
  diskFreeBytes: mostly<number | null>(100 * gib, null, 5 * gib),
  features: mostly(features, ...features.map((one) => features.filter((other) => other !== one))),
  hypervisorVersion: mostly(9_000_000, 10_000_000),
  service: mostly<'up' | 'down'>('up', 'down'),
  admission: mostly<'open' | 'disabled' | 'maintenance'>('open', 'disabled', 'maintenance'),
  cpuUse: fc.double({ min: 0, max: 1, noNaN: true }),
  /** Whether it has a port of its own, or shares a slower link. */
  link: mostly('own', 'shared'),
});

const anyGuest = fc.record({
  host: fc.nat(),
  memory: fc.constantFrom(2, 4, 4, 8, 8, 12),
  vcpus: fc.integer({ min: 1, max: 4 }),
  disk: mostly(0, 4 * gib),
  features: mostly<string[]>([], ...features.map((one) => [one])),
  kind: mostly<'live' | 'off' | 'cold-only' | 'stays'>('live', 'off', 'cold-only', 'stays'),
  dirty: fc.constantFrom(0, 50_000_000, 400_000_000, 2_000_000_000),
  priority: mostly(0, 5),
  group: mostly(-1, 0, 1, 2),
});

const policies = ['anti-affinity', 'affinity', 'soft-anti-affinity'] as const;

/** Small fleets with everything odd that a fleet may have, hosts above their limits among it. */
export const anyFleet: fc.Arbitrary<FleetState> = fc
  .record({
    hosts: fc.array(anyHost, { minLength: 3, maxLength: 7 }),
    guests: fc.array(anyGuest, { maxLength: 20 }),
    maxPerHost: fc.constantFrom(null, 2),
  })
  .map(({ hosts, guests, maxPerHost }) => {
    const made = hosts.map(({ features: has, cpuUse, link, ...rest }, number) =>
      sampleFleetHost(`h${number}`, {
        ...rest,
        features: new Set(has),
        cpuUsed: cpuUse * rest.cpus,
        links: [link === 'own' ? `port-h${number}` : 'shared'],
        groups: [number % 2 === 0 ? 'even' : 'odd'],
      }),
    );
    const members = guests.map(
      ({ host, memory, vcpus, disk, features: asks, kind, dirty, priority }, number) => {
        const memoryBytes = memory * gib;
        return sampleFleetGuest(`g${number}`, `h${host % hosts.length}`, {
          memoryBytes,
          vcpus,
          cpuUsed: vcpus / 2,
          diskBytes: disk,
          features: new Set(asks),
          move: moveOf(kind, memoryBytes + disk, dirty),
          priority,
        });
      },
    );
    const groups = policies.flatMap((policy, group): FleetServerGroup[] => {
      const its = members.filter((_, number) => guests[number]?.group === group);
      return its.length === 0
        ? []
        : [sampleFleetGroup(`group-${group}`, policy, its, group === 0 ? maxPerHost : null)];
    });
    return sampleFleet(made, members, groups);
  });

function moveOf(kind: GuestMove['kind'], bytes: number, dirtyBytesPerSecond: number): GuestMove {
  switch (kind) {
    case 'live':
      return { kind, forecast: { bytes, dirtyBytesPerSecond, downtimeMs: 80, prepareMs: 1500, known: true } };
    case 'off':
      return { kind, bytes };
    case 'cold-only':
      return { kind, bytes, because: 'its TPM' };
    case 'stays':
      return { kind, because: 'device 0000:3b:00.0' };
  }
}
