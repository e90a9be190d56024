import { type MergeSide, overlayPath, type WarmRounds } from '@ferry/model';
import { copiedDisks, type MoveContext, sourceOf, targetOf } from '../context/move-context.ts';

/**
 * Writes down that the disks at the source are about to stand on the overlays of a round, which hold what the guest writes from
 * then on: whoever finds them there after a crash knows whose they are.
 */
export async function markBegun(context: MoveContext, round: number): Promise<void> {
  await mark(context, (rounds) =>
    rounds.begun >= round ? rounds : { ...rounds, begun: Math.max(rounds.begun, round) },
  );
}

/**
 * Writes down, before it is done, that overlays are merged: from then on the disks may stand on their own images again, as long as
 * the guest lives that it was begun in.
 */
export async function markMerging(context: MoveContext, side: MergeSide): Promise<void> {
  const life = await hostOf(context, side).overlays.life(context.input.instanceId, {
    signal: context.signal,
  });
  await mark(context, (rounds) => ({ ...rounds, merging: { ...rounds.merging, [side]: { life } } }));
}

async function mark(context: MoveContext, change: (rounds: WarmRounds) => WarmRounds): Promise<void> {
  await context.services.store.migrations.setRounds(context.input.migrationId, change);
}

/** Of a move that a former version began nothing is written down. */
async function roundsOf({ services, input }: MoveContext): Promise<WarmRounds | null> {
  return (await services.store.migrations.byId(input.migrationId))?.rounds ?? null;
}

function hostOf(context: MoveContext, side: MergeSide): ReturnType<typeof sourceOf> {
  return side === 'source' ? sourceOf(context) : targetOf(context);
}

/** A disk, and the overlay of this migration that it does not stand on. */
export interface PassedOver {
  readonly what: string;
  /** It may be merged already: its guest was started anew since that began. */
  readonly mayBeMerged: boolean;
}

/**
 * Why a disk that stands on a round is not as this migration left it; null: it is. Somebody may have defined the guest anew from a
 * description of before: its disk stands on its own image then, and what the guest wrote since only the overlay has. An overlay
 * that holds nothing is no loss, and one of a guest that lives on since its merge began is merged.
 * `top`: the file that the disk stands on.
 */
export async function passedOver(
  context: MoveContext,
  side: MergeSide,
  { disk, top, round }: { readonly disk: string; readonly top: string; readonly round: number },
): Promise<PassedOver | null> {
  const rounds = await roundsOf(context);
  if (rounds === null) return null;
  const path = copiedDisks(context).find(({ target }) => target === disk)?.path ?? top;
  const { instanceId, migrationId } = context.input;
  const { overlays, storage } = hostOf(context, side);
  const call = { signal: context.signal };
  for (let later = round + 1; later <= rounds.begun; later += 1) {
    const overlay = overlayPath(path, migrationId, later);
    if ((await storage.image(overlay, call)) === null || (await overlays.holdsNothing(overlay, call)))
      continue;
    const merging = rounds.merging[side];
    // What a guest that lives stands on nobody changes by defining it anew.
    if (merging != null && merging.life !== null && (await overlays.life(instanceId, call)) === merging.life)
      return null;
    const what = `disk ${disk} on ${context.input[side].name} stands on ${top}, and what the guest wrote since round ${later} of the copy began is in ${overlay}`;
    return { what, mayBeMerged: merging !== undefined };
  }
  return null;
}

/** The overlays that disks stood on last, of which this migration knows, by the guest's name of each disk. */
export async function lastOverlays(context: MoveContext, disks: readonly string[]): Promise<string[]> {
  const rounds = await roundsOf(context);
  const found: string[] = [];
  for (const { target, path } of copiedDisks(context)) {
    if (!disks.includes(target)) continue;
    // The last one may only have been about to be made.
    for (let round = rounds?.begun ?? 0; round > 0; round -= 1) {
      const overlay = overlayPath(path, context.input.migrationId, round);
      if ((await sourceOf(context).storage.image(overlay, { signal: context.signal })) === null) continue;
      found.push(`${target} on ${overlay}`);
      break;
    }
  }
  return found;
}
