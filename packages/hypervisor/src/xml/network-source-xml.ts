import type { Element } from '@xmldom/xmldom';
import type { NetworkSource } from '@ferry/model';
import { at, attribute, children, writeXml } from './parse-xml.ts';

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
