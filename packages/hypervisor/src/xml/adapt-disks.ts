import type { Element } from '@xmldom/xmldom';
import type { AdaptedDisk, StorageAdaptation } from '../contract/domain-adaptation.ts';
import { at, attribute, children } from './parse-xml.ts';

/** What a description is for: the guest as it is sent, or its definition. */
export type DescriptionUse = 'transfer' | 'definition';

/** Gives the disks of a domain, and its firmware's variables, the names and the kinds that they have on the target. */
export function adaptDisks(domain: Element, storage: StorageAdaptation, use: DescriptionUse): void {
  const devices = at(domain, 'devices');
  for (const disk of devices === null ? [] : children(devices, 'disk')) {
    const adapted = storage.disks[attribute(at(disk, 'target'), 'dev') ?? ''];
    renamePool(disk, storage);
    for (let link: Element | null = disk; link !== null; link = at(link, 'backingStore'))
      renamePath(link, storage.paths);
    if (adapted !== undefined) adaptDisk(disk, adapted, use);
  }
  const nvram = at(domain, 'os', 'nvram');
  if (nvram !== null) renameNvram(nvram, storage.paths);
}

function renamePool(disk: Element, { pools }: StorageAdaptation): void {
  const source = at(disk, 'source');
  const renamed = pools[attribute(source, 'pool') ?? ''];
  if (renamed !== undefined) source?.setAttribute('pool', renamed);
}

function renamePath(link: Element, paths: StorageAdaptation['paths']): void {
  const source = at(link, 'source');
  for (const key of ['file', 'dev']) {
    const renamed = paths[attribute(source, key) ?? ''];
    if (renamed !== undefined) source?.setAttribute(key, renamed);
  }
}

function renameNvram(nvram: Element, paths: StorageAdaptation['paths']): void {
  renamePath(nvram, paths);
  const text = nvram.textContent?.trim() ?? '';
  const renamed = paths[text];
  if (renamed !== undefined) nvram.textContent = renamed;
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
