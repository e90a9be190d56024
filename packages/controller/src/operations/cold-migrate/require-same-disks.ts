import { overlayPath } from '@ferry/model';
import { filesOfGuest } from '../facts/files-of-guest.ts';
import { sourceOf } from '../context/move-context.ts';
import { StepError } from '../engine/step-error.ts';
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
  const call = { signal: context.signal };
  const domain = await sourceOf(context).domains.domain(instanceId, call);
  if (domain === null) throw new StepError('disks-changed', `${source.name} has no such domain any more.`);
  const files = await filesOfGuest(sourceOf(context), 'cold-migration', domain, call);
  // What an image keeps elsewhere is told with the image, which may be the base of an overlay by now: its path counts.
  const found = new Map(
    files.filter((file) => file.dataOf === undefined).map((disk) => [disk.target, disk.path]),
  );
  const paths = new Set(files.map((file) => file.path));
  const differences: string[] = [];
  for (const [target, path] of found) {
    const before = planned.get(target);
    if (before === undefined) differences.push(`disk ${target} (${path ?? 'no file'}) was added`);
    else if (before !== path && path !== null)
      differences.push(`disk ${target} is ${path}, and was ${before ?? 'no file'}`);
  }
  for (const [target, path] of planned)
    if (!found.has(target) && !paths.has(path))
      differences.push(`disk ${target} (${path ?? 'no file'}) was taken away`);
  if (differences.length > 0)
    throw new StepError(
      'disks-changed',
      `The disks on ${source.name} are not those that were checked: ${differences.join('; ')}.`,
    );
}
