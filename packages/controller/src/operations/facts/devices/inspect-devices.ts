import type { Call, HostStorage, HypervisorHost } from '@ferry/hypervisor';
import type { DiskFacts, ImageFacts, ImageSharing } from '@ferry/model';
import type { Places } from '../storage/places-of.ts';
import { deviceSamples, isBlank } from './blank-device.ts';
import { usersOfDevice } from './users-of-device.ts';

/** What is looked at, and what an operator has said of it. */
export interface DeviceQuestion {
  readonly source: HypervisorHost;
  readonly target: HypervisorHost;
  readonly disks: readonly DiskFacts[];
  readonly places: Places;
  /** Devices, by their path at the source, of which somebody says that both hosts have the same. */
  readonly sharedDevices: readonly string[];
}

/** A guest that runs writes meanwhile: what differs once is looked at again. */
const looks = 3;

/**
 * Tells for every block device of a domain whether the target has the same one: by what the device says of itself on both
 * hosts, or by somebody's word and the same content. One of which nothing is known is left out.
 */
export async function inspectDevices(question: DeviceQuestion, call: Call): Promise<ImageSharing[]> {
  const devices = question.disks.flatMap(({ kind, path, image }) =>
    kind === 'block' && path !== null && image !== null ? [{ path, image }] : [],
  );
  const unique = new Map(devices.map((device) => [device.path, device]));
  const found = await Promise.all([...unique.values()].map((device) => inspect(question, device, call)));
  return found.filter((one) => one !== null);
}

async function inspect(
  { source, target, places, sharedDevices }: DeviceQuestion,
  { path, image }: { path: string; image: ImageFacts },
  call: Call,
): Promise<ImageSharing | null> {
  const targetPath = places.paths[path] ?? path;
  const there = await target.storage.image(targetPath, call);
  const named = places.named.has(path);
  if (there === null) return absent(path, targetPath, named);
  const separate = { path, verdict: 'separate' } as const;
  if (there.device !== true)
    return { ...separate, onTarget: 'other-content', proof: `${targetPath} is a file there` };
  const [here, other] = await Promise.all([
    source.storage.identity(path, call),
    target.storage.identity(targetPath, call),
  ]);
  const same = here !== null && here === other;
  if (same || sharedDevices.includes(path)) {
    const differs =
      here !== null && other !== null && !same
        ? `it is ${here} here and ${other} there`
        : await difference(source.storage, target.storage, { path, targetPath }, image, there, call);
    const because = same ? `both hosts tell the same ${here}` : 'an operator says so';
    // Also a number that a device tells is no proof by itself: cheap ones all tell the same.
    if (differs === null) {
      const proof = `${because}, and ${targetPath} holds the same on the target`;
      return { path, verdict: 'shared', onTarget: 'same-content', proof };
    }
    if (!named || sharedDevices.includes(path))
      return { ...separate, onTarget: 'other-device', proof: differs };
  }
  if (!named) return null;
  // Two that hold the same, be it nothing, may be one: it would be copied onto itself while the guest writes to it.
  const storages = [source.storage, target.storage] as const;
  if ((await difference(...storages, { path, targetPath }, image, there, call)) === null) return null;
  return onDevice(target, path, image.capacityBytes, there, call);
}

function absent(path: string, targetPath: string, named: boolean): ImageSharing {
  const isFile = named && !targetPath.startsWith('/dev/');
  return {
    path,
    verdict: 'separate',
    onTarget: isFile ? 'nothing' : 'no-device',
    proof: `the target has no ${targetPath}`,
  };
}

/** In what two devices differ that are said to be one; null: in nothing that was looked at. */
async function difference(
  source: HostStorage,
  target: HostStorage,
  { path, targetPath }: { path: string; targetPath: string },
  here: ImageFacts,
  there: ImageFacts,
  call: Call,
): Promise<string | null> {
  if (here.capacityBytes !== there.capacityBytes)
    return `it has ${here.capacityBytes} bytes here and ${there.capacityBytes} there`;
  for (const piece of deviceSamples(here.capacityBytes)) {
    let same = false;
    for (let look = 1; look <= looks && !same; look += 1) {
      const [one, other] = await Promise.all([
        source.digest(path, call, piece),
        target.digest(targetPath, call, piece),
      ]);
      same = one === other;
    }
    if (!same) return `${piece.lengthBytes} bytes at ${piece.offsetBytes} are not the same`;
  }
  return null;
}

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
