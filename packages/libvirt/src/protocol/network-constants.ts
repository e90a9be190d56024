/** Networks and interfaces, under the names of libvirt's public headers in camel case. */

/** Which networks are listed; none of a pair means both (virConnectListAllNetworksFlags). */
export const ListNetworksFlag = {
  inactive: 1,
  active: 2,
  persistent: 4,
  transient: 8,
  autostart: 16,
  noAutostart: 32,
} as const;

/** virConnectListAllInterfacesFlags. */
export const ListInterfacesFlag = { inactive: 1, active: 2 } as const;

/** virNetworkXMLFlags. */
export const NetworkXmlFlag = { inactive: 1 } as const;

/** virNetworkCreateFlags. */
export const NetworkCreateFlag = { validate: 1 } as const;

/** virNetworkDefineFlags. */
export const NetworkDefineFlag = { validate: 1 } as const;

/** virNetworkUpdateCommand. */
export const NetworkUpdateCommand = { none: 0, modify: 1, delete: 2, addLast: 3, addFirst: 4 } as const;

/** What of a network is changed (virNetworkUpdateSection). */
export const NetworkSection = {
  none: 0,
  bridge: 1,
  domain: 2,
  ip: 3,
  ipDhcpHost: 4,
  ipDhcpRange: 5,
  forward: 6,
  forwardInterface: 7,
  forwardPf: 8,
  portgroup: 9,
  dnsHost: 10,
  dnsTxt: 11,
  dnsSrv: 12,
} as const;

/** virNetworkUpdateFlags. */
export const NetworkUpdateFlag = { current: 0, live: 1, config: 2 } as const;

/** virNetworkMetadataType. */
export const NetworkMetadataType = { description: 0, title: 1, element: 2 } as const;

/** virNetworkPortCreateFlags. */
export const NetworkPortCreateFlag = { reclaim: 1, validate: 2 } as const;

/** Of an address or a lease (virIPAddrType). */
export const IpAddressType = { ipv4: 0, ipv6: 1 } as const;

/** virInterfaceXMLFlags. */
export const InterfaceXmlFlag = { inactive: 1 } as const;

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
