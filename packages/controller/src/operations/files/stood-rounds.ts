import { overlayPath } from '@ferry/model';
import { copiedDisks, type MoveContext, sourceOf, targetOf } from '../context/move-context.ts';
import { madeOf } from './made-paths.ts';

/** Where overlays are merged. */
export type MergeSide = 'source' | 'target';

/** What stands among what a migration has made: that its disks stood on the overlays of a round, and that they are being merged. */
const stoodMark = (round: number): string => `overlays of round ${round}`;
const mergeMark = (side: MergeSide): string => `merge on the ${side}`;

/** Writes down that the disks at the source stand on the overlays of a round, which hold what the guest writes from then on. */
export async function markStood(context: MoveContext, round: number): Promise<void> {
  await mark(context, stoodMark(round));
}

/** Writes down, before it is done, that overlays are merged: from then on their disks may stand on their own images again. */
export async function markMerging(context: MoveContext, side: MergeSide): Promise<void> {
  await mark(context, mergeMark(side));
}

async function mark(context: MoveContext, what: string): Promise<void> {
  const made = await madeOf(context);
  // Of a move that a former version began nothing is written down.
  if (made === null || made.includes(what)) return;
  await context.services.store.migrations.setMade(context.input.migrationId, what, true);
}

/**
 * Why a disk that stands on a round is not as this migration left it; null: it is. Somebody may have defined the guest anew from a
 * description of before: its disk stands on its own image then, and what the guest wrote since only the overlay has.
 * `top`: the file that the disk stands on.
 */
export async function passedOverProblem(
  context: MoveContext,
  side: MergeSide,
  { disk, top, round }: { readonly disk: string; readonly top: string; readonly round: number },
): Promise<string | null> {
  const made = (await madeOf(context)) ?? [];
  if (made.includes(mergeMark(side))) return null;
  const path = copiedDisks(context).find(({ target }) => target === disk)?.path ?? top;
  const { migrationId } = context.input;
  const host = side === 'source' ? sourceOf(context) : targetOf(context);
  for (let later = round + 1; made.includes(stoodMark(later)); later += 1) {
    const overlay = overlayPath(path, migrationId, later);
    if ((await host.storage.image(overlay, { signal: context.signal })) === null) continue;
    return `disk ${disk} on ${context.input[side].name} stands on ${top}, and what the guest wrote since round ${later} of the copy began is in ${overlay}: somebody has defined it anew meanwhile`;
  }
  return null;
}

/** The overlays that disks stood on last, of which this migration knows, by the guest's name of each disk. */
export async function lastOverlays(context: MoveContext, disks: readonly string[]): Promise<string[]> {
  const made = (await madeOf(context)) ?? [];
  let last = 0;
  while (made.includes(stoodMark(last + 1))) last += 1;
  if (last === 0) return [];
  return copiedDisks(context)
    .filter(({ target }) => disks.includes(target))
    .map(({ target, path }) => `${target} on ${overlayPath(path, context.input.migrationId, last)}`);
}
