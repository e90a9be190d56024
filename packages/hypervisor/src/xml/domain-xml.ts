import type { DiskFacts, DomainExtras, DomainFacts, InterfaceFacts, NetworkSource } from '@ferry/model';
import type { Element } from '@xmldom/xmldom';
import { filterOf } from './interface-filter.ts';
import {
  at,
  attribute,
  bytesOf,
  children,
  requiredText,
  rootOf,
  textOf,
  writeXml,
  XmlError,
} from './parse-xml.ts';
import { readSecretRefs } from './secret-xml.ts';

/** What of a `<disk>` says how its server is reached and who asks; the rest is the guest's own. */
const telling = ['driver', 'auth', 'source'] as const;

/** Where a disk of the kind `network` is (https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms). */
export function readNetworkSource(disk: Element): NetworkSource {
  const source = at(disk, 'source');
  const servers = source === null ? [] : children(source, 'host').map(serverOf);
  const parts = telling.flatMap((name) => children(disk, name)).map((one) => writeXml(withoutTheGuests(one)));
  return {
    protocol: attribute(source, 'protocol') ?? '',
    name: attribute(source, 'name') ?? '',
    servers,
    description: parts.join(''),
  };
}

/** What else a driver does, a probe guest has no use for, or no means: threads of input and output, helpers for reservations. */
const ofTheImage: ReadonlySet<string> = new Set(['name', 'type', 'cache']);

function withoutTheGuests(part: Element): Element {
  const copy = part.cloneNode(true) as Element;
  if (copy.localName === 'driver') {
    for (const { name } of Array.from(copy.attributes)) if (!ofTheImage.has(name)) copy.removeAttribute(name);
    while (copy.firstChild !== null) copy.removeChild(copy.firstChild);
  }
  for (const one of children(copy, 'reservations')) copy.removeChild(one);
  return copy;
}

function serverOf(host: Element): string {
  const socket = attribute(host, 'socket');
  if (attribute(host, 'transport') === 'unix' || socket !== null) return `unix:${socket ?? ''}`;
  const port = attribute(host, 'port');
  return `${attribute(host, 'name') ?? ''}${port === null ? '' : `:${port}`}`;
}

/** What a domain's XML says; its state, its job and its images' sizes are asked elsewhere. */
type DomainDescription = Omit<
  DomainFacts,
  'power' | 'reason' | 'persistent' | 'autostart' | 'activeJob' | 'managedSave'
>;

/** Reads libvirt's domain XML (https://libvirt.org/formatdomain.html). Throws XmlError for what makes no sense. */
export function readDomainXml(xml: string): DomainDescription {
  const domain = rootOf(xml, 'domain');
  const os = at(domain, 'os');
  const type = os === null ? null : at(os, 'type');
  const memory = at(domain, 'memory');
  if (memory === null) throw new XmlError('<domain> has no <memory>');
  // How many it has; the element itself tells how many it can get.
  const vcpus = Number(attribute(at(domain, 'vcpu'), 'current') ?? textOf(at(domain, 'vcpu')) ?? '1');
  if (!Number.isInteger(vcpus) || vcpus < 1)
    throw new XmlError(`<vcpu> is no number of processors: ${vcpus}`);
  const devices = at(domain, 'devices');
  const cpu = at(domain, 'cpu');
  return {
    id: requiredText(domain, 'uuid').toLowerCase(),
    name: requiredText(domain, 'name'),
    domainType: attribute(domain, 'type') ?? '',
    arch: attribute(type, 'arch') ?? '',
    machineType: attribute(type, 'machine') ?? '',
    emulator: (devices && textOf(at(devices, 'emulator'))) ?? '',
    memoryBytes: bytesOf(memory, 'KiB'),
    currentMemoryBytes: bytesOf(at(domain, 'currentMemory') ?? memory, 'KiB'),
    vcpus,
    cpuXml: cpu === null ? null : writeXml(cpu),
    disks: devices === null ? [] : children(devices, 'disk').map(readDisk),
    interfaces: devices === null ? [] : children(devices, 'interface').map(readInterface),
    hostDevices:
      devices === null ? [] : children(devices, 'hostdev').map((one) => attribute(one, 'type') ?? 'unknown'),
    extras: readExtras(os, devices),
  };
}

function readDisk(disk: Element): DiskFacts {
  const source = at(disk, 'source');
  const kind = attribute(disk, 'type');
  const device = attribute(disk, 'device') ?? 'disk';
  return {
    target: attribute(at(disk, 'target'), 'dev') ?? '',
    device: device === 'cdrom' || device === 'floppy' || device === 'lun' ? device : 'disk',
    kind: kind === 'file' || kind === 'block' || kind === 'network' || kind === 'volume' ? kind : 'other',
    path: attribute(source, 'file') ?? attribute(source, 'dev'),
    volume: readVolume(source),
    network: kind === 'network' ? readNetworkSource(disk) : null,
    // libvirt treats an image without a stated format as raw.
    format: attribute(at(disk, 'driver'), 'type') ?? 'raw',
    readOnly: at(disk, 'readonly') !== null || device === 'cdrom',
    ...(attribute(source, 'startupPolicy') === 'optional' && { optional: true }),
    shareable: at(disk, 'shareable') !== null,
    secrets: readSecretRefs(disk, 'volume'),
    toldBacking: readToldBacking(disk),
    toldFormats: readToldFormats(disk),
    image: null,
    backing: [],
  };
}

/** What the description tells of state outside of disks; records of libvirt's are asked for elsewhere. */
function readExtras(os: Element | null, devices: Element | null): DomainExtras {
  const tpms = devices === null ? [] : children(devices, 'tpm');
  return {
    nvram: readNvram(os === null ? null : at(os, 'nvram')),
    files: devices === null ? [] : readMemoryFiles(devices),
    emulatedTpm: tpms.some((tpm) => attribute(at(tpm, 'backend'), 'type') === 'emulator'),
    snapshots: [],
    snapshotsWithMemoryFile: [],
    checkpoints: [],
  };
}

function readVolume(source: Element | null): DiskFacts['volume'] {
  const [pool, name] = [attribute(source, 'pool'), attribute(source, 'volume')];
  return pool === null || name === null ? null : { pool, name };
}

/** The format of each of those; libvirt believes it, whatever is in the file. */
function readToldFormats(disk: Element): string[] {
  const formats: string[] = [];
  for (let link = at(disk, 'backingStore'); link !== null; link = at(link, 'backingStore'))
    if (at(link, 'source') !== null) formats.push(attribute(at(link, 'format'), 'type') ?? '');
  return formats;
}

/** What a disk is said to stand on, down to the last; null where that is left to the files. */
function readToldBacking(disk: Element): DiskFacts['toldBacking'] {
  const told: string[] = [];
  for (let link = at(disk, 'backingStore'); link !== null; link = at(link, 'backingStore')) {
    const source = at(link, 'source');
    // The last link of a chain that is told whole is empty.
    if (source === null) return told;
    const path = attribute(source, 'file') ?? attribute(source, 'dev');
    if (path === null) return null;
    told.push(path);
  }
  return null;
}

const nothingMore = { readOnly: false, shareable: false, secrets: [], toldBacking: null } as const;

/** The firmware's variables: a path as text, or a source as disks have it, since libvirt 8.5. */
function readNvram(nvram: Element | null): DiskFacts | null {
  if (nvram === null) return null;
  const format = attribute(nvram, 'format') ?? 'raw';
  const source = at(nvram, 'source');
  if (source === null) {
    const path = textOf(nvram) ?? '';
    return path === '' ? null : fileDisk('nvram', path, format);
  }
  const kind = attribute(nvram, 'type') ?? 'file';
  const path = attribute(source, 'file') ?? attribute(source, 'dev');
  return {
    ...fileDisk('nvram', path, format),
    kind: kind === 'file' || kind === 'block' || kind === 'network' || kind === 'volume' ? kind : 'other',
    volume: readVolume(source),
    network: kind === 'network' ? readNetworkSource(nvram) : null,
    secrets: readSecretRefs(nvram, 'volume'),
  };
}

/** Files that a guest keeps memory in over its end: memory devices, and the store of its crashes. */
function readMemoryFiles(devices: Element): DiskFacts[] {
  const memories = children(devices, 'memory').map((one) => textOf(at(one, 'source', 'path')));
  const stores = children(devices, 'pstore').map((one) => textOf(at(one, 'path')));
  return [...namedFiles(memories, 'memory'), ...namedFiles(stores, 'pstore')];
}

function namedFiles(paths: readonly (string | null)[], name: string): DiskFacts[] {
  return paths.flatMap((path, index) =>
    path === null || path === '' ? [] : [fileDisk(`${name}${index}`, path, 'raw')],
  );
}

function fileDisk(target: string, path: string | null, format: string): DiskFacts {
  const fixed = { target, device: 'disk', kind: 'file', volume: null, network: null } as const;
  return { ...fixed, path, format, ...nothingMore, image: null, backing: [] };
}

function readInterface(one: Element): InterfaceFacts {
  const source = at(one, 'source');
  // One that runs in a network over a bridge of the host is told as of that bridge, with the network's name.
  const kind = attribute(source, 'network') === null ? attribute(one, 'type') : 'network';
  return {
    mac: attribute(at(one, 'mac'), 'address') ?? '',
    kind: kind === 'bridge' || kind === 'network' || kind === 'direct' || kind === 'user' ? kind : 'other',
    source: sourceName(kind, source),
    filter: filterOf(one),
    virtualPort: attribute(at(one, 'virtualport'), 'type'),
    portId: attribute(at(one, 'virtualport', 'parameters'), 'interfaceid'),
    mode: kind === 'direct' ? attribute(source, 'mode') : null,
    portGroup: attribute(source, 'portgroup'),
  };
}

function sourceName(kind: string | null, source: Element | null): string | null {
  // A running interface of a network names its bridge too: the network is what must be on the target.
  if (kind === 'network') return attribute(source, 'network');
  return attribute(source, 'bridge') ?? attribute(source, 'dev');
}

/** Whether two descriptions of a domain name the same disks; one that goes by a path now may go by its pool at the next start. */
export function haveSameDisks(now: readonly DiskFacts[], next: readonly DiskFacts[]): boolean {
  return now.length === next.length && next.every((disk) => now.some((one) => isSame(one, disk)));
}

function isSame(now: DiskFacts, next: DiskFacts): boolean {
  if (now.target !== next.target) return false;
  if (next.volume !== null) return JSON.stringify(now.volume) === JSON.stringify(next.volume);
  return now.path === next.path && now.network?.name === next.network?.name;
}
