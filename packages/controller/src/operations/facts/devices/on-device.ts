import type { Call, HypervisorHost } from '@ferry/hypervisor';
import type { ImageFacts, ImageSharing } from '@ferry/model';
import { isBlank } from './is-blank.ts';
import { usersOfDevice } from './users-of-device.ts';

/** What a device of the target is to what would be written onto it. */
export async function onDevice(
  target: HypervisorHost,
  path: string,
  neededBytes: number,
  there: ImageFacts,
  call: Call,
): Promise<ImageSharing> {
  const found = {
    path,
    verdict: 'separate',
    proof: `it was said to be ${there.path} on the target`,
  } as const;
  if (there.capacityBytes < neededBytes) {
    const proof = `${there.path} has ${there.capacityBytes} bytes, and ${neededBytes} are needed`;
    return { ...found, onTarget: 'small', proof };
  }
  const { user } = await usersOfDevice(target, there.path, call);
  if (user !== null)
    return { ...found, onTarget: 'used', proof: `${there.path} belongs to the domain ${user} there` };
  const blank = await isBlank(target.storage, there.path, there.capacityBytes, call);
  return { ...found, onTarget: blank ? 'blank' : 'used' };
}
