import type { NetworkSource, PoolFacts, SecretRef } from '@ferry/model';
import type { Element } from '@xmldom/xmldom';
import { at, attribute, children, rootOf, textOf, writeXml, XmlError } from './parse-xml.ts';
import { readSecretRefs } from './secret-xml.ts';
import { escapeXml } from './write-xml.ts';

/** Kinds of pools whose volumes are plain files of a directory. */
const ofFiles: ReadonlySet<string | null> = new Set(['dir', 'fs', 'netfs']);

/** What a pool's description says (https://libvirt.org/formatstorage.html#storage-pool-xml). */
export interface PoolDescription extends Omit<PoolFacts, 'active'> {
  readonly name: string;
  /** A pool of iSCSI whose units QEMU opens by itself: whom it asks, and for what; null for other kinds. */
  readonly iscsi: {
    readonly portal: string;
    readonly iqn: string;
    /** The elements of a disk that say how it is reached, but for the unit. */
    readonly hostXml: string;
    readonly insideSourceXml: string;
  } | null;
  readonly secrets: readonly SecretRef[];
}

/** Reads a pool's XML. */
export function readPoolDescription(xml: string): PoolDescription {
  const pool = rootOf(xml, 'pool');
  const type = attribute(pool, 'type') ?? '';
  const source = at(pool, 'source');
  return {
    name: textOf(at(pool, 'name')) ?? '',
    type,
    directory: ofFiles.has(type) ? textOf(at(pool, 'target', 'path')) : null,
    source: sourceWords(source),
    iscsi: type === 'iscsi-direct' && source !== null ? readIscsi(source) : null,
    secrets: source === null ? [] : readSecretRefs(source, 'iscsi'),
  };
}

/** What a pool is made of, as a text that is the same on every host that has the same. */
function sourceWords(source: Element | null): string {
  if (source === null) return '';
  const words = children(source, 'host').map((host) => `host=${serverOf(host)}`);
  for (const name of ['device', 'dir', 'adapter']) {
    for (const one of children(source, name)) {
      const attributes = ['path', 'name', 'wwnn', 'wwpn', 'parent'].map((key) => attribute(one, key));
      words.push(`${name}=${attributes.filter((value) => value !== null).join('/')}`);
    }
  }
  for (const name of ['name', 'initiator', 'format']) {
    const one = at(source, name);
    const word = name === 'initiator' ? attribute(one === null ? null : at(one, 'iqn'), 'name') : textOf(one);
    const format = name === 'format' ? attribute(one, 'type') : null;
    if ((format ?? word ?? '') !== '') words.push(`${name}=${format ?? word}`);
  }
  return words.join(' ');
}

const iscsiPort = '3260';

/** iSCSI's own port is the same whether it is told or not. */
function serverOf(host: Element): string {
  const port = attribute(host, 'port');
  return `${attribute(host, 'name') ?? ''}${port === null || port === iscsiPort ? '' : `:${port}`}`;
}

function readIscsi(source: Element): PoolDescription['iscsi'] {
  const host = at(source, 'host');
  const iqn = attribute(at(source, 'device'), 'path');
  if (host === null || iqn === null) throw new XmlError('<pool> of iSCSI has no <host> or no <device>');
  const port = attribute(host, 'port') ?? iscsiPort;
  const text = (name: string): string =>
    children(source, name)
      .map((one) => writeXml(one))
      .join('');
  const copy = host.cloneNode(true) as Element;
  copy.setAttribute('port', port);
  return {
    portal: `${attribute(host, 'name') ?? ''}:${port}`,
    iqn,
    hostXml: writeXml(copy),
    insideSourceXml: `${text('initiator')}${text('auth')}`,
  };
}

/** A pool's definition for another host: without what is counted here, and who owns its directory here. */
export function portablePoolXml(xml: string): string {
  const pool = rootOf(xml, 'pool');
  if (textOf(at(pool, 'name')) === null) throw new XmlError('<pool> has no <name>');
  for (const name of ['capacity', 'allocation', 'available', 'uuid'])
    for (const one of children(pool, name)) pool.removeChild(one);
  const target = at(pool, 'target');
  if (target !== null) for (const one of children(target, 'permissions')) target.removeChild(one);
  return writeXml(pool);
}

/**
 * A unit of a pool of iSCSI as the disk on the network that QEMU makes of it; null where the volume has no name of a unit.
 * libvirt names them `unit:HOST:BUS:LUN` (storage_backend_iscsi_direct.c).
 */
export function networkOfUnit(
  { portal, iqn, hostXml, insideSourceXml }: NonNullable<PoolDescription['iscsi']>,
  volume: string,
): NetworkSource | null {
  const [, lun] = /^unit:\d+:\d+:(\d+)$/.exec(volume) ?? [];
  if (lun === undefined) return null;
  const name = `${iqn}/${lun}`;
  const description = `<driver name='qemu' type='raw'/><source protocol='iscsi' name='${escapeXml(name)}'>${hostXml}${insideSourceXml}</source>`;
  return { protocol: 'iscsi', name, servers: [portal], description };
}
