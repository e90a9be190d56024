import type { Call } from '@ferry/hypervisor';
import type { ImageSharing } from '@ferry/model';
import type { Services } from '../../engine/services.ts';
import { ifStillThere } from '../if-still-there.ts';
import { type ImageSite, imageDigest } from './image-digest.ts';
import { othersWithBase } from './others-with-base.ts';

/** What stands on the target where a base of the source is wanted, compared by content. */
export async function compareBase(
  services: Services,
  { source, target }: { readonly source: ImageSite; readonly target: ImageSite },
  path: string,
  targetPath: string,
  call: Call,
): Promise<Pick<ImageSharing, 'onTarget' | 'digests'>> {
  const there = await target.host.storage.image(targetPath, call);
  const { brings, left } = await othersWithBase(services, target.hostId, targetPath, null);
  // Half of a file is not compared: whoever is at it brings the rest, or takes it away.
  if (left !== null || (there === null && brings !== null)) return { onTarget: 'on-its-way' };
  if (there === null) return { onTarget: 'nothing' };
  const [here, found] = await Promise.all([
    imageDigest(services, source, path, call.signal),
    ifStillThere(target.host, targetPath, imageDigest(services, target, targetPath, call.signal), call),
  ]);
  if (found === null) return { onTarget: 'nothing' };
  const digests = { source: here, target: found };
  return { onTarget: here === found ? 'same-content' : 'other-content', digests };
}
