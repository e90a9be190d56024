import type { StepRecord } from '@ferry/model';
import { PlanBoard } from './plan-board.ts';
import type { PlanContext } from './plan-context.ts';

/**
 * Changes one step of a plan that a round or a person may write at the same time: then the plan is read and changed anew.
 * `change` is given the step as it stands, and leaves the board alone where nothing is to be changed any more.
 */
export async function rewriteStep(
  { services: { store }, signal }: Pick<PlanContext, 'services' | 'signal'>,
  planId: string,
  number: number,
  change: (board: PlanBoard, step: StepRecord) => void,
): Promise<void> {
  while (!signal.aborted) {
    const plan = await store.plans.byId(planId);
    if (plan === null) return;
    const board = new PlanBoard(plan, await store.plans.steps(planId), store.now());
    const step = board.step(number);
    if (step === null) return;
    change(board, step);
    const changed = board.change();
    if (changed === null || (await store.plans.change(plan, changed))) return;
  }
}
