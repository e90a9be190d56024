import { type Element, XMLSerializer } from '@xmldom/xmldom';
import type { NetworkSource } from '@ferry/model';
import { at, attribute, children } from './parse-xml.ts';

/** What of a `<disk>` says how its server is reached and who asks; the rest is the guest's own. */
const telling = ['driver', 'auth', 'source'] as const;

/** Where a disk of the kind `network` is (https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms). */
export function readNetworkSource(disk: Element): NetworkSource {
  const source = at(disk, 'source');
  const servers = source === null ? [] : children(source, 'host').map(serverOf);
  const serializer = new XMLSerializer();
  const parts = telling
    .flatMap((name) => children(disk, name))
    .map((one) => serializer.serializeToString(one));
  return {
    protocol: attribute(source, 'protocol') ?? '',
    name: attribute(source, 'name') ?? '',
    servers,
    description: parts.join(''),
  };
}

function serverOf(host: Element): string {
  const socket = attribute(host, 'socket');
  if (attribute(host, 'transport') === 'unix' || socket !== null) return `unix:${socket ?? ''}`;
  const port = attribute(host, 'port');
  return `${attribute(host, 'name') ?? ''}${port === null ? '' : `:${port}`}`;
}
