/** How domains are changed, under the names of libvirt's public headers in camel case. */

/** What a change is of: what runs, what is kept, or both (virDomainModificationImpact). */
export const ModificationImpact = { current: 0, live: 1, config: 2 } as const;

/** Added to the flags of what reads parameters: without it those with text are left out. */
export const TypedParameterFlag = { stringOkay: 4 } as const;

/** How a device is attached, detached or updated (virDomainDeviceModifyFlags). */
export const DeviceModifyFlag = { current: 0, live: 1, config: 2, force: 4 } as const;

/** Of which processors, where they are counted or set (virDomainVcpuFlags). */
export const VcpuFlag = { current: 0, live: 1, config: 2, maximum: 4, guest: 8, hotpluggable: 16 } as const;

/** What memory is set (virDomainMemoryModFlags). */
export const MemoryModifyFlag = { current: 0, live: 1, config: 2, maximum: 4 } as const;

/** How a guest is asked to start anew (virDomainRebootFlagValues). */
export const RebootFlag = {
  default: 0,
  acpiPowerBtn: 1,
  guestAgent: 2,
  initctl: 4,
  signal: 8,
  paravirt: 16,
} as const;

/** What ends a guest (virDomainLifecycle). */
export const LifecycleType = { poweroff: 0, reboot: 1, crash: 2 } as const;

/** What is done then (virDomainLifecycleAction). */
export const LifecycleAction = {
  destroy: 0,
  restart: 1,
  restartRename: 2,
  preserve: 3,
  coredumpDestroy: 4,
  coredumpRestart: 5,
} as const;

/** What of a domain is for people and other programs (virDomainMetadataType). */
export const DomainMetadataType = { description: 0, title: 1, element: 2 } as const;

/** How a domain goes to disk, and comes back (virDomainSaveRestoreFlags). */
export const SaveRestoreFlag = { bypassCache: 1, running: 2, paused: 4, resetNvram: 8 } as const;

/** virDomainSaveImageXMLFlags. */
export const SaveImageXmlFlag = { secure: 1 } as const;

/** What becomes of a domain whose memory is dumped (virDomainCoreDumpFlags). */
export const CoreDumpFlag = { crash: 1, live: 2, bypassCache: 4, reset: 8, memoryOnly: 16 } as const;

/** virDomainCoreDumpFormat. */
export const CoreDumpFormat = { raw: 0, kdumpZlib: 1, kdumpLzo: 2, kdumpSnappy: 3, winDmp: 4 } as const;

/** virDomainAbortJobFlagsValues. */
export const AbortJobFlag = { postcopy: 1 } as const;

/** Of which phase a bandwidth is (virDomainMigrateMaxSpeedFlags). */
export const MigrateMaxSpeedFlag = { postcopy: 1 } as const;
