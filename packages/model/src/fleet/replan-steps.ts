import type { FleetPlan, PlanGoal } from './fleet-plan.ts';
import type { StepRecord } from './plan-record.ts';
import { hasEnded } from './plan-state.ts';

/** Steps of a plan after the rest was planned anew. */
export interface ReplannedSteps {
  /** Those that are changed or new: what has ended or runs stays as it is. */
  readonly changed: readonly StepRecord[];
  /** How many of them are new. */
  readonly added: number;
}

/**
 * Puts a new planning in place of the steps that were not begun. What is done is not done again, what runs goes on; a host
 * that was upgraded still leaves its maintenance. `at`: UTC ISO 8601.
 */
export function replanSteps(
  steps: readonly StepRecord[],
  plan: FleetPlan,
  because: string,
  at: string,
): ReplannedSteps {
  const upgraded = new Set(
    steps.flatMap(({ action, state }) =>
      action.kind === 'upgrade-host' && state.kind === 'done' ? [action.hostId] : [],
    ),
  );
  const kept = (step: StepRecord): boolean =>
    step.state.kind === 'running' ||
    hasEnded(step.state) ||
    (step.action.kind === 'leave-maintenance' && upgraded.has(step.action.hostId));
  const dropped = steps
    .filter((step) => !kept(step))
    .map(
      (step): StepRecord => ({
        ...step,
        state: { kind: 'dropped', because: `planned anew: ${because}`, at },
      }),
    );
  const gone = new Set(dropped.map(({ number }) => number));
  // What a kept step still waits for is what was kept with it.
  const loosened = steps
    .filter((step) => kept(step) && step.state.kind === 'waiting' && step.after.some((one) => gone.has(one)))
    .map((step): StepRecord => ({ ...step, after: step.after.filter((one) => !gone.has(one)) }));
  const busy = new Set(
    steps.flatMap(({ action, state }) =>
      state.kind === 'running' && 'guestId' in action ? [action.guestId] : [],
    ),
  );
  const off = shutDownBy(steps);
  const fresh = plan.steps.filter(
    ({ action }) =>
      !('guestId' in action) ||
      !(busy.has(action.guestId) || (action.kind === 'shut-down' && off.has(action.guestId))),
  );
  const first = steps.reduce((most, { number }) => Math.max(most, number), 0);
  const numbers = new Map(fresh.map(({ number }, index) => [number, first + 1 + index]));
  const added = fresh.map(
    (step): StepRecord => ({
      ...step,
      number: numbers.get(step.number) ?? 0,
      after: step.after.flatMap((one) => numbers.get(one) ?? []),
      state: { kind: 'waiting', because: 'not looked at yet', since: at },
      migrationId: null,
    }),
  );
  return { changed: [...dropped, ...loosened, ...added], added: added.length };
}

/** The goal without what is reached already: hosts that were upgraded are not again. */
export function goalLeft(goal: PlanGoal, steps: readonly StepRecord[]): PlanGoal {
  if (goal.kind !== 'upgrade') return goal;
  const begun = (host: string): boolean =>
    steps.some(
      ({ action, state }) =>
        action.kind === 'upgrade-host' &&
        action.hostId === host &&
        (state.kind === 'done' || state.kind === 'running'),
    );
  return { ...goal, hostIds: goal.hostIds.filter((host) => !begun(host)) };
}

/** Guests that the plan has shut down and not started again: they are off because it says so. */
export function shutDownBy(steps: readonly StepRecord[]): Set<string> {
  const off = new Set<string>();
  for (const { action, state } of steps) {
    if (!('guestId' in action) || state.kind !== 'done') continue;
    if (action.kind === 'shut-down') off.add(action.guestId);
    if (action.kind === 'start') off.delete(action.guestId);
  }
  return off;
}
