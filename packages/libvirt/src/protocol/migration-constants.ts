/** How a migration is done (virDomainMigrateFlags). */
export const MigrateFlag = {
  live: 1,
  peer2peer: 2,
  tunnelled: 4,
  persistDest: 8,
  undefineSource: 16,
  paused: 32,
  nonSharedDisk: 64,
  nonSharedInc: 128,
  changeProtection: 256,
  unsafe: 512,
  offline: 1024,
  compressed: 2048,
  abortOnError: 4096,
  autoConverge: 8192,
  rdmaPinAll: 16384,
  postcopy: 32768,
  tls: 65536,
  parallel: 131_072,
  nonSharedSynchronousWrites: 262_144,
  postcopyResume: 524_288,
  zerocopy: 1_048_576,
} as const;

/** Names of migration parameters (VIR_MIGRATE_PARAM_*); a string where nothing is said. */
export const MigrateParam = {
  uri: 'migrate_uri',
  destName: 'destination_name',
  destXml: 'destination_xml',
  persistXml: 'persistent_xml',
  /** MiB a second, ullong. */
  bandwidth: 'bandwidth',
  /** MiB a second, ullong. */
  bandwidthPostcopy: 'bandwidth.postcopy',
  /** MiB a second, ullong. From libvirt 11.1 on. */
  bandwidthAvailSwitchover: 'bandwidth.avail.switchover',
  graphicsUri: 'graphics_uri',
  listenAddress: 'listen_address',
  /** One disk's target name; given once a disk. */
  migrateDisks: 'migrate_disks',
  migrateDisksDetectZeroes: 'migrate_disks_detect_zeroes',
  /** One disk's target name, whose target holds nothing but zeros; given once a disk. From libvirt 12.2 on. */
  migrateDisksTargetZero: 'migrate_disks_target_zero',
  /** int. */
  disksPort: 'disks_port',
  disksUri: 'disks_uri',
  /** A method; given once a method. */
  compression: 'compression',
  compressionMtLevel: 'compression.mt.level',
  compressionMtThreads: 'compression.mt.threads',
  compressionMtDthreads: 'compression.mt.dthreads',
  /** Bytes, ullong. */
  compressionXbzrleCache: 'compression.xbzrle.cache',
  compressionZlibLevel: 'compression.zlib.level',
  compressionZstdLevel: 'compression.zstd.level',
  /** Percent, int. */
  autoConvergeInitial: 'auto_converge.initial',
  /** Percent, int. */
  autoConvergeIncrement: 'auto_converge.increment',
  /** int. */
  parallelConnections: 'parallel.connections',
  tlsDestination: 'tls.destination',
} as const;

/** What a job is (virDomainJobType). */
export const JobType = {
  none: 0,
  bounded: 1,
  unbounded: 2,
  completed: 3,
  failed: 4,
  cancelled: 5,
} as const;

/** What a job does, by its number (virDomainJobOperation). */
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

/** Names of fields of a job's statistics (VIR_DOMAIN_JOB_*). Sizes are bytes where nothing is said. */
export const JobStat = {
  operation: 'operation',
  /** Milliseconds. */
  timeElapsed: 'time_elapsed',
  timeElapsedNet: 'time_elapsed_net',
  /** Milliseconds. */
  timeRemaining: 'time_remaining',
  /** Milliseconds. */
  downtime: 'downtime',
  downtimeNet: 'downtime_net',
  /** Milliseconds. */
  setupTime: 'setup_time',
  dataTotal: 'data_total',
  dataProcessed: 'data_processed',
  dataRemaining: 'data_remaining',
  memoryTotal: 'memory_total',
  memoryProcessed: 'memory_processed',
  memoryRemaining: 'memory_remaining',
  memoryConstant: 'memory_constant',
  memoryNormal: 'memory_normal',
  memoryNormalBytes: 'memory_normal_bytes',
  /** Bytes a second. */
  memoryBps: 'memory_bps',
  /** Pages a second. */
  memoryDirtyRate: 'memory_dirty_rate',
  memoryPageSize: 'memory_page_size',
  memoryIteration: 'memory_iteration',
  memoryPostcopyReqs: 'memory_postcopy_requests',
  diskTotal: 'disk_total',
  diskProcessed: 'disk_processed',
  diskRemaining: 'disk_remaining',
  /** Bytes a second. */
  diskBps: 'disk_bps',
  compressionCache: 'compression_cache',
  compressionBytes: 'compression_bytes',
  compressionPages: 'compression_pages',
  compressionCacheMisses: 'compression_cache_misses',
  compressionOverflow: 'compression_overflow',
  /** Percent. */
  autoConvergeThrottle: 'auto_converge_throttle',
  success: 'success',
  errmsg: 'errmsg',
  diskTempUsed: 'disk_temp_used',
  diskTempTotal: 'disk_temp_total',
  vfioDataTransferred: 'vfio_data_transferred',
} as const;

/** Which statistics: of a job that ended, and whether libvirt keeps them after they were read. */
export const JobStatsFlag = { completed: 1, keepCompleted: 2 } as const;

/** How a disk's job is ended: without waiting, or over to its target (virDomainBlockJobAbortFlags). */
export const BlockJobAbortFlag = { async: 1, pivot: 2 } as const;

/** virDomainBlockJobType. */
export const BlockJobType = {
  unknown: 0,
  pull: 1,
  copy: 2,
  commit: 3,
  activeCommit: 4,
  backup: 5,
} as const;

/** How a disk's job stands in its event (virConnectDomainEventBlockJobStatus). */
export const BlockJobStatus = {
  completed: 0,
  failed: 1,
  canceled: 2,
  ready: 3,
} as const;
