import { parametersFrom } from '@ferry/libvirt';
import { type Case, read, write } from '../case.ts';
import type { World } from '../world.ts';

const uuid = '5f9eb1a3-3b4d-4c1a-9d39-6f0f2f0f6f01';
const secret = { uuid, usageType: 0, usageId: '' };
const secretXml = `<secret ephemeral='no' private='no'><uuid>${uuid}</uuid><description>made</description></secret>`;
const made = `conn.secretLookupByUUIDString('${uuid}')`;
const hba =
  "<device><parent>scsi_host1</parent><capability type='scsi_host'><capability type='fc_host'><wwnn>2000000012341234</wwnn><wwpn>1000000012341234</wwpn></capability></capability></device>";
const mdevName = 'mdev_5f9eb1a3_3b4d_4c1a_9d39_6f0f2f0f6f02_0000_00_00_0';
const mdev = `conn.nodeDeviceLookupByName('${mdevName}' if conn.getType() == 'QEMU' and conn.getLibVersion() > 11000000 else 'computer')`;
/** Where none can be defined, a device that is there. */
const mdevOf = ({ name }: World): string => (name === 'qemu 11.3' ? mdevName : 'computer');
const mediated =
  "<device><parent>pci_0000_00_00_0</parent><capability type='mdev'><type id='x'/><uuid>5f9eb1a3-3b4d-4c1a-9d39-6f0f2f0f6f02</uuid></capability></device>";
const updated = mediated.replace('<uuid>', "<attr name='model' value='7'/><uuid>");
const hosts = "sorted(d.name() for d in conn.listAllDevices(0) if 'scsi_host' in d.name())";
const nothing = ['1', 1] as const;

/** Secrets and devices of the host, and the host itself as far as that can be undone. */
export const hostWrites: readonly Case[] = [
  write('secretDefineXml', () => ({ xml: secretXml, flags: 0 }), `conn.secretDefineXML("${secretXml}", 0)`, [
    `'<description>made<' in ${made}.XMLDesc(0)`,
    true,
  ]),
  write(
    'secretSetValue',
    () => ({ secret, value: new Uint8Array([0, 1, 255]), flags: 0 }),
    `${made}.setValue(b'x', 0)`,
    [`${made}.value(0)`, new Uint8Array([0, 1, 255])],
  ),
  write('secretUndefine', () => ({ secret }), `${made}.undefine()`, [
    `[s.UUIDString() for s in conn.listAllSecrets(0)].count('${uuid}')`,
    0,
  ]),
  write('nodeDeviceCreateXml', () => ({ xmlDesc: hba, flags: 0 }), `conn.nodeDeviceCreateXML("${hba}", 0)`, [
    hosts,
    ['scsi_host1', 'scsi_host11', 'scsi_host12', 'scsi_host2'],
  ]),
  write(
    'nodeDeviceDestroy',
    () => ({ name: 'scsi_host12' }),
    "conn.nodeDeviceLookupByName('scsi_host12').destroy()",
    [hosts, ['scsi_host1', 'scsi_host11', 'scsi_host2']],
  ),
  write('nodeDeviceDettach', () => ({ name: 'computer' }), 'dev.dettach()', nothing),
  write(
    'nodeDeviceDetachFlags',
    () => ({ name: 'computer', driverName: 'vfio', flags: 0 }),
    "dev.detachFlags('vfio', 0)",
    nothing,
  ),
  write('nodeDeviceReAttach', () => ({ name: 'computer' }), 'dev.reAttach()', nothing),
  write('nodeDeviceReset', () => ({ name: 'computer' }), 'dev.reset()', nothing),
  // libvirt 11.3's host has mdevctl, which keeps definitions for hardware that is not there.
  write(
    'nodeDeviceDefineXml',
    () => ({ xmlDesc: mediated, flags: 0 }),
    `conn.nodeDeviceDefineXML("${mediated}", 0)`,
    [`[${mdev}.isPersistent(), ${mdev}.isActive()]`, [1, 0]],
  ),
  write(
    'nodeDeviceSetAutostart',
    (world) => ({ name: mdevOf(world), autostart: true }),
    `${mdev}.setAutostart(1)`,
    [`${mdev}.autostart()`, 1],
  ),
  write(
    'nodeDeviceUpdate',
    (world) => ({ name: mdevOf(world), xmlDesc: updated, flags: 2 }),
    `${mdev}.update("${updated}", 2)`,
    [`"name='model'" in ${mdev}.XMLDesc(1)`, true],
  ),
  write('nodeDeviceCreate', (world) => ({ name: mdevOf(world), flags: 0 }), `${mdev}.create(0)`, [
    `${mdev}.isActive()`,
    1,
  ]),
  write('nodeDeviceUndefine', (world) => ({ name: mdevOf(world), flags: 0 }), `${mdev}.undefine(0)`, [
    '[d.name() for d in conn.listAllDevices(1 << 30)]',
    [],
  ]),
  // Too short to be done: no host is put to sleep by this.
  write(
    'nodeSuspendForDuration',
    () => ({ target: 0, duration: 1n, flags: 0 }),
    'conn.suspendForDuration(0, 1, 0)',
    nothing,
  ),
  // All hosts of the machine share its kernel: what is set is what it has.
  write(
    'nodeSetMemoryParameters',
    async ({ connection, driver }) => {
      if (driver === 'test')
        return { params: parametersFrom({ shm_sleep_millisecs: { type: 'uint', value: 20 } }), flags: 0 };
      const { params } = await connection.call('nodeGetMemoryParameters', { nparams: 64, flags: 0 });
      return { params: params.filter(({ field }) => field === 'shm_sleep_millisecs'), flags: 0 };
    },
    "conn.setMemoryParameters({'shm_sleep_millisecs': 20}, 0)",
    ["'shm_sleep_millisecs' in conn.getMemoryParameters(0)", true],
  ),
  read(
    'nodeAllocPages',
    () => ({ pageSizes: [2048], pageCounts: [0n], startCell: 0, cellCount: 1, flags: 0 }),
    'conn.allocPages({2048: 0}, 0, 1, 0)',
    { as: ({ ret }) => ret },
  ),
  write(
    'connectSetIdentity',
    () => ({ params: parametersFrom({ 'user-name': 'root' }), flags: 0 }),
    "conn.setIdentity({'user-name': 'root'}, 0)",
    nothing,
  ),
  read(
    'connectDomainXmlToNative',
    async ({ connection, rest: dom }) => {
      const { xml } = await connection.call('domainGetXmlDesc', { dom, flags: 2 });
      return { nativeFormat: 'qemu-argv', domainXml: xml, flags: 0 };
    },
    "conn.domainXMLToNative('qemu-argv', rest.XMLDesc(2), 0)",
  ),
  read(
    'connectDomainXmlFromNative',
    () => ({ nativeFormat: 'qemu-argv', nativeConfig: 'qemu -m 1', flags: 0 }),
    "conn.domainXMLFromNative('qemu-argv', 'qemu -m 1', 0)",
  ),
];
