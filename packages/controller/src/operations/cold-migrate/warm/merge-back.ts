import { type MoveContext, sayPhase, sourceOf, targetOf } from '../../move/move-context.ts';
import { undoRight } from '../../move/undo-right.ts';
import { mergeOrders, overlaidDisks } from './overlaid-disks.ts';

/** Has the source's disks stand on their own images again, with all that was written meanwhile; the guest runs on. */
export async function mergeAtSource(context: MoveContext): Promise<void> {
  if (overlaidDisks(context).length === 0 || !(await undoRight(context)).atSource) return;
  const { instanceId, source } = context.input;
  await sayPhase(context, `undo: merge what was written meanwhile into the disks on ${source.name}`);
  await sourceOf(context).overlays.ensureMerged(instanceId, mergeOrders(context), { signal: context.signal });
}

/** The same on the target, once the guest runs there: its disks have the names that they had before the move. */
export async function mergeOnTarget(context: MoveContext): Promise<void> {
  if (overlaidDisks(context).length === 0) return;
  const { instanceId, target } = context.input;
  await sayPhase(context, `merge the rounds of the copy into the disks on ${target.name}`);
  await targetOf(context).overlays.ensureMerged(instanceId, mergeOrders(context), { signal: context.signal });
}
