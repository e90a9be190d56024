import type { Element } from '@xmldom/xmldom';
import type { OverlayOrder } from '../contract/host-disks.ts';
import { at, attribute, children, rootOf } from './parse-xml.ts';
import { escapeXml } from './write-xml.ts';

/**
 * The description of a snapshot that puts overlays onto some of a domain's disks
 * (https://libvirt.org/formatsnapshot.html). Disks that it does not name would get one too: each is named.
 */
export function overlayXml(orders: readonly OverlayOrder[], disks: readonly string[]): string {
  const lines = disks.map((disk) => {
    const order = orders.find((one) => one.disk === disk);
    return order === undefined
      ? `<disk name='${escapeXml(disk)}' snapshot='no'/>`
      : `<disk name='${escapeXml(disk)}' snapshot='external' type='file'><driver type='qcow2'/><source file='${escapeXml(order.path)}'/></disk>`;
  });
  return `<domainsnapshot><disks>${lines.join('')}</disks></domainsnapshot>`;
}

/** A disk of a domain and what libvirt knows that it stands on. */
export interface DiskChain {
  /** The guest's name of it. */
  readonly disk: string;
  /** Kind of its source: `file`, `block`, `volume`, … */
  readonly kind: string;
  /** Files, the one that is written to first; empty for a disk that is none. */
  readonly files: readonly string[];
  readonly encrypted: boolean;
  readonly transient: boolean;
  /** The job that mirrors what is written to it, and whether that has caught up; null where there is none. */
  readonly mirror: { readonly job: string; readonly ready: boolean } | null;
}

/** Reads the disks of a domain's XML with their chains (https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms). */
export function readDiskChains(xml: string): DiskChain[] {
  const devices = at(rootOf(xml, 'domain'), 'devices');
  return devices === null ? [] : children(devices, 'disk').map(readChain);
}

function readChain(disk: Element): DiskChain {
  const mirror = at(disk, 'mirror');
  return {
    disk: attribute(at(disk, 'target'), 'dev') ?? '',
    kind: attribute(disk, 'type') ?? 'other',
    files: files(disk),
    encrypted: at(disk, 'source', 'encryption') !== null || at(disk, 'encryption') !== null,
    transient: at(disk, 'transient') !== null,
    mirror:
      mirror === null
        ? null
        : { job: attribute(mirror, 'job') ?? 'copy', ready: attribute(mirror, 'ready') === 'yes' },
  };
}

function files(top: Element): string[] {
  const found: string[] = [];
  for (let link: Element | null = top; link !== null; link = at(link, 'backingStore')) {
    const file = attribute(at(link, 'source'), 'file');
    if (file !== null) found.push(file);
  }
  return found;
}
