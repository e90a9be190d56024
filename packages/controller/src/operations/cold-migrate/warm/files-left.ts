import { isMedium, overlayPaths } from '@ferry/model';
import { copiedDisks, type MoveContext, sourceOf } from '../../context/move-context.ts';
import { StepError } from '../../engine/step-error.ts';
import type { CopiedWhileRunning } from '../steps/copy-while-running.ts';
import { overlaidDisks, overlaysOf, standingRound } from './overlaid-disks.ts';

/** A step that knows what was copied while the guest ran. */
export type AfterWarm = MoveContext & {
  readonly output: { readonly 'copy-while-running': CopiedWhileRunning };
};

/** What is to be copied now that the guest is off: all of it, or what it wrote after the last round. */
export async function filesLeft(
  context: AfterWarm,
): Promise<{ readonly paths: readonly string[]; readonly bytes: number }> {
  const { rounds } = context.output['copy-while-running'];
  const { plan, source } = context.input;
  const { instanceId } = context.input;
  if (rounds === 0) {
    const own = copiedDisks(context).filter((disk) => !isMedium(instanceId, disk));
    return { paths: own.map((disk) => disk.path), bytes: plan.copyBytes };
  }
  const standing = await standingRound(context);
  if (standing !== rounds) {
    const what = `the disks on ${source.name} stand on round ${standing} and not on round ${rounds}, which was the last`;
    throw new StepError('disks-changed', `${what}.`);
  }
  // The firmware's variables have no overlay: they are copied once, at the end.
  const overlaid = new Set(overlaidDisks(context));
  const once = copiedDisks(context).filter((disk) => !overlaid.has(disk) && !disk.readOnly);
  const paths = [...overlaysOf(context, rounds), ...once.map((disk) => disk.path)];
  let bytes = 0;
  for (const path of paths)
    bytes += (await sourceOf(context).storage.image(path, { signal: context.signal }))?.allocationBytes ?? 0;
  return { paths, bytes };
}

/** All files of the guest's own that stand on the target once it is copied. */
export function filesOnTarget(context: AfterWarm): string[] {
  const { rounds } = context.output['copy-while-running'];
  const overlays = overlaidDisks(context).flatMap((disk) =>
    overlayPaths(disk.path, context.input.migrationId).slice(0, rounds),
  );
  return [...copiedDisks(context).map((disk) => disk.path), ...overlays];
}
