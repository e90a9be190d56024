import type { ImageFacts } from '@ferry/model';
import { at, attribute, bytesOf, children, rootOf, textOf, XmlError } from './parse-xml.ts';

/** A volume as its pool describes it. */
export interface VolumeDescription {
  readonly image: ImageFacts;
  readonly backingPath: string | null;
  /** As the image's header says it; null where it says none. */
  readonly backingFormat: string | null;
  /** Room in the file's own bytes where libvirt says so. */
  readonly physicalBytes: number | null;
  /** Last change of what is in the file, and of anything of it, seconds; null where libvirt does not say. */
  readonly changedAt: string | null;
  readonly touchedAt: string | null;
}

/** Reads a volume's XML (https://libvirt.org/formatstorage.html#storage-volume-xml). */
export function readVolumeXml(xml: string): VolumeDescription {
  const volume = rootOf(xml, 'volume');
  const target = at(volume, 'target');
  const capacity = at(volume, 'capacity');
  const allocation = at(volume, 'allocation');
  const path = target === null ? null : textOf(at(target, 'path'));
  if (target === null || capacity === null || path === null)
    throw new XmlError('<volume> has no path or no capacity');
  const physical = at(volume, 'physical');
  const permissions = at(target, 'permissions');
  return {
    image: {
      path,
      format: attribute(at(target, 'format'), 'type') ?? 'raw',
      capacityBytes: bytesOf(capacity, 'bytes'),
      allocationBytes: allocation === null ? 0 : bytesOf(allocation, 'bytes'),
      owner:
        permissions === null
          ? null
          : {
              uid: Number(textOf(at(permissions, 'owner'))),
              gid: Number(textOf(at(permissions, 'group'))),
              mode: Number.parseInt(textOf(at(permissions, 'mode')) ?? '0', 8),
            },
      // A pool of a directory calls all that is in it a file; nothing else is there.
      ...((attribute(volume, 'type') === 'block' || isDevicePath(path)) && { device: true }),
    },
    backingPath: textOf(at(volume, 'backingStore', 'path')),
    backingFormat: attribute(at(volume, 'backingStore', 'format'), 'type'),
    physicalBytes: physical === null ? null : bytesOf(physical, 'bytes'),
    changedAt: textOf(at(target, 'timestamps', 'mtime')),
    touchedAt: textOf(at(target, 'timestamps', 'ctime')),
  };
}

function isDevicePath(path: string): boolean {
  return path.startsWith('/dev/') && !path.startsWith('/dev/shm/');
}

/** The directory of a pool, and whether it is of a kind whose volumes are plain files there. */
export function readPoolXml(xml: string): { directory: string | null; isDirectory: boolean } {
  const pool = rootOf(xml, 'pool');
  const type = attribute(pool, 'type');
  return {
    directory: textOf(at(pool, 'target', 'path')),
    isDirectory: type === 'dir' || type === 'fs' || type === 'netfs',
  };
}

/** A disk of a host as libvirt's node devices tell it. */
interface StorageDevice {
  /** Its device file and all links to it. */
  readonly paths: readonly string[];
  /** The number that the disk itself gives; null where it gives none. */
  readonly serial: string | null;
}

/** Reads a node device's XML (https://libvirt.org/formatnode.html). */
export function readStorageDevice(xml: string): StorageDevice {
  const device = rootOf(xml, 'device');
  const storage = children(device, 'capability').find((one) => one.getAttribute('type') === 'storage');
  const block = storage === undefined ? null : textOf(at(storage, 'block'));
  const files = children(device, 'devnode').map((one) => textOf(one));
  const serial = storage === undefined ? null : textOf(at(storage, 'serial'));
  return {
    paths: [block, ...files].filter((path): path is string => path !== null && path !== ''),
    serial: serial === '' ? null : serial,
  };
}
