import { at, children, rootOf, textOf } from './parse-xml.ts';

/** A disk of a host as libvirt's node devices tell it. */
export interface StorageDevice {
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
