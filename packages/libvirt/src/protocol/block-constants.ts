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
