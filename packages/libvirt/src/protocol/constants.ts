/** Flags, states and names of libvirt's public headers, under their own names in camel case. */
export const MigrateFlag = {
  live: 1,
  peer2peer: 2,
  persistDest: 8,
  undefineSource: 16,
  paused: 32,
  nonSharedDisk: 64,
  nonSharedInc: 128,
  changeProtection: 256,
  unsafe: 512,
  abortOnError: 4096,
} as const;

/** Names of migration parameters (VIR_MIGRATE_PARAM_*). */
export const MigrateParam = {
  uri: 'migrate_uri',
  destName: 'destination_name',
  destXml: 'destination_xml',
  persistXml: 'persistent_xml',
  /** MiB a second. */
  bandwidth: 'bandwidth',
  /** One disk's target name; given once a disk. */
  migrateDisks: 'migrate_disks',
} as const;

/** Names of states by their numbers (virDomainState). */
export const domainStates = [
  'nostate',
  'running',
  'blocked',
  'paused',
  'shutdown',
  'shutoff',
  'crashed',
  'pmsuspended',
] as const;
export type DomainStateName = (typeof domainStates)[number];

/** Names of the reasons of each state by their numbers, in the words of `virsh domstate --reason`. */
export const stateReasons: Partial<Record<DomainStateName, readonly string[]>> = {
  running: [
    'unknown',
    'booted',
    'migrated',
    'restored',
    'from snapshot',
    'unpaused',
    'migration canceled',
    'save canceled',
    'event wakeup',
    'crashed',
    'post-copy',
    'post-copy failed',
  ],
  paused: [
    'unknown',
    'user',
    'migrating',
    'saving',
    'dumping',
    'I/O error',
    'watchdog',
    'from snapshot',
    'shutting down',
    'creating snapshot',
    'crashed',
    'starting up',
    'post-copy',
    'post-copy failed',
  ],
  shutoff: [
    'unknown',
    'shutdown',
    'destroyed',
    'crashed',
    'migrated',
    'saved',
    'failed',
    'from snapshot',
    'daemon',
  ],
  crashed: ['unknown', 'panicked'],
};

export const DomainXmlFlag = { secure: 1, inactive: 2, migratable: 8 } as const;
export const UndefineFlag = {
  managedSave: 1,
  snapshotsMetadata: 2,
  nvram: 4,
  keepNvram: 8,
  checkpointsMetadata: 16,
} as const;
export const JobStatsFlag = { completed: 1, keepCompleted: 2 } as const;

/** virDomainJobType. */
export const JobType = { none: 0, bounded: 1, unbounded: 2, completed: 3, failed: 4, cancelled: 5 } as const;
/** virDomainJobOperation. */
export const jobOperations = [
  'unknown',
  'start',
  'save',
  'restore',
  'migration in',
  'migration out',
  'snapshot',
  'snapshot revert',
  'dump',
  'backup',
  'snapshot delete',
] as const;

/** virCPUCompareResult. */
export const CpuComparison = { incompatible: 0, identical: 1, superset: 2 } as const;
