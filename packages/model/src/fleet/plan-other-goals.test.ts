import { describe, expect, test } from 'vitest';
import { defaultPlanOptions as options, makePlan } from './make-plan.ts';
import type { FleetPlan, PlanGoal } from './fleet-plan.ts';
import type { FleetState } from './fleet-state.ts';
import {
  gib,
  movesOfPlan,
  sampleFleet,
  sampleFleetGuest,
  sampleFleetHost,
} from './sample-fleet.test-support.ts';

const made = (state: FleetState, goal: PlanGoal): FleetPlan => makePlan(state, goal, options);
const small = (name: string, size = 16): ReturnType<typeof sampleFleetHost> =>
  sampleFleetHost(name, { memoryBytes: size * gib });
const sized = (name: string, host: string, size: number): ReturnType<typeof sampleFleetGuest> =>
  sampleFleetGuest(name, host, { memoryBytes: size * gib });

describe('an offload', () => {
  const guests = [sized('two', 'a', 2), sized('four', 'a', 4), sized('five', 'a', 5), sized('three', 'a', 3)];
  const goal = { kind: 'offload', hostId: 'id-a', below: 0.5 } as const;

  test('moves the guests that free enough with the fewest bytes', () => {
    const plan = made(sampleFleet([small('a'), small('b')], guests), goal);
    expect(plan.bytes).toBe(6 * gib);
    expect(plan.steps[0]?.because).toBe('a uses 88 % of its memory and is to use less than 50 %');
  });

  test('leaves out who has no place, and says how far it comes where that is not enough', () => {
    const some = made(sampleFleet([small('a'), small('b', 6)], guests), goal);
    expect(some.bytes).toBe(6 * gib);
    const none = made(sampleFleet([small('a'), small('b', 3)], guests), goal);
    expect(none.steps).toEqual([]);
    expect(none.blockers[0]?.because).toContain(
      'with all that can leave and has a place elsewhere gone it uses',
    );
  });

  test('does nothing where the host uses less already', () => {
    expect(made(sampleFleet([small('a', 64), small('b')], guests), goal).steps).toEqual([]);
  });
});

describe('a return', () => {
  test('brings guests home, and names those that are there already or unknown', () => {
    const state = sampleFleet([small('a'), small('b')], [sized('one', 'b', 4), sized('two', 'a', 4)]);
    const plan = made(state, { kind: 'return', hostId: 'id-a', guestIds: ['id-one', 'id-two', 'id-gone'] });
    expect(movesOfPlan(plan)).toEqual(['one b>a']);
    expect(plan.stays).toEqual([{ guestId: 'id-two', because: 'is on a already' }]);
    expect(plan.blockers.map(({ because }) => because)).toEqual(['there is no guest id-gone']);
  });

  test('has who came since go out of the way', () => {
    const state = sampleFleet(
      [small('a'), small('b'), small('c')],
      [sized('home', 'b', 12), sized('came', 'a', 8)],
    );
    const plan = made(state, { kind: 'return', hostId: 'id-a', guestIds: ['id-home'] });
    expect(movesOfPlan(plan)[0]).toMatch(/^came a>[bc]$/);
    expect(movesOfPlan(plan).at(-1)).toBe('home b>a');
  });

  test('does not bring a guest to a host that is older than where it is', () => {
    const state = sampleFleet(
      [small('a'), sampleFleetHost('b', { hypervisorVersion: 10_000_000 })],
      [sized('one', 'b', 4)],
    );
    const plan = made(state, { kind: 'return', hostId: 'id-a', guestIds: ['id-one'] });
    expect(plan.steps).toEqual([]);
    expect(plan.blockers[0]?.because).toBe('one cannot come to a: QEMU 9.0.0 is older than 10.0.0 of b');
  });
});

describe('an evacuation', () => {
  const dead = sampleFleetHost('a', { service: 'down' });
  const goal = { kind: 'evacuate', hostId: 'id-a' } as const;

  test('starts what has its disks elsewhere, the most important first', () => {
    const low = sampleFleetGuest('low', 'a');
    const high = sampleFleetGuest('high', 'a', { priority: 9 });
    const plan = makePlan(sampleFleet([dead, small('b')], [low, high]), goal, {
      ...options,
      limits: { ...options.limits, perTarget: 1 },
    });
    expect(movesOfPlan(plan)).toEqual(['high a>b', 'low a>b']);
    expect(plan.steps[0]?.action).toMatchObject({ how: 'evacuate', bytes: 0 });
  });

  test('is held by the slots of its targets alone, for nothing leaves a host that is off', () => {
    const guests = ['g1', 'g2', 'g3', 'g4'].map((name) => sampleFleetGuest(name, 'a'));
    const plan = makePlan(sampleFleet([dead, small('b'), small('c')], guests), goal, {
      ...options,
      limits: { ...options.limits, perSource: 1 },
    });
    expect(plan.steps.map(({ startsAtMs }) => startsAtMs)).toEqual([0, 0, 0, 0]);
    expect(plan.lowerBound.ms).toBe(plan.totalMs);
  });

  test('gives the place to the most important where there is not enough', () => {
    const low = sampleFleetGuest('low', 'a', { memoryBytes: 12 * gib });
    const high = sampleFleetGuest('high', 'a', { priority: 9 });
    const plan = made(sampleFleet([dead, small('b')], [low, high]), goal);
    expect(movesOfPlan(plan)).toEqual(['high a>b']);
    expect(plan.blockers[0]?.because).toBe('low has no place: b: 8 GiB free and 12 GiB needed');
  });

  test('names whose disks nobody reaches, and leaves alone who is off', () => {
    const local = sampleFleetGuest('local', 'a', { diskBytes: gib });
    const off = sampleFleetGuest('off', 'a', { move: { kind: 'off', bytes: gib } });
    const plan = made(sampleFleet([dead, small('b')], [local, off]), goal);
    expect(plan.steps).toEqual([]);
    expect(plan.blockers[0]?.because).toBe('local has disks on a alone, which nobody reaches');
    expect(plan.stays).toEqual([{ guestId: 'id-off', because: 'is off' }]);
  });

  test('is refused while the host answers', () => {
    const plan = made(sampleFleet([small('a'), small('b')], [sampleFleetGuest('one', 'a')]), goal);
    expect(plan.steps).toEqual([]);
    expect(plan.blockers[0]?.because).toBe('a answers, and what runs there would run twice');
  });
});
