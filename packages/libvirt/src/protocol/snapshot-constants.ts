/** Snapshots and checkpoints, under the names of libvirt's public headers in camel case. */

/** virDomainSnapshotCreateFlags. */
export const SnapshotCreateFlag = {
  redefine: 1,
  current: 2,
  noMetadata: 4,
  halt: 8,
  diskOnly: 16,
  reuseExt: 32,
  quiesce: 64,
  atomic: 128,
  live: 256,
  validate: 512,
} as const;

/** virDomainSnapshotXMLFlags. */
export const SnapshotXmlFlag = { secure: 1 } as const;

/** Which snapshots are listed; none of a pair means both (virDomainSnapshotListFlags). */
export const SnapshotListFlag = {
  roots: 1,
  descendants: 1,
  leaves: 4,
  noLeaves: 8,
  metadata: 2,
  noMetadata: 16,
  inactive: 32,
  active: 64,
  diskOnly: 128,
  internal: 256,
  external: 512,
  topological: 1024,
} as const;

/** How a domain is after it (virDomainSnapshotRevertFlags). */
export const SnapshotRevertFlag = { running: 1, paused: 2, force: 4, resetNvram: 8 } as const;

/** What goes with a snapshot (virDomainSnapshotDeleteFlags). */
export const SnapshotDeleteFlag = { children: 1, metadataOnly: 2, childrenOnly: 4 } as const;

/** virDomainCheckpointCreateFlags. */
export const CheckpointCreateFlag = { redefine: 1, quiesce: 2, redefineValidate: 4 } as const;

/** virDomainCheckpointXMLFlags. */
export const CheckpointXmlFlag = { secure: 1, noDomain: 2, size: 4 } as const;

/** virDomainCheckpointListFlags. */
export const CheckpointListFlag = {
  roots: 1,
  descendants: 1,
  topological: 2,
  leaves: 4,
  noLeaves: 8,
} as const;

/** virDomainCheckpointDeleteFlags. */
export const CheckpointDeleteFlag = { children: 1, metadataOnly: 2, childrenOnly: 4 } as const;
