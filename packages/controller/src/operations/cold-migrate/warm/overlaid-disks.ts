import { NeedsPerson } from '@ferry/workflow';
import { ensureDefinedAtSource, requireFilesToStart } from '../../move/defined-at-source.ts';
import { type CopiedDisk, maxOverlays, type MergeSide, overlayPath, overlayPaths } from '@ferry/model';
import type { MergeOrder } from '@ferry/hypervisor';
import { copiedDisks, type MoveContext, setPhase, sourceOf, targetOf } from '../../context/move-context.ts';
import { undoRight } from '../../context/undo-right.ts';
import { StepError } from '../../engine/step-error.ts';
import { markMerging, passedOver } from '../../files/stood-rounds.ts';

/** Disks that are copied while the guest runs; none where the move is not a warm one. */
export function overlaidDisks(context: MoveContext): CopiedDisk[] {
  const { warm } = context.input.plan;
  return copiedDisks(context).filter((disk) => warm?.includes(disk.target) === true);
}

/** Where the overlays of a round stand. */
export function overlaysOf(context: MoveContext, round: number): string[] {
  return overlaidDisks(context).map((disk) => overlayPath(disk.path, context.input.migrationId, round));
}

/** How each disk gets back onto its own image, whatever overlays this migration has made of it. */
function mergeOrders(context: MoveContext): MergeOrder[] {
  return overlaidDisks(context).map((disk) => ({
    disk: disk.target,
    base: disk.path,
    overlays: overlayPaths(disk.path, context.input.migrationId),
  }));
}

/**
 * The round whose overlays a disk stands on, 0 for its own image; null for anything else, which somebody must have put there
 * meanwhile.
 */
function roundOf(context: MoveContext, disk: CopiedDisk, top: string | undefined): number | null {
  if (top === disk.path) return 0;
  const rounds = Array.from({ length: maxOverlays }, (_, index) => index + 1);
  const { migrationId } = context.input;
  return rounds.find((round) => overlayPath(disk.path, migrationId, round) === top) ?? null;
}

/** Has the source's disks stand on their own images again, with all that was written meanwhile; the guest runs on. */
export async function mergeAtSource(context: MoveContext): Promise<void> {
  if (overlaidDisks(context).length === 0 || !(await undoRight(context)).atSource) return;
  const { instanceId, instanceName, source } = context.input;
  if ((await ensureDefinedAtSource(context, { poweredOff: false })) === 'elsewhere') return;
  const domain = await sourceOf(context).domains.domain(instanceId, { signal: context.signal });
  // Its saved memory names the files that its disks stood on: without them it is lost.
  if (domain?.managedSave === true)
    throw new StepError(
      'memory-kept',
      `${instanceName} has saved memory on ${source.name} (virsh managedsave), which needs the overlays on its disks. They are merged once it runs again.`,
    );
  await requireNothingPassedOver(context, 'source');
  // One that is off is started for a moment, its processors standing still.
  await requireFilesToStart(context);
  await setPhase(context, `undo: merge what was written meanwhile into the disks on ${source.name}`);
  await markMerging(context, 'source');
  await sourceOf(context).overlays.ensureMerged(instanceId, mergeOrders(context), { signal: context.signal });
}

/** The same on the target, once the guest runs there: its disks have the names that they had before the move. */
export async function mergeOnTarget(context: MoveContext): Promise<void> {
  if (overlaidDisks(context).length === 0) return;
  const { instanceId, target } = context.input;
  await requireNothingPassedOver(context, 'target');
  await setPhase(context, `merge the rounds of the copy into the disks on ${target.name}`);
  await markMerging(context, 'target');
  await targetOf(context).overlays.ensureMerged(instanceId, mergeOrders(context), { signal: context.signal });
}

/**
 * Before a guest is started that is taken back, and before overlays are merged and taken away: each disk stands on the last one that it was given. One that does not would lose what
 * the guest wrote; whether that has run without it since, nobody can see, and a person decides.
 */
export async function requireNothingPassedOver(context: MoveContext, side: MergeSide): Promise<void> {
  if (overlaidDisks(context).length === 0) return;
  const { instanceId, instanceName, target } = context.input;
  const host = side === 'source' ? sourceOf(context) : targetOf(context);
  const { name } = context.input[side];
  const tops = await host.overlays.tops(instanceId, { signal: context.signal });
  for (const disk of overlaidDisks(context)) {
    const top = tops.get(disk.target);
    const round = roundOf(context, disk, top);
    if (round === null || top === undefined) continue;
    const passed = await passedOver(context, side, { disk: disk.target, top, round });
    if (passed === null) continue;
    const why = passed.mayBeMerged
      ? `it was being merged, and ${instanceName} has ended since: either it is merged, or somebody has defined ${instanceName} anew meanwhile`
      : 'somebody has defined it anew meanwhile';
    const merged = passed.mayBeMerged
      ? 'If nobody has defined it anew, it is merged: move that file away. '
      : '';
    const remedy = `${merged}If ${instanceName} has not run since then, power it off and let the disk stand on that file again (virsh edit ${instanceName} on ${name}): it is merged then. If it has run, the two do not belong together any more: move that file away, and this goes on without it.`;
    const forget =
      side === 'source'
        ? ` If the guest was deleted on purpose, run \`ferry instance forget ${instanceName}\`: what came to ${target.name} is then taken away, and that file stays.`
        : '';
    throw new NeedsPerson(`${passed.what}: ${why}. ${remedy}${forget}`, `${remedy}${forget}`);
  }
}

/**
 * The round that the disks stand on at the source, by what its host shows; 0: no overlay. Throws `disks-changed` where
 * somebody else has changed what they stand on.
 */
export async function standingRound(context: MoveContext): Promise<number> {
  const { instanceId, source } = context.input;
  const tops = await sourceOf(context).overlays.tops(instanceId, { signal: context.signal });
  const rounds: number[] = [];
  for (const disk of overlaidDisks(context)) {
    const top = tops.get(disk.target);
    const round = roundOf(context, disk, top);
    if (round !== null && top !== undefined) {
      const passed = await passedOver(context, 'source', { disk: disk.target, top, round });
      if (passed !== null)
        throw new StepError('disks-changed', `${passed.what}: somebody has defined it anew meanwhile.`);
      rounds.push(round);
      continue;
    }
    const what = `disk ${disk.target} on ${source.name} stands on ${top ?? 'no file'} now, and stood on ${disk.path} when the move began`;
    throw new StepError('disks-changed', `${what}.`);
  }
  const [round = 0] = rounds;
  if (rounds.some((one) => one !== round)) {
    const what = `the disks on ${source.name} do not stand on overlays of the same round: ${rounds.join(', ')}`;
    throw new StepError('disks-changed', `${what}.`);
  }
  return round;
}
