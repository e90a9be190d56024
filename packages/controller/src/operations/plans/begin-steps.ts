import type { StepRecord } from '@ferry/model';
import { type BegunStep, beginStep } from './begin-step.ts';
import { failed } from './follow-steps.ts';
import { companions } from './companions.ts';
import type { PlanBoard } from './plan-board.ts';
import type { PlanContext } from './plan-context.ts';
import { rewriteStep } from './rewrite-step.ts';

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

function writeRefused(
  context: PlanContext,
  planId: string,
  { number, migrationId }: StepRecord,
  { kind, because }: Exclude<BegunStep, { kind: 'begun' }>,
): Promise<void> {
  return rewriteStep(context, planId, number, (board, step) => {
    if (step.state.kind !== 'running' || step.migrationId !== migrationId) return;
    if (kind === 'refused') failed(board, step, because);
    else board.set({ ...step, migrationId: null }, { kind: 'waiting', because, since: board.at }, null);
  });
}
