import { expect, test } from 'vitest';
import type { FleetPlan, PlanAction } from './fleet-plan.ts';
import type { StepRecord } from './plan-record.ts';
import type { StepState } from './plan-state.ts';
import { goalLeft, replanSteps, shutDownBy } from './replan-steps.ts';

const at = '2030-01-01T00:00:00Z';
const done: StepState = { kind: 'done', because: 'd', at };
const waiting: StepState = { kind: 'waiting', because: 'w', since: at };
const running: StepState = { kind: 'running', work: { kind: 'migration', id: 'm' }, since: at };

function move(guestId: string, toHostId = 'b'): PlanAction {
  return {
    kind: 'move',
    guestId,
    fromHostId: 'a',
    toHostId,
    how: 'live',
    bytes: 1,
    downtimeMs: null,
    isPivot: false,
  };
}
const step = (number: number, action: PlanAction, state: StepState, after: number[] = []): StepRecord => ({
  number,
  action,
  after,
  startsAtMs: 0,
  endsAtMs: 1,
  because: 'b',
  state,
  migrationId: null,
});
const planOf = (...actions: [PlanAction, number[]?][]): FleetPlan =>
  ({
    steps: actions.map(([action, after = []], index) => ({
      number: index + 1,
      action,
      after,
      startsAtMs: 0,
      endsAtMs: 1,
      because: 'new',
    })),
  }) as unknown as FleetPlan;

test('what is done or runs stays, what was not begun is dropped and told so, what is new is numbered after it', () => {
  const steps = [step(1, move('g1'), done), step(2, move('g2'), running), step(3, move('g3'), waiting, [2])];
  const { changed, added } = replanSteps(
    steps,
    planOf([move('g2', 'c')], [move('g3', 'c')], [move('g4', 'c'), [2]]),
    'b is lost',
    at,
  );
  expect(added).toBe(2);
  expect(changed.map(({ number, state, after }) => [number, state.kind, after])).toEqual([
    [3, 'dropped', [2]],
    [4, 'waiting', []],
    [5, 'waiting', [4]],
  ]);
  expect(changed[0]?.state).toMatchObject({ because: 'planned anew: b is lost' });
});

test('a host that was upgraded still leaves its maintenance, whatever becomes of the rest', () => {
  const steps = [
    step(1, { kind: 'upgrade-host', hostId: 'a' }, done),
    step(2, move('g'), waiting),
    step(3, { kind: 'leave-maintenance', hostId: 'a' }, waiting, [1, 2]),
    step(4, { kind: 'leave-maintenance', hostId: 'c' }, waiting, [2]),
  ];
  const { changed } = replanSteps(steps, planOf(), 'x', at);
  expect(changed.map(({ number, state, after }) => [number, state.kind, after])).toEqual([
    [2, 'dropped', []],
    [4, 'dropped', [2]],
    [3, 'waiting', [1]],
  ]);
  const goal = { kind: 'upgrade', hostIds: ['a', 'c'] } as const;
  expect(goalLeft(goal, steps)).toEqual({ kind: 'upgrade', hostIds: ['c'] });
});

test('guests that it has shut down are off by its word until it has started them again', () => {
  const off = step(1, { kind: 'shut-down', guestId: 'g', hostId: 'a' }, done);
  expect([...shutDownBy([off])]).toEqual(['g']);
  expect([...shutDownBy([off, step(2, { kind: 'start', guestId: 'g', hostId: 'a' }, done)])]).toEqual([]);
});
