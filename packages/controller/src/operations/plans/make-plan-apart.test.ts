import { defaultPlanOptions, type FleetGuest, type FleetHost, type FleetState, makePlan } from '@ferry/model';
import { expect, test } from 'vitest';
import { makePlanApart } from './make-plan-apart.ts';

const host = (id: string): FleetHost => ({
  id,
  name: id,
  memoryBytes: 1e12,
  cpus: 1_000,
  cpuRatio: 1,
  diskFreeBytes: 1e12,
  cpuUsed: null,
  arch: 'x86_64',
  hypervisorVersion: 1,
  libvirtVersion: 1,
  features: new Set(['network default']),
  service: 'up',
  admission: 'open',
  links: [],
  groups: [],
});
const guest = (number: number): FleetGuest => ({
  id: `g${number}`,
  name: `g${number}`,
  hostId: 'a',
  memoryBytes: 1e9,
  vcpus: 1,
  cpuUsed: null,
  diskBytes: 0,
  features: new Set(['network default']),
  move: {
    kind: 'live',
    forecast: { bytes: 1e9, dirtyBytesPerSecond: 0, downtimeMs: 300, prepareMs: 1_000, known: true },
  },
  priority: 0,
  movedAt: null,
  busyWith: null,
});

test('a large plan is made in a thread of its own and is the same; others have their turn meanwhile', async () => {
  const state: FleetState = {
    readAt: '2030-01-01T00:00:00Z',
    hosts: ['a', 'b', 'c'].map(host),
    guests: Array.from({ length: 500 }, (_, number) => guest(number)),
    links: [],
    serverGroups: [],
  };
  const goal = { kind: 'drain', hostIds: ['a'] } as const;
  let turns = 0;
  const others = setInterval(() => (turns += 1), 1);
  const made = await makePlanApart(state, goal, defaultPlanOptions);
  clearInterval(others);
  expect(turns).toBeGreaterThan(0);
  expect(made).toEqual(makePlan(state, goal, defaultPlanOptions));
  expect(made.steps).toHaveLength(501);
});
