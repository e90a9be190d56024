import type { OverlayOrder } from '../contract/host-overlays.ts';
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
