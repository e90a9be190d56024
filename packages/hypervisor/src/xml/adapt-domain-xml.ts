import { ownValue } from '@ferry/model';
import type { Element } from '@xmldom/xmldom';
import type { AdaptedDisk, DomainAdaptation, StorageAdaptation } from '../contract/domain-adaptation.ts';
import { setFilter } from './interface-filter.ts';
import { at, attribute, children, rootOf, writeDomain, XmlError } from './parse-xml.ts';

/**
 * Gives a definition so much memory and so many processors. What spreads the processors over sockets or hardware, by
 * their number, goes: libvirt lays them out anew. (https://libvirt.org/formatdomain.html: memory, vcpu, cputune.)
 */
function resizeDomain(domain: Element, size: NonNullable<DomainAdaptation['size']>): void {
  for (const name of ['memory', 'currentMemory']) {
    const element = at(domain, name);
    if (element === null) continue;
    element.setAttribute('unit', 'bytes');
    element.textContent = String(size.memoryBytes);
  }
  const vcpu = at(domain, 'vcpu');
  const before = Number(vcpu?.textContent ?? '1');
  // Which of them it has now: all.
  const isWhole = Number(attribute(vcpu, 'current') ?? before) === before;
  vcpu?.removeAttribute('current');
  if (before !== size.vcpus || !isWhole) remove(at(domain, 'vcpus'));
  if (before === size.vcpus) return;
  if (vcpu !== null) vcpu.textContent = String(size.vcpus);
  remove(at(domain, 'cpu', 'topology'));
  const tuning = at(domain, 'cputune');
  if (tuning === null) return;
  // Each of these names processors by their number.
  for (const name of ['vcpupin', 'vcpusched', 'cachetune', 'memorytune'])
    for (const one of children(tuning, name)) remove(one);
}

function remove(element: Element | null): void {
  element?.parentNode?.removeChild(element);
}

/** What a description is for: the guest as it is sent, or its definition. */
type DescriptionUse = 'transfer' | 'definition';

/** Gives the disks of a domain, and its firmware's variables, the names and the kinds that they have on the target. */
function adaptDisks(domain: Element, storage: StorageAdaptation, use: DescriptionUse): void {
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

/** The description of a domain as the target is to have it: as it is sent there, or to define it. */
export function adaptDomainXml(
  xml: string,
  adaptation: DomainAdaptation,
  use: DescriptionUse = 'definition',
): string {
  const domain = rootOf(xml, 'domain');
  const devices = at(domain, 'devices');
  for (const one of devices === null ? [] : children(devices, 'interface')) {
    renameSource(one, adaptation.networks);
    // It is of the life that moves: the next one has another, as at the source.
    if (use === 'transfer') keepPort(one, adaptation.ports);
    if (adaptation.filter !== null) setFilter(one, adaptation.filter);
  }
  if (adaptation.screens != null && devices !== null) moveScreens(devices, adaptation.screens);
  if (adaptation.storage !== null) adaptDisks(domain, adaptation.storage, use);
  if (adaptation.size !== undefined) resizeDomain(domain, adaptation.size);
  return writeDomain(domain, xml);
}

function moveScreens(devices: Element, { from, to }: NonNullable<DomainAdaptation['screens']>): void {
  for (const screen of children(devices, 'graphics')) {
    if (attribute(screen, 'listen') === from) screen.setAttribute('listen', to);
    for (const listen of children(screen, 'listen'))
      if (attribute(listen, 'address') === from) listen.setAttribute('address', to);
  }
}

function renameSource(one: Element, names: Readonly<Record<string, string>>): void {
  const source = at(one, 'source');
  const inNetwork = attribute(source, 'network') !== null;
  for (const key of inNetwork ? ['network'] : ['bridge', 'dev']) {
    const renamed = ownValue(names, attribute(source, key) ?? '');
    if (renamed !== undefined) source?.setAttribute(key, renamed);
  }
  if (!inNetwork) return;
  // One that runs is told with its port and its bridge, which are the source's own: the target finds its own.
  one.setAttribute('type', 'network');
  for (const key of ['portid', 'bridge', 'dev', 'mode']) source?.removeAttribute(key);
}

/** Gives an interface the id of its port, unless its description names one. */
function keepPort(one: Element, ports: DomainAdaptation['ports']): void {
  const id = ownValue(ports, attribute(at(one, 'mac'), 'address') ?? '');
  if (id === undefined) return;
  const port = ensureChild(one, 'virtualport');
  const parameters = ensureChild(port, 'parameters');
  if (parameters.hasAttribute('interfaceid')) return;
  port.setAttribute('type', 'openvswitch');
  parameters.setAttribute('interfaceid', id);
}

function ensureChild(parent: Element, name: string): Element {
  const there = at(parent, name);
  if (there !== null) return there;
  const document = parent.ownerDocument;
  if (document === null) throw new XmlError(`<${parent.localName}> is of no document`);
  const made = document.createElement(name);
  parent.appendChild(made);
  return made;
}
