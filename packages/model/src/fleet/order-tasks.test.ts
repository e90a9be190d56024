import { describe, expect, test } from 'vitest';
import { defaultPlanOptions as options } from './make-plan.ts';
import { indexFleet } from './fleet-index.ts';
import { fleetRoom } from './fleet-room.ts';
import type { FleetState } from './fleet-state.ts';
import { mapLinks } from './move-time.ts';
import { orderTasks, type OrderedTasks } from './order-tasks.ts';
import type { PlanTask } from './plan-task.ts';
import { gib, sampleFleet, sampleFleetGuest, sampleFleetHost } from './sample-fleet.test-support.ts';

const names = ['a', 'b', 'c'];
const sized = (...sizes: number[]): FleetState['hosts'] =>
  sizes.map((size, number) => sampleFleetHost(names[number] ?? '', { memoryBytes: size * gib }));

/** Guest `guest` from host `from` to host `to`, by number. */
function move(guest: number, from: number, to: number, bytes = 8 * gib): PlanTask {
  const load = { bytes, dirtyBytesPerSecond: 0, prepareMs: 1000, downtimeMs: 0 };
  const rest = { how: 'live', downtimeMs: null, isPivot: false, rank: 0, because: '', needs: [] } as const;
  return { kind: 'move', guest, from, to, load, ...rest };
}

function ordered(
  state: FleetState,
  tasks: readonly PlanTask[],
  order = options.order,
  fleet = 64,
): OrderedTasks {
  const room = fleetRoom(indexFleet(state));
  const map = mapLinks(state.hosts, state.links);
  return orderTasks(tasks, {
    room,
    map,
    options: { ...options, order, limits: { ...options.limits, fleet } },
  });
}

const twins = [sampleFleetGuest('x', 'a'), sampleFleetGuest('y', 'b')];
const swap = [move(0, 0, 1), move(1, 1, 0)];

describe('guests that wait for each other', () => {
  test('change places by a move of one through a third host', () => {
    const { tasks, schedule } = ordered(sampleFleet(sized(8, 8, 8), twins), swap);
    expect(schedule.times.every((time) => time !== null)).toBe(true);
    expect(
      tasks.map((task) => (task.kind === 'move' ? [task.guest, task.from, task.to, task.isPivot] : [])),
    ).toEqual([
      [0, 0, 2, true],
      [1, 1, 0, false],
      [0, 2, 1, false],
    ]);
  });

  test('are left where no third host has room', () => {
    const { tasks, schedule } = ordered(sampleFleet(sized(8, 8, 4), twins), swap);
    expect(tasks).toHaveLength(2);
    expect(schedule.times).toEqual([null, null]);
  });

  test('need no third host where one of theirs holds both for a while', () => {
    const { tasks } = ordered(sampleFleet(sized(16, 8, 8), twins), swap);
    expect(tasks).toHaveLength(2);
  });
});

test('the longest goes first for the soonest end of all, the shortest for the soonest end of each', () => {
  const hosts = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => sampleFleetHost(name));
  const state = sampleFleet(
    hosts,
    ['a', 'b', 'c'].map((name) => sampleFleetGuest(name, name)),
  );
  const tasks = [move(0, 0, 3, 10e9), move(1, 1, 4, 10e9), move(2, 2, 5, 20e9)];
  const begins = (order: typeof options.order, fleet: number): (number | undefined)[] =>
    ordered(state, tasks, order, fleet).schedule.times.map((time) => time?.startsAtMs);
  expect(begins('soonest-done', 2)[2]).toBe(0);
  const [one = 0, two = 0, long = 0] = begins('soonest-each', 1);
  expect(long).toBeGreaterThan(Math.max(one, two));
});

test('streams of hosts with slow ports share a wide line until it is used up', () => {
  const hosts = Array.from({ length: 12 }, (_, number) =>
    sampleFleetHost(`h${number}`, { links: [`port-${number}`, number < 6 ? 'line' : `port-${number}`] }),
  );
  const guests = Array.from({ length: 6 }, (_, number) => sampleFleetGuest(`g${number}`, `h${number}`));
  const links = [
    ...hosts.map((_, number) => ({ name: `port-${number}`, bytesPerSecond: 1e9 })),
    { name: 'line', bytesPerSecond: 4e9 },
  ];
  const state = { ...sampleFleet(hosts, guests), links };
  const tasks = guests.map((_, number) => move(number, number, number + 6, 10e9));
  const { schedule } = ordered(state, tasks);
  const ends = schedule.times
    .map((time) => Math.round((time?.endsAtMs ?? 0) / 1000))
    .toSorted((a, b) => a - b);
  expect(ends).toEqual([11, 11, 11, 11, 21, 22]);
});
