import { type MoveContext, sourceOf } from '../../move/move-context.ts';
import { StepError } from '../../engine/step-error.ts';
import { overlaidDisks, roundOf } from './overlaid-disks.ts';

/**
 * The round that the disks stand on at the source, by what its host shows; 0: no overlay. Throws `disks-changed` where
 * somebody else has changed what they stand on.
 */
export async function standingRound(context: MoveContext): Promise<number> {
  const { instanceId, source } = context.input;
  const tops = await sourceOf(context).overlays.tops(instanceId, { signal: context.signal });
  const rounds = overlaidDisks(context).map((disk) => {
    const top = tops.get(disk.target);
    const round = roundOf(context, disk, top);
    if (round !== null) return round;
    const what = `disk ${disk.target} on ${source.name} stands on ${top ?? 'no file'} now, and stood on ${disk.path} when the move began`;
    throw new StepError('disks-changed', `${what}.`);
  });
  const [round = 0] = rounds;
  if (rounds.some((one) => one !== round)) {
    const what = `the disks on ${source.name} do not stand on overlays of the same round: ${rounds.join(', ')}`;
    throw new StepError('disks-changed', `${what}.`);
  }
  return round;
}
