import {
  both,
  checked,
  compared,
  type ElementRow,
  type ElementVerdict,
  never,
  travels,
  word,
} from './element-row.ts';

/** What every image has below the element that names it: a disk, what it stands on, the firmware's variables. */
export function imageSource(base: string, image: ElementVerdict): ElementRow[] {
  const source = `${base}/source`;
  const place = 'where the image is';
  return [
    both(source, image, place),
    ...['file', 'dev', 'dir', 'protocol', 'name', 'pool', 'volume', 'query'].map((name) =>
      both(`${source}/@${name}`, image, place),
    ),
    ...['mode', 'startupPolicy', 'index', 'tls', 'tlsHostname'].map((name) =>
      both(`${source}/@${name}`, travels, 'how it is opened'),
    ),
    both(`${source}/host/**`, image, place),
    both(`${source}/initiator/**`, image, 'who asks'),
    both(`${source}/snapshot/**`, image, place),
    both(`${source}/auth/**`, checked('secret-present'), 'the secret that it is opened with'),
    both(`${source}/encryption/**`, checked('secret-present'), 'the secret that it is opened with'),
    both(`${source}/reconnect/**`, travels, 'how it is opened'),
    both(`${source}/cookies/**`, travels, 'how it is opened'),
    both(`${source}/readahead/**`, travels, 'how it is opened'),
    both(`${source}/timeout/**`, travels, 'how it is opened'),
    both(`${source}/ssl/**`, travels, 'how it is opened'),
    both(`${source}/slices/**`, travels, 'a part of the image'),
    both(`${source}/privateData/**`, travels, "libvirt's own notes"),
    both(`${source}/config/@file`, compared('file'), 'QEMU reads it when it opens the image'),
    both(`${source}/config`, travels, 'holds a file'),
    both(`${source}/knownHosts`, travels, 'holds a file'),
    both(`${source}/knownHosts/@path`, compared('file'), 'QEMU reads it when it opens the image'),
    both(`${source}/identity/**`, travels, 'who asks'),
    both(`${source}/identity/@keyfile`, compared('file'), 'QEMU reads it when it opens the image'),
    both(`${source}/identity/@agentsock`, word, 'an agent of the host'),
    both(
      `${source}/@fdgroup`,
      never,
      'files that a client handed over, and that libvirt does not have on another host',
    ),
    both(
      `${source}/reservations/**`,
      word,
      'a lock in the storage that is held by the host, and that its next host has to take anew',
    ),
    both(`${source}/@type`, word, 'a device of the host by its PCI address'),
    both(`${source}/@managed`, word, 'a device of the host by its PCI address'),
    both(`${source}/@namespace`, word, 'a device of the host by its PCI address'),
    both(`${source}/address/**`, word, 'a device of the host by its PCI address'),
    both(`${source}/@path`, word, 'a socket or device that something else serves on the host'),
    both(`${source}/seclabel/**`, travels, 'how libvirt labels the image'),
    both(`${source}/dataStore/**`, checked('storage-present'), 'a second file, which holds the data'),
  ];
}
