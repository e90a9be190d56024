import { isMedium } from '@ferry/model';
import { copiedDisks, type MoveContext } from '../../context/move-context.ts';

const because = "it is only read, and may be anybody's: media stay, as base images do";

/** Media of the guest by their path at the source, where they stay, and why. */
export function mediaOf(context: MoveContext): ReadonlyMap<string, string> {
  const media = copiedDisks(context).filter((disk) => isMedium(context.input.instanceId, disk));
  return new Map(media.map(({ path }) => [path, because]));
}
