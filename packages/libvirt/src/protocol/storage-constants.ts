/** Pools, volumes, secrets and devices, under the names of libvirt's public headers in camel case. */

/** virStoragePoolState. */
export const StoragePoolState = {
  inactive: 0,
  building: 1,
  running: 2,
  degraded: 3,
  inaccessible: 4,
} as const;

/** virStoragePoolBuildFlags. */
export const StoragePoolBuildFlag = { new: 0, repair: 1, resize: 2, noOverwrite: 4, overwrite: 8 } as const;

/** virStoragePoolDeleteFlags. */
export const StoragePoolDeleteFlag = { normal: 0, zeroed: 1 } as const;

/** Makes the pool's target before it starts (virStoragePoolCreateFlags). */
export const StoragePoolCreateFlag = {
  normal: 0,
  withBuild: 1,
  withBuildOverwrite: 2,
  withBuildNoOverwrite: 4,
} as const;

/** Which pools are listed; none of a pair means both (virConnectListAllStoragePoolsFlags). */
export const ListStoragePoolsFlag = {
  inactive: 1,
  active: 2,
  persistent: 4,
  transient: 8,
  autostart: 16,
  noAutostart: 32,
  dir: 64,
  fs: 128,
  netfs: 256,
  logical: 512,
  disk: 1024,
  iscsi: 2048,
  scsi: 4096,
  mpath: 8192,
  rbd: 16384,
  sheepdog: 32768,
  gluster: 65536,
  zfs: 131072,
  vstorage: 262144,
  iscsiDirect: 524288,
} as const;

/** virStorageXMLFlags. */
export const StorageXmlFlag = { inactive: 1 } as const;

/** virStorageVolType. */
export const StorageVolType = { file: 0, block: 1, dir: 2, network: 3, netdir: 4, ploop: 5 } as const;

/** Whether a look for what a volume takes tells the file's length in place of its allocation (virStorageVolInfoFlags). */
export const StorageVolInfoFlag = { useAllocation: 0, getPhysical: 1 } as const;

/** virStorageVolCreateFlags. */
export const StorageVolCreateFlag = { preallocMetadata: 1, reflink: 2, validate: 4 } as const;

/** virStorageVolDeleteFlags. */
export const StorageVolDeleteFlag = { normal: 0, zeroed: 1, withSnapshots: 2 } as const;

/** virStorageVolResizeFlags. */
export const StorageVolResizeFlag = { allocate: 1, delta: 2, shrink: 4 } as const;

/** What a volume is overwritten with (virStorageVolWipeAlgorithm). */
export const StorageVolWipeAlgorithm = {
  zero: 0,
  nnsa: 1,
  dod: 2,
  bsi: 3,
  gutmann: 4,
  schneier: 5,
  pfitzner7: 6,
  pfitzner33: 7,
  random: 8,
  trim: 9,
} as const;

/** What a secret is for (virSecretUsageType). */
export const SecretUsage = { none: 0, volume: 1, ceph: 2, iscsi: 3, tls: 4, vtpm: 5 } as const;

/** virConnectListAllSecretsFlags. */
export const ListSecretsFlag = { ephemeral: 1, noEphemeral: 2, private: 4, noPrivate: 8 } as const;

/** Which devices are listed (virConnectListAllNodeDeviceFlags). */
export const ListNodeDevicesFlag = {
  capSystem: 1,
  capPciDev: 2,
  capUsbDev: 4,
  capUsbInterface: 8,
  capNet: 16,
  capScsiHost: 32,
  capScsiTarget: 64,
  capScsi: 128,
  capStorage: 256,
  capFcHost: 512,
  capVports: 1024,
  capScsiGeneric: 2048,
  capDrm: 4096,
  capMdevTypes: 8192,
  capMdev: 16384,
  capCcwDev: 32768,
  capCssDev: 65536,
  capVdpa: 131072,
  capApCard: 262144,
  capApQueue: 524288,
  capApMatrix: 1048576,
  capVpd: 2097152,
  capCcwgroupDev: 4194304,
  capCcwgroupMember: 8388608,
  persistent: 268435456,
  transient: 536870912,
  inactive: 1073741824,
  active: -2147483648,
} as const;

/** virNodeDeviceXMLFlags. */
export const NodeDeviceXmlFlag = { inactive: 1 } as const;

/** virNodeDeviceUpdateFlags. */
export const NodeDeviceUpdateFlag = { current: 0, live: 1, config: 2 } as const;

/** Whether huge pages are added to those there are, or set (virNodeAllocPagesFlags). */
export const NodeAllocPagesFlag = { add: 0, set: 1 } as const;

/** Jobs on disks, under the names of libvirt's public headers in camel case. */

/** How a disk is copied (virDomainBlockCopyFlags). */
export const BlockCopyFlag = { shallow: 1, reuseExt: 2, transientJob: 4, synchronousWrites: 8 } as const;

/** How an image goes down into the one below (virDomainBlockCommitFlags). */
export const BlockCommitFlag = { shallow: 1, delete: 2, active: 4, relative: 8, bandwidthBytes: 16 } as const;

/** virDomainBlockPullFlags. */
export const BlockPullFlag = { bandwidthBytes: 64 } as const;

/** virDomainBlockRebaseFlags. */
export const BlockRebaseFlag = {
  shallow: 1,
  reuseExt: 2,
  copyRaw: 4,
  copy: 8,
  relative: 16,
  copyDev: 32,
  bandwidthBytes: 64,
} as const;

/** What a size is: bytes, or with none KiB (virDomainBlockResizeFlags). */
export const BlockResizeFlag = { bytes: 1, capacity: 2 } as const;

/** virDomainBlockJobInfoFlags. */
export const BlockJobInfoFlag = { bandwidthBytes: 1 } as const;

/** virDomainBlockJobSetSpeedFlags. */
export const BlockJobSetSpeedFlag = { bandwidthBytes: 1 } as const;

/** What a disk failed with (virDomainDiskErrorCode). */
export const DiskErrorCode = { none: 0, unspec: 1, noSpace: 2 } as const;

/** virDomainBackupBeginFlags. */
export const BackupBeginFlag = { reuseExternal: 1 } as const;

/** Which addresses a guest is read by (virDomainMemoryFlags). */
export const MemoryPeekFlag = { virtual: 1, physical: 2 } as const;
