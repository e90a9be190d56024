import { overlayPath } from '@ferry/model';
import { sourceOf } from '../context/move-context.ts';
import { StepError } from '../engine/step-error.ts';
import { requirePlannedDisks } from '../move/require-planned-disks.ts';
import { overlaidDisks } from './warm/overlaid-disks.ts';
import type { AfterWarm } from './warm/files-left.ts';

/**
 * Now that it is off, its definition has the disks that the plan was made of: one that somebody has added since would stay
 * behind, and one that stands on a snapshot of somebody's by now would be copied without it.
 */
export async function requireSameDisks(context: AfterWarm): Promise<void> {
  const { instanceId, migrationId, plan, source } = context.input;
  const { rounds } = context.output['copy-while-running'];
  const overlaid = new Set(overlaidDisks(context).map(({ target }) => target));
  const planned = new Map(
    plan.disks.map(({ target, path }) => [
      target,
      path !== null && rounds > 0 && overlaid.has(target) ? overlayPath(path, migrationId, rounds) : path,
    ]),
  );
  const domain = await sourceOf(context).domains.domain(instanceId, { signal: context.signal });
  if (domain === null) throw new StepError('disks-changed', `${source.name} has no such domain any more.`);
  await requirePlannedDisks(context, 'cold-migration', domain, planned);
}
