import type { TransferPlan } from './transfer-plan.ts';

/** Where on the target a file of the guest stands, by its path at the source. */
export function targetPathOf(plan: Pick<TransferPlan, 'targetPaths'>, path: string): string {
  return plan.targetPaths?.[path] ?? path;
}
