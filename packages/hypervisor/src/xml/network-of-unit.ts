import type { NetworkSource } from '@ferry/model';
import type { PoolDescription } from './pool-xml.ts';
import { escapeXml } from './write-xml.ts';

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
