import { ownValue } from '@ferry/model';
import type { Element } from '@xmldom/xmldom';
import type { AdaptedDisk, StorageAdaptation } from '../contract/domain-adaptation.ts';
import { at, attribute, children } from './parse-xml.ts';

/** What a description is for: the guest as it is sent, or its definition. */
export type DescriptionUse = 'transfer' | 'definition';

/** Gives the disks of a domain, and its firmware's variables, the names and the kinds that they have on the target. */
export function adaptDisks(domain: Element, storage: StorageAdaptation, use: DescriptionUse): void {
  renamePaths(domain, new Map(Object.entries(storage.paths)));
  const devices = at(domain, 'devices');
  for (const disk of devices === null ? [] : children(devices, 'disk')) {
    const adapted = ownValue(storage.disks, attribute(at(disk, 'target'), 'dev') ?? '');
    renamePool(disk, storage);
    if (adapted !== undefined) adaptDisk(disk, adapted, use);
  }
}

/** What only people read, or other tools. */
const texts: ReadonlySet<string | null> = new Set(['metadata', 'name', 'title', 'description']);

/** Gives each file and device its path on the target, wherever it is named: disks, firmware, kernels, ROMs, logs, memory. */
function renamePaths(element: Element, paths: ReadonlyMap<string, string>): void {
  if (paths.size === 0) return;
  for (const { name, value } of Array.from(element.attributes)) {
    const renamed = paths.get(value);
    if (renamed !== undefined) element.setAttribute(name, renamed);
  }
  for (let node = element.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType === 1 && !texts.has((node as Element).localName)) renamePaths(node as Element, paths);
    const renamed = node.nodeType === 3 ? paths.get(node.nodeValue ?? '') : undefined;
    if (renamed !== undefined) node.nodeValue = renamed;
  }
}

function renamePool(disk: Element, { pools }: StorageAdaptation): void {
  const source = at(disk, 'source');
  const renamed = ownValue(pools, attribute(source, 'pool') ?? '');
  if (renamed !== undefined) source?.setAttribute('pool', renamed);
}

function adaptDisk(disk: Element, { place, byPool, backing }: AdaptedDisk, use: DescriptionUse): void {
  if (place !== null && (!byPool || use === 'transfer')) setPlace(disk, place);
  if (backing !== null && at(disk, 'backingStore') === null) tellBacking(disk, backing);
}

/** A disk may become a device, or a file. */
function setPlace(disk: Element, { kind, path }: NonNullable<AdaptedDisk['place']>): void {
  const source = at(disk, 'source');
  if (source === null) return;
  for (const key of ['file', 'dev', 'pool', 'volume', 'mode']) source.removeAttribute(key);
  disk.setAttribute('type', kind);
  source.setAttribute(kind === 'file' ? 'file' : 'dev', path);
}

/** Tells the whole chain, down to the empty element that ends it: then the hypervisor does not ask the file. */
function tellBacking(disk: Element, backing: readonly { path: string; format: string }[]): void {
  const { ownerDocument: document } = disk;
  if (document === null) return;
  let link = disk;
  for (const { path, format } of backing) {
    const below = document.createElement('backingStore');
    below.setAttribute('type', 'file');
    const formatElement = document.createElement('format');
    formatElement.setAttribute('type', format);
    const source = document.createElement('source');
    source.setAttribute('file', path);
    below.appendChild(formatElement);
    below.appendChild(source);
    insertAfterSource(link, below);
    link = below;
  }
  insertAfterSource(link, document.createElement('backingStore'));
}

function insertAfterSource(link: Element, below: Element): void {
  link.insertBefore(below, at(link, 'source')?.nextSibling ?? null);
}
