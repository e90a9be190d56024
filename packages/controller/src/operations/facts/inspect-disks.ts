import { basename, dirname } from 'node:path';
import type { Call, HypervisorHost } from '@ferry/hypervisor';
import type { DiskFacts, ImageFacts, ImageSharing, NetworkReach } from '@ferry/model';
import { isSameFile } from './is-same-file.ts';
import { onDevice } from './devices/inspect-devices.ts';
import type { Places } from './storage/places-of.ts';

/** What stands on the target where a base of the source is wanted. */
type CompareBase = (path: string, targetPath: string) => Promise<Pick<ImageSharing, 'onTarget' | 'digests'>>;

/**
 * Tells for every image of a domain whether the target sees the same one. Sharing is proven by a probe file that
 * is put beside the image through one host and looked for through the other, never guessed from the path.
 */
export async function inspectDisks(
  source: HypervisorHost,
  target: HypervisorHost,
  disks: readonly DiskFacts[],
  places: Places,
  probe: string,
  compareBase: CompareBase,
  call: Call,
): Promise<ImageSharing[]> {
  const images = disks.flatMap((disk) =>
    disk.kind === 'file' && disk.image !== null
      ? [
          // Of what is only read the same content is the same, whoever put it there.
          { path: disk.image.path, image: disk.image, base: disk.readOnly },
          ...disk.backing.map((one) => ({ path: one.path, image: one, base: true })),
        ]
      : [],
  );
  const shared = new Map<string, Promise<boolean>>();
  const isShared = (path: string, targetPath: string): Promise<boolean> => {
    const key = JSON.stringify([dirname(path), dirname(targetPath)]);
    const known =
      shared.get(key) ??
      // Two names of one directory must not be in each other's way.
      seenFromBoth(source, target, [dirname(path), dirname(targetPath)], `${probe}-${shared.size}`, call);
    shared.set(key, known);
    return known;
  };
  const unique = new Map(images.map((image) => [image.path, image]));
  return Promise.all(
    [...unique.values()].map(async ({ path, image, base }): Promise<ImageSharing> => {
      const targetPath = places.paths[path] ?? path;
      const elsewhere = dirname(targetPath) === dirname(path) ? '' : `, in ${dirname(targetPath)}`;
      const proof = `a probe file put into ${dirname(path)} on the source was`;
      // The same directory by another name is shared where the file has the same name in it, too.
      if ((await isShared(path, targetPath)) && basename(path) === basename(targetPath)) {
        const seen = `${proof} seen on the target${elsewhere}`;
        if (await isSameFile(source, target, [path, targetPath], call))
          return { path, verdict: 'shared', onTarget: 'same-content', proof: seen };
        const what = `${seen}, but its name leads to another file there, or to none: it is a link`;
        return { path, verdict: 'separate', onTarget: 'other-file', proof: what };
      }
      const found = {
        path,
        verdict: 'separate',
        proof: `${proof} not seen on the target${elsewhere}`,
      } as const;
      if (base) return { ...found, ...(await compareBase(path, targetPath)) };
      return standsThere(target, image, targetPath, found, call);
    }),
  );
}

/** An overlay that stands there already is somebody else's whatever it holds; a device may be written over where it is blank. */
async function standsThere(
  target: HypervisorHost,
  image: ImageFacts,
  targetPath: string,
  found: Pick<ImageSharing, 'path' | 'proof'> & { readonly verdict: 'separate' },
  call: Call,
): Promise<ImageSharing> {
  const there = await target.storage.image(targetPath, call);
  if (there === null) {
    const onTarget = targetPath.startsWith('/dev/') ? 'no-device' : 'nothing';
    return { ...found, onTarget };
  }
  if (there.device !== true) return { ...found, onTarget: 'other-content' };
  return onDevice(target, found.path, image.capacityBytes, there, call);
}

async function seenFromBoth(
  source: HypervisorHost,
  target: HypervisorHost,
  [here, there]: readonly [string, string],
  probe: string,
  call: Call,
): Promise<boolean> {
  await source.storage.ensureProbeFile(here, probe, call);
  try {
    return await target.storage.seesProbeFile(there, probe, call);
  } finally {
    await source.storage.ensureNoProbeFile(here, probe, call);
  }
}

/**
 * Whether the target's hypervisor gets to each disk on the network: it opens it for a moment, to read alone, in a guest
 * without anything in it.
 */
export function inspectNetworkDisks(
  target: HypervisorHost,
  disks: readonly DiskFacts[],
  later: readonly string[],
  call: Call,
): Promise<NetworkReach[]> {
  const onNetwork = disks.flatMap(({ target: name, network }) =>
    network === null ? [] : [{ name, network }],
  );
  return Promise.all(
    onNetwork.map(async ({ name, network }) =>
      later.includes(name)
        ? { target: name, refusal: null, later: true }
        : { target: name, refusal: await target.trials.refusalToOpen(network, call) },
    ),
  );
}
