import { basesOf, isMedium, nextWarmRound, overlayPath } from '@ferry/model';
import { copyImage } from '../../files/copy-image.ts';
import { CopyProgress } from '../../files/copy-progress.ts';
import { copyAll } from '../../files/copying/copy-all.ts';
import {
  abortable,
  copiedDisks,
  type MoveContext,
  setPhase,
  setStatus,
  sourceOf,
  throwIfAbortRequested,
} from '../../context/move-context.ts';
import { bringBackingImages } from '../../move/target-images.ts';
import { guardRoom } from '../warm/guard-room.ts';
import { overlaidDisks, overlaysOf, standingRound } from '../warm/overlaid-disks.ts';
import { markBegun } from '../../files/stood-rounds.ts';

/** More would share the same link and the same disks. */
const filesAtOnce = 2;

/** What was copied while the guest ran. */
export interface CopiedWhileRunning {
  /** Overlays that each disk stands on; 0: nothing was copied, all of it is still to be. */
  readonly rounds: number;
  readonly bytes: number;
}

/**
 * Copies the bulk while the guest runs. In each round its disks get an overlay, so that what is below stands still and can
 * be copied; what the guest writes meanwhile is the next round's. After a crash the disks themselves tell the round.
 */
export async function copyWhileRunning(context: MoveContext): Promise<CopiedWhileRunning> {
  if (overlaidDisks(context).length === 0) {
    await bringBases(context);
    return { rounds: 0, bytes: 0 };
  }
  await setStatus(context, 'migrating', 'copy while it runs');
  for (let round = Math.max(1, await standingRound(context)); ; round += 1) {
    if (!(await holdStill(context, round))) return { rounds: round - 1, bytes: await bytesBrought(context) };
    const next = await copyRound(context, round);
    if (next === 'power-off') return { rounds: round, bytes: await bytesBrought(context) };
  }
}

/** Bases do not change while the guest runs: nobody waits for them while it is off, whether it is a warm move or not. */
async function bringBases(context: MoveContext): Promise<void> {
  const { instanceId } = context.input;
  if (copiedDisks(context).every((disk) => basesOf(instanceId, disk).length === 0)) return;
  const progress = new CopyProgress(context, context.input.plan.copyBytes);
  await bringBackingImages(context, progress);
  await progress.settle();
}

/** Puts the overlays of a round onto the disks; false when the guest does not run any more, so that all stands still anyway. */
async function holdStill(context: MoveContext, round: number): Promise<boolean> {
  const { instanceId, migrationId, source } = context.input;
  const call = { signal: context.signal };
  await throwIfAbortRequested(context);
  if ((await standingRound(context)) === round) return true;
  const sighting = await sourceOf(context).domains.observe(instanceId, call);
  if (sighting.kind === 'present' && (sighting.state === 'shutoff' || sighting.state === 'crashed'))
    return false;
  await setPhase(context, `round ${round}: overlays for what it writes meanwhile, on ${source.name}`);
  const orders = overlaidDisks(context).map((disk) => ({
    disk: disk.target,
    path: overlayPath(disk.path, migrationId, round),
    below: round === 1 ? disk.path : overlayPath(disk.path, migrationId, round - 1),
  }));
  await markBegun(context, round);
  await sourceOf(context).overlays.ensureOverlays(instanceId, orders, call);
  return true;
}

/** Copies what stands still since the round's overlays stand, and says how to go on. */
async function copyRound(context: MoveContext, round: number): Promise<'again' | 'power-off'> {
  const { plan } = context.input;
  const roundBytes = round === 1 ? plan.copyBytes : await bytesAt(context, overlaysOf(context, round - 1));
  const progress = new CopyProgress(context, roundBytes, round);
  const startedAt = performance.now();
  await abortable(context, (signal) =>
    guardRoom(context, round, signal, async (guarded) => {
      if (round === 1) await bringBackingImages({ ...context, signal: guarded }, progress);
      await copyAll(stillSince(context, round), filesAtOnce, guarded, async (path, stop) => {
        await setPhase(context, `round ${round}, while it runs: copy ${path}`);
        await copyImage(context, path, progress, stop);
      });
    }),
  );
  await progress.settle();
  return nextWarmRound({
    round,
    roundBytes,
    waitingBytes: await bytesAt(context, overlaysOf(context, round)),
    movedBytes: progress.movedBytes,
    elapsedMs: performance.now() - startedAt,
  });
}

/** Files that are not written to any more once the overlays of a round stand, and were before. */
function stillSince(context: MoveContext, round: number): string[] {
  if (round > 1) return overlaysOf(context, round - 1);
  const overlaid = new Set(overlaidDisks(context));
  return copiedDisks(context)
    .filter((disk) => overlaid.has(disk) || (disk.readOnly && !isMedium(context.input.instanceId, disk)))
    .map((disk) => disk.path);
}

async function bytesAt(context: MoveContext, paths: readonly string[]): Promise<number> {
  const { storage } = sourceOf(context);
  let bytes = 0;
  for (const path of paths)
    bytes += (await storage.image(path, { signal: context.signal }))?.allocationBytes ?? 0;
  return bytes;
}

async function bytesBrought(context: MoveContext): Promise<number> {
  const migration = await context.services.store.migrations.byId(context.input.migrationId);
  return (migration?.copies ?? []).reduce((sum, copy) => sum + copy.resumedBytes + copy.sentBytes, 0);
}
