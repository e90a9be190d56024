import type { Element } from '@xmldom/xmldom';
import { at, attribute, rootOf } from './parse-xml.ts';

/** The files that a description of a disk names. */
export interface NamedDisk {
  /** Files and devices of the disk and of all that it is said to stand on or to be mirrored to. */
  readonly paths: readonly string[];
  /** Those that are written to: not what it stands on, and nothing of a medium that is only read. */
  readonly writes: readonly string[];
  readonly readOnly: boolean;
  /** The volume that it is, where it is named by a pool. */
  readonly volume: { readonly pool: string; readonly name: string } | null;
  /** What it is: a file, a block device, a server's disk; null for an empty drive. */
  readonly what: string | null;
  /** Whether it is raw, and so stands on nothing; libvirt takes a disk of no format for that. */
  readonly isRaw: boolean;
  /** Whether it may stand on something that the description does not tell. */
  readonly open: boolean;
}

/**
 * All disks that a description names, wherever in it: a snapshot's holds the domain of its time as well
 * (https://libvirt.org/formatsnapshot.html, formatdomain.html#hard-drives-floppy-disks-cdroms).
 */
export function readNamedDisks(
  xml: string,
  root: 'domain' | 'domainsnapshot' | 'domaincheckpoint',
): NamedDisk[] {
  return within(rootOf(xml, root), 'disk').map(readDisk);
}

function readDisk(disk: Element): NamedDisk {
  const sources = within(disk, 'source');
  const source = at(disk, 'source');
  const paths = sources.flatMap(pathsOf);
  const [pool, name] = [attribute(source, 'pool'), attribute(source, 'volume')];
  const volume = pool === null || name === null ? null : { pool, name };
  // libvirt takes a disk of no format for raw, which stands on nothing. An empty <backingStore/> says that nothing is below.
  const isRaw = (attribute(at(disk, 'driver'), 'type') ?? 'raw') === 'raw';
  const mayStand = !isRaw;
  const told = at(disk, 'backingStore') !== null;
  return {
    paths,
    writes: isRead(disk) ? [] : [source, at(disk, 'mirror', 'source')].flatMap(pathsOf),
    readOnly: isRead(disk),
    volume,
    isRaw,
    what: source && whatOf(source),
    open: source !== null && mayStand && !told,
  };
}

/**
 * Disks that are raw by all that is told of them; `path`: where one is that is named by a pool. The first of the paths of a disk
 * is its own; what else it names (a mirror) may be laid out in another way.
 */
export function rawPaths(disks: readonly (NamedDisk & { readonly path: string | null })[]): string[] {
  const raw = new Set<string>();
  const formatted = new Set<string>();
  for (const { isRaw, paths, path } of disks) {
    const [own, ...others] = path === null ? paths : [path, ...paths];
    if (own !== undefined) (isRaw ? raw : formatted).add(own);
    for (const other of others) formatted.add(other);
  }
  return [...raw].filter((one) => !formatted.has(one));
}

function isRead(disk: Element): boolean {
  return attribute(disk, 'device') === 'cdrom' || at(disk, 'readonly') !== null;
}

function pathsOf(source: Element | null): string[] {
  return [attribute(source, 'file'), attribute(source, 'dev')].filter(
    (path): path is string => path?.startsWith('/') === true,
  );
}

function whatOf(source: Element): string {
  const words = ['file', 'dev', 'pool', 'volume', 'protocol', 'name'].map((name) => attribute(source, name));
  return words.filter((word) => word !== null).join(' ');
}

/** Elements of that name at any depth below one, in order. */
function within(parent: Element, name: string): Element[] {
  return [...parent.getElementsByTagName(name)];
}
