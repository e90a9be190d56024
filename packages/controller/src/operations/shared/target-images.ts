import { type CopiedDisk, imagesToBring, overlayPaths } from '@ferry/model';
import { removeCopy } from './copying/remove-copy.ts';
import { copyImage } from './copy-image.ts';
import { CopyProgress } from './copy-progress.ts';
import { abortable, type MoveContext, sayPhase, sourceOf, targetOf } from './move-context.ts';
import { StepError } from './step-error.ts';
import { undoRight } from './undo-right.ts';

/** Disks of the plan whose images go to the target. */
export function copiedDisks(context: MoveContext): CopiedDisk[] {
  return context.input.plan.disks.filter((disk) => disk.action === 'copy');
}

/** Makes sure that nothing stands where images will be written: what this migration may later take away is its own. */
export async function requireFreePaths(context: MoveContext): Promise<void> {
  const { storage } = targetOf(context);
  const bases = new Set(copiedDisks(context).flatMap((disk) => disk.backing.map((base) => base.path)));
  for (const { path } of imagesToBring(context.input.plan.disks)) {
    const there = await storage.image(path, { signal: context.signal });
    // A base that another migration has brought meanwhile is as good as one that was there from the start.
    if (there === null || (bases.has(path) && (await targetHasSame(context, path, context.signal)))) continue;
    const what = `${there.format}, ${there.capacityBytes} bytes`;
    throw new StepError('path-taken', `${path} is there already on ${context.input.target.name} (${what}).`);
  }
}

/** Brings the images that disks stand on, deepest first. Two migrations that need the same one bring it once. */
export async function bringBackingImages(context: MoveContext, progress: CopyProgress): Promise<void> {
  for (const disk of copiedDisks(context)) {
    for (const base of disk.backing.toReversed().filter((one) => one.action === 'bring')) {
      await sayPhase(context, `bring base image ${base.path}`);
      await abortable(context, (signal) =>
        context.services.images.with(`${context.input.target.uri} ${base.path}`, () =>
          bringOnce(context, base.path, progress, signal),
        ),
      );
    }
  }
}

async function bringOnce(
  context: MoveContext,
  path: string,
  progress: CopyProgress,
  signal: AbortSignal,
): Promise<void> {
  if (await targetHasSame(context, path, signal)) return;
  await copyImage(context, path, progress, signal);
}

async function targetHasSame(context: MoveContext, path: string, signal: AbortSignal): Promise<boolean> {
  const target = targetOf(context).storage;
  if ((await target.image(path, { signal })) === null) return false;
  const [here, there] = await Promise.all([
    sourceOf(context).storage.digest(path, { signal }),
    target.digest(path, { signal }),
  ]);
  return here === there;
}

/** Makes empty images for the hypervisor to fill, and brings those that do not change, whole. */
export async function makeLiveTargets(context: MoveContext): Promise<{ broughtBytes: number }> {
  const progress = new CopyProgress(context, context.input.plan.copyBytes);
  await bringBackingImages(context, progress);
  const { storage } = targetOf(context);
  for (const disk of copiedDisks(context)) {
    if (disk.readOnly) {
      await abortable(context, (signal) => copyImage(context, disk.path, progress, signal));
      continue;
    }
    const [below] = disk.backing;
    await storage.ensureImage(
      {
        path: disk.path,
        format: disk.format,
        capacityBytes: disk.capacityBytes,
        backing: below === undefined ? null : { path: below.path, format: below.format },
        owner: context.input.targetOwner,
      },
      { signal: context.signal },
    );
  }
  await progress.settle();
  return { broughtBytes: progress.bytes };
}

/** Takes away the images that this migration brought; a base stays while anything else stands on it. */
export async function removeTargetImages(context: MoveContext): Promise<void> {
  if (!(await undoRight(context)).atTarget) return;
  const target = targetOf(context);
  const { signal } = context;
  const sight = await target.domains.sight(context.input.instanceId, { signal });
  if (sight.kind === 'present' && sight.state !== 'shutoff') {
    // Its disks are never pulled away from under a domain, whatever the log says.
    throw new StepError(
      'target-not-clean',
      `${context.input.target.name} has the domain ${sight.state} (${sight.reason}).`,
    );
  }
  for (const disk of copiedDisks(context)) {
    for (const path of overlayPaths(disk.path, context.input.migrationId)) await removeCopy(context, path);
    // What a hypervisor fills by itself was made empty for it, and stands in no record of copies.
    if (context.input.plan.form !== 'cold' && !disk.readOnly)
      await target.storage.ensureNoImage(disk.path, { signal });
    else await removeCopy(context, disk.path);
    for (const base of disk.backing.filter((one) => one.action === 'bring')) {
      const others = await target.storage.dependents(base.path, { signal });
      if (others.length === 0) await removeCopy(context, base.path);
    }
  }
}
