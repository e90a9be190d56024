import { dirname, isAbsolute, join } from 'node:path';
import { type Call, HypervisorError, type HypervisorHost } from '@ferry/hypervisor';
import type { DiskFacts, DomainFacts, ImageFacts, MigrationKind } from '@ferry/model';

/**
 * All that a move of that kind has to bring or to find on the target, as disks: those of the guest's life now and of its next
 * start, the firmware's variables, memory that is kept in a file, and files that images keep their data in.
 */
export async function filesOfGuest(
  source: HypervisorHost,
  kind: MigrationKind,
  domain: DomainFacts,
  call: Call,
): Promise<readonly DiskFacts[]> {
  const own = kind === 'live-migration' ? ofLiveMove(domain) : ofColdMove(domain);
  const disks = await Promise.all(own.map((disk) => withInside(source, disk, call)));
  const data = await Promise.all(disks.map((disk) => dataFilesOf(source, disk, call)));
  return [...disks, ...data.flat()];
}

/** Its memory and the firmware's variables are sent by the hypervisor; what only its next start has is brought like a base. */
function ofLiveMove({ disks, extras }: DomainFacts): DiskFacts[] {
  const { nvram, nextDisks } = extras;
  const later = (nextDisks ?? []).filter((disk) => !disks.some((one) => isSamePlace(one, disk)));
  return [
    ...disks,
    ...later.map((disk) => ({
      ...disk,
      target: `${disk.target} (next start)`,
      readOnly: true,
      standsStill: !disk.readOnly,
    })),
    ...(nvram === null ? [] : [{ ...nvram, sentByHypervisor: true }]),
  ];
}

/** What counts is the definition: a disk that only its life now has is gone when it is off. */
function ofColdMove({ disks, extras }: DomainFacts): DiskFacts[] {
  const { nvram, nextDisks, files } = extras;
  return [...(nextDisks ?? disks), ...(nvram === null ? [] : [nvram]), ...(files ?? [])];
}

function placeOf({ path, volume, network }: DiskFacts): string {
  return JSON.stringify(path ?? volume ?? network?.description ?? null);
}

/** Whether two disks are one image. */
function isSamePlace(one: DiskFacts, other: DiskFacts): boolean {
  return (
    placeOf(one) === placeOf(other) ||
    (one.volume !== null && JSON.stringify(one.volume) === JSON.stringify(other.volume))
  );
}

async function withInside(source: HypervisorHost, disk: DiskFacts, call: Call): Promise<DiskFacts> {
  if (disk.image === null) return disk;
  const read = async (image: ImageFacts): Promise<ImageFacts> => {
    // libvirt takes some formats of several files for plain ones; the definition knows better.
    const format = image.format === 'raw' && image === disk.image ? disk.format : image.format;
    const inside = await source.storage.inside({ path: image.path, format }, call);
    return inside === null ? image : { ...image, inside };
  };
  return { ...disk, image: await read(disk.image), backing: await Promise.all(disk.backing.map(read)) };
}

/** Files that hold the data of a disk's images: each goes where its image goes. */
async function dataFilesOf(source: HypervisorHost, disk: DiskFacts, call: Call): Promise<DiskFacts[]> {
  const images = [disk.image, ...disk.backing].filter((image) => image !== null);
  const found = images.map(async (image, depth): Promise<DiskFacts | null> => {
    const name = image.inside?.dataFile ?? null;
    if (name === null) return null;
    const path = isAbsolute(name) ? name : join(dirname(image.path), name);
    return {
      ...disk,
      target: `${disk.target} (data${depth === 0 ? '' : ` of base ${depth}`})`,
      kind: 'file',
      path,
      volume: null,
      network: null,
      format: 'raw',
      readOnly: disk.readOnly || depth > 0,
      secrets: [],
      toldBacking: null,
      dataOf: image.path,
      // What its guest wrote stands at its very beginning.
      image: await imageIfAllowed(source, path, call),
      backing: [],
    };
  });
  return (await Promise.all(found)).filter((one) => one !== null);
}

/** A header may name any file of its host: one that is left alone is told by the checks, with all others. */
async function imageIfAllowed(
  { storage }: HypervisorHost,
  path: string,
  call: Call,
): Promise<ImageFacts | null> {
  try {
    return await storage.rawImage(path, call);
  } catch (error) {
    if (error instanceof HypervisorError && error.code === 'refused') return null;
    throw error;
  }
}
