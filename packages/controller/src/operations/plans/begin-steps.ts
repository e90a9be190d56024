import { hasEnded, type StepRecord } from '@ferry/model';
import { type BegunStep, beginStep } from './begin-step.ts';
import { failed } from './follow-steps.ts';
import { PlanBoard } from './plan-board.ts';
import type { PlanContext } from './plan-context.ts';

/**
 * Begins steps that are written down, in the background, and writes down what was refused. One that is at it here already is
 * left to that; another controller waits for it, and finds it begun.
 */
export function beginSteps(context: PlanContext, board: PlanBoard, steps: readonly StepRecord[]): void {
  for (const step of steps) {
    const key = `${board.id} ${step.number}`;
    if (context.beginning.has(key)) continue;
    const work = context.places
      .with(() => beginOne(context, board, step))
      .catch((error: unknown) => {
        // Not known whether it was: the next round sees it, and tries again by the same id.
        if (!context.signal.aborted)
          context.services.log.warn(
            { err: error, plan: board.id },
            'a step could not be begun; it is tried again',
          );
      })
      .finally(() => context.beginning.delete(key));
    context.beginning.set(key, work);
  }
}

async function beginOne(context: PlanContext, board: PlanBoard, step: StepRecord): Promise<void> {
  const { locks, signal } = context;
  await locks.with(
    `${board.id} ${step.number}`,
    async () => {
      // While it waited somebody else may have begun it, or dropped it.
      if (signal.aborted || !(await isStillToBegin(context, board.id, step))) return;
      const { options } = board.plan;
      const begun = await beginStep(context, step, {
        goesWith: companions(board, step),
        mayStop: options.mayStop,
        perLink: options.limits.perLink,
      });
      if (begun.kind !== 'begun') await writeRefused(context, board.id, step, begun);
    },
    { signal },
  );
}

async function isStillToBegin(
  { services: { store } }: PlanContext,
  planId: string,
  { number, migrationId }: StepRecord,
): Promise<boolean> {
  const now = await store.plans.step(planId, number);
  return now?.state.kind === 'running' && now.migrationId === migrationId;
}

/** Others that the plan moves to the same host. */
function companions({ steps }: PlanBoard, { action, number }: StepRecord): string[] {
  if (action.kind !== 'move') return [];
  return steps.flatMap((other) =>
    other.number !== number &&
    other.action.kind === 'move' &&
    other.action.toHostId === action.toHostId &&
    !hasEnded(other.state)
      ? [other.action.guestId]
      : [],
  );
}

/** The plan may be written by a round or a person at the same time: then it is read and written anew. */
async function writeRefused(
  { services: { store }, signal }: PlanContext,
  planId: string,
  { number, migrationId }: StepRecord,
  { kind, because }: Exclude<BegunStep, { kind: 'begun' }>,
): Promise<void> {
  while (!signal.aborted) {
    const plan = await store.plans.byId(planId);
    if (plan === null) return;
    const board = new PlanBoard(plan, await store.plans.steps(planId), store.now());
    const step = board.step(number);
    if (step?.state.kind !== 'running' || step.migrationId !== migrationId) return;
    if (kind === 'refused') failed(board, step, because);
    else board.set({ ...step, migrationId: null }, { kind: 'waiting', because, since: board.at }, null);
    const change = board.change();
    if (change === null || (await store.plans.change(plan, change))) return;
  }
}
