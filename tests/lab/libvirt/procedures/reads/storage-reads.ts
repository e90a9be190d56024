import { type Case, read } from '../case.ts';

/** Storage, secrets and devices of the host. */
export const storageReads: readonly Case[] = [
  read(
    'storagePoolLookupByName',
    () => ({ name: 'probepool' }),
    "conn.storagePoolLookupByName('probepool')",
    {
      virsh: ['pool-uuid probepool', ({ pool }) => pool.uuid],
    },
  ),
  read(
    'storagePoolLookupByUuid',
    ({ pool: { uuid } }) => ({ uuid }),
    'conn.storagePoolLookupByUUIDString(pool.UUIDString())',
    {},
  ),
  read('storagePoolLookupByVolume', ({ vol }) => ({ vol }), 'vol.storagePoolLookupByVolume()', {
    virsh: ['vol-pool /var/lib/libvirt/probepool/one.img', ({ pool }) => pool.name],
  }),
  read(
    'storagePoolLookupByTargetPath',
    () => ({ path: '/var/lib/libvirt/probepool' }),
    "conn.storagePoolLookupByTargetPath('/var/lib/libvirt/probepool')",
  ),
  read('storagePoolGetInfo', ({ pool }) => ({ pool }), 'pool.info()', {
    as: ({ state, capacity, allocation, available }) => [state, capacity, allocation, available],
    virsh: ['pool-info probepool --bytes', ({ capacity }) => [`Capacity: ${capacity}`]],
  }),
  read('storagePoolGetXmlDesc', ({ pool }) => ({ pool, flags: 0 }), 'pool.XMLDesc(0)', {
    virsh: ['pool-dumpxml probepool', ({ xml }) => xml],
  }),
  read('storagePoolGetAutostart', ({ pool }) => ({ pool }), 'pool.autostart()'),
  read('storagePoolIsActive', ({ pool }) => ({ pool }), 'pool.isActive()'),
  read('storagePoolIsPersistent', ({ pool }) => ({ pool }), 'pool.isPersistent()'),
  read('connectListAllStoragePools', () => ({ needResults: 1, flags: 0 }), 'conn.listAllStoragePools(0)', {
    unordered: true,
    virsh: ['pool-list --all --name', ({ pools }) => pools.map(({ name }) => name)],
  }),
  read(
    'storagePoolListAllVolumes',
    ({ pool }) => ({ pool, needResults: 1, flags: 0 }),
    'pool.listAllVolumes(0)',
    {
      unordered: true,
      virsh: ['vol-list probepool', ({ vols }) => vols.map(({ name, key }) => `${name} ${key}`)],
    },
  ),
  read('connectGetStoragePoolCapabilities', () => ({ flags: 0 }), 'conn.getStoragePoolCapabilities(0)', {
    virsh: ['pool-capabilities', ({ capabilities }) => capabilities],
  }),
  read(
    'connectFindStoragePoolSources',
    () => ({ type: 'logical', srcSpec: null, flags: 0 }),
    "conn.findStoragePoolSources('logical', None, 0)",
  ),
  read(
    'storageVolLookupByName',
    ({ pool }) => ({ pool, name: 'one.img' }),
    "pool.storageVolLookupByName('one.img')",
  ),
  read('storageVolLookupByKey', ({ vol: { key } }) => ({ key }), 'conn.storageVolLookupByKey(vol.key())', {
    virsh: ['vol-key one.img --pool probepool', ({ vol }) => vol.key],
  }),
  read(
    'storageVolLookupByPath',
    () => ({ path: '/var/lib/libvirt/probepool/one.img' }),
    'conn.storageVolLookupByPath(vol.path())',
  ),
  read('storageVolGetInfo', ({ vol }) => ({ vol }), 'vol.info()', {
    as: ({ type, capacity, allocation }) => [type, capacity, allocation],
    virsh: [
      'vol-info one.img --pool probepool --bytes',
      ({ capacity, allocation }) => [`Capacity: ${capacity} bytes`, `Allocation: ${allocation} bytes`],
    ],
  }),
  read('storageVolGetInfoFlags', ({ vol }) => ({ vol, flags: 1 }), 'vol.infoFlags(1)', {
    as: ({ type, capacity, allocation }) => [type, capacity, allocation],
  }),
  read('storageVolGetXmlDesc', ({ vol }) => ({ vol, flags: 0 }), 'vol.XMLDesc(0)', {
    virsh: ['vol-dumpxml one.img --pool probepool', ({ xml }) => xml],
  }),
  read('storageVolGetPath', ({ vol }) => ({ vol }), 'vol.path()', {
    virsh: ['vol-path one.img --pool probepool', ({ name }) => name],
  }),
  read(
    'secretLookupByUuid',
    ({ secret: { uuid } }) => ({ uuid }),
    'conn.secretLookupByUUIDString(secret.UUIDString())',
  ),
  read(
    'secretLookupByUsage',
    () => ({ usageType: 1, usageId: '/var/lib/libvirt/probepool/one.img' }),
    "conn.secretLookupByUsage(1, '/var/lib/libvirt/probepool/one.img')",
  ),
  read('secretGetXmlDesc', ({ secret }) => ({ secret, flags: 0 }), 'secret.XMLDesc(0)'),
  read('secretGetValue', ({ secret }) => ({ secret, flags: 0 }), 'secret.value(0)'),
  read('connectListAllSecrets', () => ({ needResults: 1, flags: 0 }), 'conn.listAllSecrets(0)', {
    unordered: true,
    virsh: ['secret-list', ({ secrets }) => secrets.map(({ uuid, usageId }) => `${uuid} volume ${usageId}`)],
  }),
  read('nodeDeviceLookupByName', () => ({ name: 'computer' }), "conn.nodeDeviceLookupByName('computer')"),
  read('nodeDeviceGetXmlDesc', () => ({ name: 'computer', flags: 0 }), 'dev.XMLDesc(0)', {
    virsh: ['nodedev-dumpxml computer', ({ xml }) => xml],
  }),
  read('nodeDeviceGetParent', () => ({ name: 'computer' }), 'dev.parent()', {
    as: ({ parentName }) => parentName,
  }),
  read('nodeDeviceListCaps', () => ({ name: 'computer', maxnames: 65_536 }), 'dev.listCaps()'),
  read('connectListAllNodeDevices', () => ({ needResults: 1, flags: 0 }), 'conn.listAllDevices(0)', {
    unordered: true,
  }),
  read(
    'nodeDeviceLookupScsiHostByWwn',
    () => ({ wwnn: '2000000012341234', wwpn: '1000000012341234', flags: 0 }),
    "conn.nodeDeviceLookupSCSIHostByWWN('2000000012341234', '1000000012341234', 0)",
  ),
  read('nodeDeviceGetAutostart', () => ({ name: 'computer' }), 'dev.autostart()'),
  read('nodeDeviceIsPersistent', () => ({ name: 'computer' }), 'dev.isPersistent()'),
  read('nodeDeviceIsActive', () => ({ name: 'computer' }), 'dev.isActive()'),
];
