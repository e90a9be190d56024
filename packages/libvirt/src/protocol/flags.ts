/** Flags of libvirt's public headers, under their own names in camel case. */
export const DomainXmlFlag = {
  secure: 1,
  inactive: 2,
  updateCpu: 4,
  migratable: 8,
} as const;

/** What is taken away with a definition (virDomainUndefineFlagsValues). */
export const UndefineFlag = {
  managedSave: 1,
  snapshotsMetadata: 2,
  nvram: 4,
  keepNvram: 8,
  checkpointsMetadata: 16,
  tpm: 32,
  keepTpm: 64,
} as const;

/** How a domain is started (virDomainCreateFlags). */
export const CreateFlag = {
  none: 0,
  paused: 1,
  autodestroy: 2,
  bypassCache: 4,
  forceBoot: 8,
  validate: 16,
  resetNvram: 32,
} as const;

/** virDomainDefineFlags. */
export const DefineFlag = { validate: 1 } as const;

/** A graceful end gives up after a while where the plain one kills (virDomainDestroyFlagsValues). */
export const DestroyFlag = { default: 0, graceful: 1, removeLogs: 2 } as const;

/** How a guest is asked to shut down (virDomainShutdownFlagValues). */
export const ShutdownFlag = {
  default: 0,
  acpiPowerBtn: 1,
  guestAgent: 2,
  initctl: 4,
  signal: 8,
  paravirt: 16,
} as const;

/** Which domains are listed (virConnectListAllDomainsFlags); none of a pair means both. */
export const ListDomainsFlag = {
  active: 1,
  inactive: 2,
  persistent: 4,
  transient: 8,
  running: 16,
  paused: 32,
  shutoff: 64,
  other: 128,
  managedsave: 256,
  noManagedsave: 512,
  autostart: 1024,
  noAutostart: 2048,
  hasSnapshot: 4096,
  noSnapshot: 8192,
  hasCheckpoint: 16384,
  noCheckpoint: 32768,
} as const;

/** Groups of statistics for connectGetAllDomainStats (virDomainStatsTypes). */
export const DomainStatsGroup = {
  state: 1,
  cpuTotal: 2,
  balloon: 4,
  vcpu: 8,
  interface: 16,
  block: 32,
  perf: 64,
  iothread: 128,
  memory: 256,
  dirtyrate: 512,
  vm: 1024,
} as const;

/** Which domains connectGetAllDomainStats tells of where it names none (virConnectGetAllDomainStatsFlags). */
export const DomainStatsFlag = {
  active: 1,
  inactive: 2,
  persistent: 4,
  transient: 8,
  running: 16,
  paused: 32,
  shutoff: 64,
  other: 128,
  nowait: 536870912,
  backing: 1073741824,
  enforceStats: -2147483648,
} as const;

/** Tags of domainMemoryStats (virDomainMemoryStatTags); KiB where it is a size. */
export const MemoryStatTag = {
  swapIn: 0,
  swapOut: 1,
  majorFault: 2,
  minorFault: 3,
  unused: 4,
  available: 5,
  actualBalloon: 6,
  rss: 7,
  usable: 8,
  lastUpdate: 9,
  diskCaches: 10,
  hugetlbPgalloc: 11,
  hugetlbPgfail: 12,
} as const;

/** What a lifecycle event tells (virDomainEventType). */
export const LifecycleEvent = {
  defined: 0,
  undefined: 1,
  started: 2,
  suspended: 3,
  resumed: 4,
  stopped: 5,
  shutdown: 6,
  pmsuspended: 7,
  crashed: 8,
} as const;

/** Why a lifecycle event tells that a domain was suspended (virDomainEventSuspendedDetailType). */
export const SuspendedDetail = {
  paused: 0,
  migrated: 1,
  ioerror: 2,
  watchdog: 3,
  restored: 4,
  fromSnapshot: 5,
  apiError: 6,
  postcopy: 7,
  postcopyFailed: 8,
} as const;

/** virCPUCompareResult. */
export const CpuComparison = { error: -1, incompatible: 0, identical: 1, superset: 2 } as const;

/** What a daemon or driver can do, asked by connectSupportsFeature (VIR_DRV_FEATURE_*). */
export const DriverFeature = {
  migrationP2p: 4,
  migrationDirect: 5,
  migrationV3: 6,
  migrateChangeProtection: 7,
  typedParamString: 9,
  programKeepalive: 10,
  xmlMigratable: 11,
  migrationOffline: 12,
  migrationParams: 13,
  remoteEventCallback: 14,
} as const;
