/** What a guest is asked, under the names of libvirt's public headers in camel case. */

/** How a guest or a host is put to sleep (virNodeSuspendTarget). */
export const SuspendTarget = { mem: 0, disk: 1, hybrid: 2 } as const;

/** What the agent is asked about (virDomainGuestInfoTypes). */
export const GuestInfoType = {
  users: 1,
  os: 2,
  timezone: 4,
  hostname: 8,
  filesystem: 16,
  disks: 32,
  interfaces: 64,
  load: 128,
} as const;

/** Who is asked for the addresses of a guest (virDomainInterfaceAddressesSource). */
export const InterfaceAddressesSource = { lease: 0, agent: 1, arp: 2 } as const;

/** Who is asked for the name of a guest (virDomainGetHostnameFlags). */
export const HostnameFlag = { lease: 1, agent: 2 } as const;

/** virDomainSetTimeFlags. */
export const SetTimeFlag = { sync: 1 } as const;

/** virDomainSetUserPasswordFlags. */
export const SetUserPasswordFlag = { encrypted: 1 } as const;

/** virDomainAuthorizedSSHKeysSetFlags. */
export const AuthorizedSshKeysSetFlag = { append: 1, remove: 2 } as const;

/** What key codes are those of (virKeycodeSet). */
export const KeycodeSet = {
  linux: 0,
  xt: 1,
  atset1: 2,
  atset2: 3,
  atset3: 4,
  osx: 5,
  xtKbd: 6,
  usb: 7,
  win32: 8,
  qnum: 9,
} as const;

/** virDomainProcessSignal. */
export const ProcessSignal = {
  nop: 0,
  hup: 1,
  int: 2,
  quit: 3,
  ill: 4,
  trap: 5,
  abrt: 6,
  bus: 7,
  fpe: 8,
  kill: 9,
  usr1: 10,
  segv: 11,
  usr2: 12,
  pipe: 13,
  alrm: 14,
  term: 15,
  stkflt: 16,
  chld: 17,
  cont: 18,
  stop: 19,
  tstp: 20,
  ttin: 21,
  ttou: 22,
  urg: 23,
  xcpu: 24,
  xfsz: 25,
  vtalrm: 26,
  prof: 27,
  winch: 28,
  poll: 29,
  pwr: 30,
  sys: 31,
  rt0: 32,
  rt1: 33,
  rt2: 34,
  rt3: 35,
  rt4: 36,
  rt5: 37,
  rt6: 38,
  rt7: 39,
  rt8: 40,
  rt9: 41,
  rt10: 42,
  rt11: 43,
  rt12: 44,
  rt13: 45,
  rt14: 46,
  rt15: 47,
  rt16: 48,
  rt17: 49,
  rt18: 50,
  rt19: 51,
  rt20: 52,
  rt21: 53,
  rt22: 54,
  rt23: 55,
  rt24: 56,
  rt25: 57,
  rt26: 58,
  rt27: 59,
  rt28: 60,
  rt29: 61,
  rt30: 62,
  rt31: 63,
  rt32: 64,
} as const;

/** virDomainQemuMonitorCommandFlags. */
export const QemuMonitorCommandFlag = { default: 0, hmp: 1 } as const;

/** What stands for no number of seconds (virDomainAgentResponseTimeoutValues). */
export const AgentTimeout = { block: -2, default: -1, nowait: 0 } as const;

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
