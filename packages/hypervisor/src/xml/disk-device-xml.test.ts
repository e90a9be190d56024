import { expect, test } from 'vitest';
import { diskDeviceXml, readDiskDevices, withDisk, withoutDisk } from './disk-device-xml.ts';
import { readDomainXml } from './domain-xml.ts';

const domain = `<domain type='qemu'><name>web</name><uuid>22222222-2222-4222-8222-000000000001</uuid>
  <memory unit='MiB'>64</memory><os><type arch='x86_64' machine='q35'>hvm</type></os><devices>
  <disk type='file' device='disk'><source file='/images/web'/><target dev='vda'/></disk>
  </devices></domain>`;
const pool = { kind: 'pool', pool: 'data', name: "it's <one>" } as const;
const disk = { target: 'vdb', serial: 'the-volume', place: pool, format: 'qcow2', shareable: false };

test('a volume of a pool is a disk that is found again by its serial number', () => {
  const xml = withDisk(domain, disk);
  expect(readDiskDevices(xml)).toMatchObject([
    { target: 'vda', serial: null },
    { target: 'vdb', serial: 'the-volume' },
  ]);
  expect(readDomainXml(xml).disks[1]).toMatchObject({
    kind: 'volume',
    volume: { pool: 'data', name: "it's <one>" },
    format: 'qcow2',
    shareable: false,
  });
  expect(readDiskDevices(withoutDisk(xml, 'vdb')).map(({ target }) => target)).toEqual(['vda']);
});

test('a disk on the network names its servers, whom it tells them, and the secret of that', () => {
  const auth = { user: 'web', secret: { usageType: 'iscsi', uuid: null, usage: 'san' } };
  const place = {
    kind: 'network',
    protocol: 'iscsi',
    name: 'iqn.2026-01.example:disks/1',
    servers: ['fd00::9:3260'],
    auth,
  } as const;
  const xml = withDisk(domain, { ...disk, place, format: 'raw', shareable: true });
  expect(readDomainXml(xml).disks[1]).toMatchObject({
    kind: 'network',
    network: { protocol: 'iscsi', name: place.name, servers: place.servers },
    secrets: [auth.secret],
    shareable: true,
  });
  const byId = { ...auth, secret: { usageType: 'ceph', uuid: 'an-id', usage: null } };
  const rbd = { ...place, protocol: 'rbd', servers: [], auth: byId } as const;
  expect(diskDeviceXml({ ...disk, place: rbd })).toContain("<secret type='ceph' uuid='an-id'/>");
});
