import { dirname } from 'node:path';
import type { Call, HypervisorHost } from '@ferry/hypervisor';
import type { DiskFacts, ImageSharing, NetworkReach, PoolPlace } from '@ferry/model';

/** What stands on the target where a base of the source is wanted. */
type CompareBase = (path: string) => Promise<Pick<ImageSharing, 'onTarget' | 'digests'>>;

/**
 * Tells for every image of a domain whether the target sees the same one. Sharing is proven by a probe file that
 * is put beside the image through one host and looked for through the other, never guessed from the path.
 */
export async function inspectDisks(
  source: HypervisorHost,
  target: HypervisorHost,
  disks: readonly DiskFacts[],
  probe: string,
  compareBase: CompareBase,
  call: Call,
): Promise<ImageSharing[]> {
  const images = disks.flatMap((disk) =>
    disk.kind === 'file' && disk.image !== null
      ? [
          { path: disk.image.path, base: false },
          ...disk.backing.map((one) => ({ path: one.path, base: true })),
        ]
      : [],
  );
  const shared = new Map<string, Promise<boolean>>();
  const isShared = (path: string): Promise<boolean> => {
    const directory = dirname(path);
    const known = shared.get(directory) ?? seenFromBoth(source, target, directory, probe, call);
    shared.set(directory, known);
    return known;
  };
  const unique = new Map(images.map((image) => [image.path, image]));
  return Promise.all(
    [...unique.values()].map(async ({ path, base }): Promise<ImageSharing> => {
      if (await isShared(path)) {
        const proof = `a probe file put into ${dirname(path)} on the source was seen on the target`;
        return { path, verdict: 'shared', onTarget: 'same-content', proof };
      }
      const proof = `a probe file put into ${dirname(path)} on the source was not seen on the target`;
      const found = { path, verdict: 'separate', proof } as const;
      if (base) return { ...found, ...(await compareBase(path)) };
      // An overlay that stands there already is somebody else's whatever it holds.
      const there = await target.storage.image(path, call);
      return { ...found, onTarget: there === null ? 'nothing' : 'other-content' };
    }),
  );
}

async function seenFromBoth(
  source: HypervisorHost,
  target: HypervisorHost,
  directory: string,
  probe: string,
  call: Call,
): Promise<boolean> {
  await source.storage.ensureProbe(directory, probe, call);
  try {
    return await target.storage.seesProbe(directory, probe, call);
  } finally {
    await source.storage.ensureNoProbe(directory, probe, call);
  }
}

/**
 * Whether the target's hypervisor gets to each disk on the network: it opens it for a moment, to read alone, in a guest
 * without anything in it.
 */
export function inspectNetworkDisks(
  target: HypervisorHost,
  disks: readonly DiskFacts[],
  call: Call,
): Promise<NetworkReach[]> {
  const onNetwork = disks.flatMap(({ target: name, network }) =>
    network === null ? [] : [{ name, network }],
  );
  return Promise.all(
    onNetwork.map(async ({ name, network }) => ({
      target: name,
      refusal: await target.probes.refusalToOpen(network, call),
    })),
  );
}

/** Where the target has the pools that the guest names its disks by. */
export function inspectPools(
  target: HypervisorHost,
  disks: readonly DiskFacts[],
  call: Call,
): Promise<PoolPlace[]> {
  const pools = new Set(disks.flatMap(({ volume }) => (volume === null ? [] : [volume.pool])));
  return Promise.all(
    Array.from(pools, async (pool) => ({ pool, directory: await target.storage.poolDirectory(pool, call) })),
  );
}
