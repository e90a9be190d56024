/** What events tell by numbers, under the names of libvirt's public headers in camel case. */

/** virNetworkEventLifecycleType. */
export const NetworkEvent = { defined: 0, undefined: 1, started: 2, stopped: 3 } as const;

/** virStoragePoolEventLifecycleType. */
export const StoragePoolEvent = {
  defined: 0,
  undefined: 1,
  started: 2,
  stopped: 3,
  created: 4,
  deleted: 5,
} as const;

/** virNodeDeviceEventLifecycleType. */
export const NodeDeviceEvent = { created: 0, deleted: 1, defined: 2, undefined: 3 } as const;

/** virSecretEventLifecycleType. */
export const SecretEvent = { defined: 0, undefined: 1 } as const;

/** What is done about a watchdog that has run out (virDomainEventWatchdogAction). */
export const WatchdogAction = {
  none: 0,
  pause: 1,
  reset: 2,
  poweroff: 3,
  shutdown: 4,
  debug: 5,
  injectnmi: 6,
} as const;

/** What is done about an error of a disk (virDomainEventIOErrorAction). */
export const IoErrorAction = { none: 0, pause: 1, report: 2 } as const;

/** virDomainEventGraphicsPhase. */
export const GraphicsPhase = { connect: 0, initialize: 1, disconnect: 2 } as const;

/** Why a disk has another source (virConnectDomainEventDiskChangeReason). */
export const DiskChangeReason = { missingOnStart: 0, dropMissingOnStart: 1 } as const;

/** Whether the guest's agent is there (virConnectDomainEventAgentLifecycleState). */
export const AgentState = { connected: 1, disconnected: 2 } as const;

/** virConnectDomainEventAgentLifecycleReason. */
export const AgentStateReason = { unknown: 0, domainStarted: 1, channel: 2 } as const;

/** Whose memory has failed (virDomainMemoryFailureRecipientType). */
export const MemoryFailureRecipient = { hypervisor: 0, guest: 1 } as const;

/** virDomainMemoryFailureActionType. */
export const MemoryFailureAction = { ignore: 0, inject: 1, fatal: 2, reset: 3 } as const;
