import { expect, test } from 'vitest';
import { isActive, nextPlanState, type PlanEvent, type PlanState } from './plan-state.ts';

const states: Record<PlanState['kind'], PlanState> = {
  made: { kind: 'made' },
  rehearsing: { kind: 'rehearsing' },
  running: { kind: 'running' },
  paused: { kind: 'paused', because: 'b' },
  cancelling: { kind: 'cancelling', running: 'finish' },
  cancelled: { kind: 'cancelled' },
  done: { kind: 'done' },
  'done-with-problems': { kind: 'done-with-problems', problems: ['p'] },
};
const events: Record<PlanEvent['kind'], PlanEvent> = {
  rehearse: { kind: 'rehearse' },
  rehearsed: { kind: 'rehearsed' },
  apply: { kind: 'apply' },
  pause: { kind: 'pause', because: 'b' },
  resume: { kind: 'resume' },
  cancel: { kind: 'cancel', running: 'abort' },
  end: { kind: 'end', problems: [] },
};

const after = (state: PlanState['kind'], event: PlanEvent['kind']): string => {
  const next = nextPlanState(states[state], events[event]);
  return next.kind === 'state' ? next.state.kind : 'refused';
};

const refused = {
  rehearse: 'refused',
  rehearsed: 'refused',
  apply: 'refused',
  pause: 'refused',
  resume: 'refused',
  cancel: 'refused',
  end: 'refused',
} as const satisfies Record<PlanEvent['kind'], string>;

test.each<[PlanState['kind'], Partial<Record<PlanEvent['kind'], string>>]>([
  ['made', { rehearse: 'rehearsing', apply: 'running', cancel: 'cancelled' }],
  ['rehearsing', { rehearse: 'rehearsing', rehearsed: 'made', cancel: 'cancelling' }],
  ['running', { apply: 'running', pause: 'paused', resume: 'running', cancel: 'cancelling', end: 'done' }],
  ['paused', { apply: 'paused', pause: 'paused', resume: 'running', cancel: 'cancelling' }],
  ['cancelling', { apply: 'cancelling', cancel: 'cancelling', end: 'cancelled' }],
  ['cancelled', { cancel: 'cancelled' }],
  ['done', {}],
])('a plan that is %s', (state, expected) => {
  for (const [event, next] of Object.entries({ ...refused, ...expected }))
    expect([event, after(state, event as PlanEvent['kind'])]).toEqual([event, next]);
});

test('what could not be done is its end, by name; how what runs is cancelled can be said anew', () => {
  expect(nextPlanState(states.running, { kind: 'end', problems: ['db-1 stays'] })).toEqual({
    kind: 'state',
    state: { kind: 'done-with-problems', problems: ['db-1 stays'] },
  });
  expect(nextPlanState(states.cancelling, events.cancel)).toEqual({
    kind: 'state',
    state: { kind: 'cancelling', running: 'abort' },
  });
  expect(
    Object.values(states)
      .filter(isActive)
      .map(({ kind }) => kind),
  ).toEqual(['running', 'paused', 'cancelling']);
});
