import { type CopiedDisk, mostOverlays, overlayPath, overlayPaths } from '@ferry/model';
import type { MergeOrder } from '@ferry/hypervisor';
import type { MoveContext } from '../../move/move-context.ts';
import { copiedDisks } from '../../move/copied-disks.ts';

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
export function mergeOrders(context: MoveContext): MergeOrder[] {
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
export function roundOf(context: MoveContext, disk: CopiedDisk, top: string | undefined): number | null {
  if (top === disk.path) return 0;
  const rounds = Array.from({ length: mostOverlays }, (_, index) => index + 1);
  const { migrationId } = context.input;
  return rounds.find((round) => overlayPath(disk.path, migrationId, round) === top) ?? null;
}
