import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brokenLimits, byTheClock, forgotten, inAnyOrder, movesIn } from './check-plan.test-support.ts';
import { describePlan } from './describe-plan.ts';
import type { FleetPlan, PlanGoal, PlanOptions } from './fleet-plan.ts';
import type { FleetState } from './fleet-state.ts';
import { defaultPlanOptions, makePlan } from './make-plan.ts';
import { anyFleet } from './random-fleet.test-support.ts';
import { stepReadiness } from './step-readiness.ts';

const anyOptions: fc.Arbitrary<PlanOptions> = fc.record({
  order: fc.constantFrom('soonest-done' as const, 'soonest-each' as const),
  limits: fc.record({
    perSource: fc.integer({ min: 1, max: 3 }),
    perTarget: fc.integer({ min: 1, max: 3 }),
    perLink: fc.integer({ min: 1, max: 2 }),
    fleet: fc.integer({ min: 1, max: 8 }),
  }),
  mayStop: fc.constantFrom(
    [],
    Array.from({ length: 24 }, (_, number) => `id-g${number}`),
  ),
  mayShutDown: fc.constantFrom([], ['id-g1', 'id-g2', 'id-g3']),
  hostsAtOnce: fc.constantFrom(1, 2),
  keepOneHostSpare: fc.boolean(),
  deadline: fc.constant(null),
  seed: fc.nat(1000),
});

const anyGoal: fc.Arbitrary<PlanGoal> = fc.oneof(
  fc.record({ kind: fc.constant('drain' as const), hostIds: hostIds() }),
  fc.record({ kind: fc.constant('upgrade' as const), hostIds: hostIds() }),
  fc.record({ kind: fc.constant('offload' as const), hostId: hostId(), below: fc.constantFrom(0, 0.3, 0.7) }),
  fc.record({
    kind: fc.constant('balance' as const),
    groups: fc.constantFrom([], ['even'], ['even', 'odd'], ['none']),
    onContentionOnly: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('return' as const),
    hostId: hostId(),
    guestIds: fc.array(
      fc.integer({ min: 0, max: 26 }).map((number) => `id-g${number}`),
      { maxLength: 8 },
    ),
  }),
  fc.record({ kind: fc.constant('evacuate' as const), hostId: hostId() }),
);

function hostId(): fc.Arbitrary<string> {
  return fc.constantFrom('id-h0', 'id-h1', 'id-h2', 'id-h6', 'id-nobody');
}

function hostIds(): fc.Arbitrary<string[]> {
  return fc.uniqueArray(hostId(), { minLength: 1, maxLength: 4 });
}

const runs = { numRuns: Number(process.env.FERRY_RUNS ?? 150) };

const hostsOf = (goal: PlanGoal): readonly string[] => {
  if (goal.kind === 'drain' || goal.kind === 'upgrade') return goal.hostIds;
  return goal.kind === 'evacuate' ? [goal.hostId] : [];
};

describe('any plan', () => {
  test('breaks no hard limit at any moment, by its clock', () => {
    fc.assert(
      fc.property(anyFleet, anyGoal, anyOptions, (state, goal, options) => {
        const plan = makePlan(state, goal, options);
        expect(brokenLimits(state, byTheClock(plan), options.limits)).toEqual([]);
      }),
      runs,
    );
  });

  test('keeps room in any order that its steps allow, and leaves nothing out in it', () => {
    const wide = { perSource: 99, perTarget: 99, perLink: 99, fleet: 99 };
    fc.assert(
      fc.property(
        anyFleet,
        anyGoal,
        anyOptions,
        fc.infiniteStream(fc.nat()),
        (state, goal, options, picks) => {
          const plan = makePlan(state, goal, options);
          const events = inAnyOrder(plan, (many) => (many === 0 ? -1 : (picks.next().value ?? 0) % many));
          expect(events).toHaveLength(2 * movesIn(plan).length);
          expect(brokenLimits(state, events, wide)).toEqual([]);
        },
      ),
      runs,
    );
  });

  test('moves or names every guest of the hosts that are to be empty', () => {
    fc.assert(
      fc.property(anyFleet, anyGoal, anyOptions, (state, goal, options) => {
        const plan = makePlan(state, goal, options);
        expect(forgotten(state, plan, hostsOf(goal))).toEqual([]);
      }),
      runs,
    );
  });

  test('stops nobody who is not named, and is the same when made again', () => {
    fc.assert(
      fc.property(anyFleet, anyGoal, anyOptions, (state, goal, options) => {
        const plan = makePlan(state, goal, options);
        const stopped = stoppedBy(plan, state);
        expect(
          stopped.filter((id) => !options.mayStop.includes(id) && !options.mayShutDown.includes(id)),
        ).toEqual([]);
        expect(makePlan({ ...state }, goal, options)).toEqual(plan);
        expect(plan.totalMs).toBeGreaterThanOrEqual(plan.lowerBound.ms);
      }),
      runs,
    );
  });

  test('has first steps that are ready in the state that it was made from', () => {
    fc.assert(
      fc.property(anyFleet, anyGoal, anyOptions, (state, goal, options) => {
        const plan = makePlan(state, goal, options);
        const busy = new Set(plan.blockers.map(({ guestId }) => guestId));
        for (const step of plan.steps) {
          if (step.after.length > 0 || (step.action.kind === 'move' && busy.has(step.action.guestId)))
            continue;
          const { kind } = stepReadiness(step, plan, state, [], options);
          expect([step.action, kind]).toEqual([step.action, 'ready']);
        }
      }),
      runs,
    );
  });
});

describe('odd input', () => {
  const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e300);
  const anyGroup = fc.record({
    groups: fc.constant(['even']),
    kind: fc.constant('balance' as const),
    onContentionOnly: fc.boolean(),
  });

  test('makes a plan, with steps or with blockers, and never throws', () => {
    fc.assert(
      fc.property(
        anyFleet,
        fc.oneof(anyGoal, anyGroup),
        odd,
        odd,
        fc.nat(9),
        (state, goal, one, other, what) => {
          const hosts = state.hosts.map((host, number) => ({
            ...host,
            ...(what === 0 && { memoryBytes: one }),
            ...(what === 1 && { cpuRatio: one, cpus: other, cpuUsed: one }),
            ...(what === 2 && { id: 'id-h0' }),
            ...(what === 3 && number === 1 && { links: ['nobody', 'nobody'] }),
          }));
          const guests = state.guests.map((guest) => ({
            ...guest,
            ...(what === 4 && { memoryBytes: one, vcpus: other, diskBytes: one, cpuUsed: other }),
            ...(what === 5 && { id: 'id-g1' }),
            ...(what === 6 && { hostId: 'id-nobody' }),
            ...(what === 7 && guest.move.kind === 'live' && { move: { kind: 'off' as const, bytes: one } }),
          }));
          const links =
            what === 8 ? state.links.map(({ name }) => ({ name, bytesPerSecond: one })) : state.links;
          const limits = { perSource: one, perTarget: other, perLink: one, fleet: other };
          const options = {
            ...defaultPlanOptions,
            deadline: 'soon',
            ...(what === 9 && { limits, seed: one }),
          };
          const plan = makePlan({ ...state, hosts, guests, links, readAt: '' }, goal, options);
          expect(plan.deadline).toMatchObject({ met: false });
          expect(describePlan(plan, { hosts: new Map(), guests: new Map() }).length).toBeGreaterThan(1);
        },
      ),
      runs,
    );
  });
});

/** Running guests that the plan stops on the way. */
function stoppedBy(plan: FleetPlan, { guests }: FleetState): string[] {
  const running = new Set(guests.filter(({ move }) => move.kind !== 'off').map(({ id }) => id));
  return plan.steps.flatMap(({ action }) =>
    (action.kind === 'move' && action.how === 'cold') || action.kind === 'shut-down'
      ? running.has(action.guestId)
        ? [action.guestId]
        : []
      : [],
  );
}
