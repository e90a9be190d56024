import type { DomainFacts } from '@ferry/model';
import { filesOfGuest } from '../facts/files-of-guest.ts';
import { type MoveContext, sourceOf } from '../context/move-context.ts';
import { StepError } from '../engine/step-error.ts';

/**
 * Throws `disks-changed` where the guest has other disks at the source than its move was planned with: one that somebody has added
 * since would be left out, one that was taken out would be taken away with the others. `planned`: the file of each disk.
 */
export async function requirePlannedDisks(
  context: MoveContext,
  kind: 'live-migration' | 'cold-migration',
  domain: DomainFacts,
  planned: ReadonlyMap<string, string | null>,
): Promise<void> {
  const { source } = context.input;
  const files = await filesOfGuest(sourceOf(context), kind, domain, { signal: context.signal });
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
