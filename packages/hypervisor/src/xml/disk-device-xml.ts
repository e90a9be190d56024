import type { Element } from '@xmldom/xmldom';
import type { NetworkPlace, VolumePlace } from '@ferry/model';
import type { NewDisk } from '../contract/host-disks.ts';
import { at, attribute, children, rootOf, textOf, writeDomain, writeXml } from './parse-xml.ts';
import { escapeXml } from './write-xml.ts';

/** A disk of a domain's description, with the text that describes it. */
export interface DiskDevice {
  readonly target: string;
  readonly serial: string | null;
  readonly xml: string;
}

/** All disks that a domain's description tells. */
export function readDiskDevices(xml: string): DiskDevice[] {
  return disksOf(rootOf(xml, 'domain')).map((disk) => ({
    target: targetOf(disk),
    serial: textOf(at(disk, 'serial')),
    xml: writeXml(disk),
  }));
}

/** The description of a disk to be given to a domain (https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms). */
export function diskDeviceXml({ target, serial, place, format, shareable }: NewDisk): string {
  const type = place.kind === 'pool' ? 'volume' : 'network';
  // Without a cache of the host's, libvirt lets it move live wherever it is.
  return `<disk type='${type}' device='disk'>
  <driver name='qemu' type='${escapeXml(format)}' cache='none' discard='unmap'/>
  ${sourceXml(place)}
  <target dev='${escapeXml(target)}' bus='virtio'/>
  <serial>${escapeXml(serial)}</serial>
  ${shareable ? '<shareable/>' : ''}
</disk>`;
}

/** A domain's description with one more disk, as libvirt keeps it. */
export function withDisk(xml: string, disk: NewDisk): string {
  const end = xml.lastIndexOf('</devices>');
  return `${xml.slice(0, end)}${diskDeviceXml(disk)}${xml.slice(end)}`;
}

/** The same without the disk of that name. */
export function withoutDisk(xml: string, target: string): string {
  const domain = rootOf(xml, 'domain');
  for (const disk of disksOf(domain)) if (targetOf(disk) === target) disk.parentNode?.removeChild(disk);
  return writeDomain(domain, xml);
}

function disksOf(domain: Element): Element[] {
  const devices = at(domain, 'devices');
  return devices === null ? [] : children(devices, 'disk');
}

function targetOf(disk: Element): string {
  return attribute(at(disk, 'target'), 'dev') ?? '';
}

function sourceXml(place: VolumePlace): string {
  if (place.kind === 'pool')
    return `<source pool='${escapeXml(place.pool)}' volume='${escapeXml(place.name)}'/>`;
  return `<source protocol='${place.protocol}' name='${escapeXml(place.name)}'>
    ${place.servers.map(hostXml).join('')}${authXml(place)}
  </source>`;
}

function hostXml(server: string): string {
  const end = server.lastIndexOf(':');
  return `<host name='${escapeXml(server.slice(0, end))}' port='${escapeXml(server.slice(end + 1))}'/>`;
}

function authXml({ auth }: NetworkPlace): string {
  if (auth === null) return '';
  const { usageType, uuid, usage } = auth.secret;
  const which = uuid === null ? `usage='${escapeXml(usage ?? '')}'` : `uuid='${escapeXml(uuid)}'`;
  return `<auth username='${escapeXml(auth.user)}'><secret type='${escapeXml(usageType)}' ${which}/></auth>`;
}
