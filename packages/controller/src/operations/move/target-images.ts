import { claimPath, hasMade, makeEmptyImage } from '../files/made-paths.ts';
import { basesOf, imagesToBring, isMedium, overlayPaths, targetPathOf } from '@ferry/model';
import { bringBase } from '../files/base-images/bring-base.ts';
import { releaseBases } from '../files/base-images/release-bases.ts';
import { abortable, copiedDisks, type MoveContext, targetOf } from '../context/move-context.ts';
import { releaseDevice } from '../files/release-device.ts';
import { requireBlank } from '../facts/devices/blank-device.ts';
import { removeFiles } from '../files/remove-files.ts';
import { removeCopy } from '../files/copying/remove-copy.ts';
import { copyImage } from '../files/copy-image.ts';
import { CopyProgress } from '../files/copy-progress.ts';
import { StepError } from '../engine/step-error.ts';
import { undoRight } from '../context/undo-right.ts';

/** Makes sure that nothing stands where images will be written: what this migration may later take away is its own. */
export async function requireFreePaths(context: MoveContext): Promise<void> {
  const { storage } = targetOf(context);
  const { instanceId } = context.input;
  const bases = new Set(
    copiedDisks(context).flatMap((disk) => basesOf(instanceId, disk).map((base) => base.path)),
  );
  for (const { path, toDevice } of imagesToBring(context.input.plan.disks)) {
    // A base that another migration has brought meanwhile is as good as one that was there from the start: it is compared
    // when its turn comes, which may take long.
    if (bases.has(path)) continue;
    const targetPath = targetPathOf(context.input.plan, path);
    if (toDevice === true) {
      await requireBlank(context, targetPath);
      continue;
    }
    const there = await storage.image(targetPath, { signal: context.signal });
    if (there === null) continue;
    const what = `${there.format}, ${there.capacityBytes} bytes`;
    const { name } = context.input.target;
    throw new StepError('path-taken', `${targetPath} is there already on ${name} (${what}).`);
  }
  for (const path of sentPaths(context)) {
    if ((await storage.image(path, { signal: context.signal })) === null) continue;
    throw new StepError('path-taken', `${path} is there already on ${context.input.target.name}.`);
  }
}

/** Paths on the target of files that the hypervisor makes there itself. */
function sentPaths({ input }: MoveContext): string[] {
  return (input.plan.sent ?? []).map(({ path }) => targetPathOf(input.plan, path));
}

/** Sees that the target has media, and the images that disks stand on, deepest first. */
export async function bringBackingImages(context: MoveContext, progress: CopyProgress): Promise<void> {
  const bases = copiedDisks(context).flatMap((disk) => basesOf(context.input.instanceId, disk));
  for (const base of new Map(bases.map((one) => [one.path, one])).values())
    await bringBase(context, base, progress);
}

/** Makes empty images for the hypervisor to fill, and brings those that do not change, whole. */
export async function makeLiveTargets(context: MoveContext): Promise<{ broughtBytes: number }> {
  const progress = new CopyProgress(context, context.input.plan.copyBytes);
  await bringBackingImages(context, progress);
  const { instanceId } = context.input;
  for (const disk of copiedDisks(context).filter((one) => !isMedium(instanceId, one))) {
    if (disk.readOnly) {
      await abortable(context, (signal) => copyImage(context, disk.path, progress, signal));
      continue;
    }
    if (disk.toDevice === true) continue;
    const [below] = disk.backing;
    const { plan } = context.input;
    await makeEmptyImage(context, {
      path: targetPathOf(plan, disk.path),
      format: disk.format,
      capacityBytes: disk.capacityBytes,
      backing: below === undefined ? null : { path: targetPathOf(plan, below.path), format: below.format },
      owner: context.input.targetOwner,
    });
  }
  await progress.settle();
  return { broughtBytes: progress.bytes };
}

/** Those, and the paths of files that the hypervisor makes by itself: free until now, and this migration's from here on. */
export async function prepareLiveTargets(context: MoveContext): Promise<{ broughtBytes: number }> {
  const brought = await makeLiveTargets(context);
  for (const path of sentPaths(context)) await claimPath(context, path);
  return brought;
}

/** Takes away the images that this migration brought; a base stays while anything else stands on it. */
export async function removeTargetImages(context: MoveContext): Promise<void> {
  if (!(await undoRight(context)).atTarget) return;
  const target = targetOf(context);
  const { signal } = context;
  const sighting = await target.domains.observe(context.input.instanceId, { signal });
  if (sighting.kind === 'present' && sighting.state !== 'shutoff') {
    // Its disks are never pulled away from under a domain, whatever the log says.
    throw new StepError(
      'target-not-clean',
      `${context.input.target.name} has the domain ${sighting.state} (${sighting.reason}).`,
    );
  }
  const { instanceId } = context.input;
  const isMade = await hasMade(context);
  for (const disk of copiedDisks(context).filter((one) => !isMedium(instanceId, one))) {
    for (const path of overlayPaths(disk.path, context.input.migrationId)) await removeCopy(context, path);
    // What a hypervisor fills by itself was made empty for it, and stands in no record of copies.
    const targetPath = targetPathOf(context.input.plan, disk.path);
    if (context.input.plan.form === 'cold' || disk.readOnly) await removeCopy(context, disk.path);
    else if (disk.toDevice === true) await releaseDevice(context, targetPath);
    else if (isMade(targetPath)) await removeFiles(context, 'target', [targetPath]);
  }
  await removeFiles(context, 'target', sentPaths(context).filter(isMade));
  await releaseBases(context);
}
