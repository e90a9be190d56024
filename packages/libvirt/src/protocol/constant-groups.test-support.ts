import type { LibvirtHeaders } from './libvirt-headers.test-support.ts';

/** What a group of constants must be by the headers of a release. */
type FromHeaders = (headers: LibvirtHeaders) => Record<string, number | string | readonly string[]>;

/** Parameters of releases newer than the headers at hand: of libvirt 12.2, as its libvirt-domain.h has it. */
const sinceOtherReleases = { migrateDisksTargetZero: 'migrate_disks_target_zero' };

/** Where each exported group of constants stands in libvirt's headers. */
export const constantGroups: Readonly<Record<string, FromHeaders>> = {
  AbortJobFlag: members('virDomainAbortJobFlagsValues', 'VIR_DOMAIN_ABORT_JOB_'),
  AgentState: members(
    'virConnectDomainEventAgentLifecycleState',
    'VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_',
  ),
  AgentStateReason: members(
    'virConnectDomainEventAgentLifecycleReason',
    'VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_',
  ),
  AgentTimeout: members('virDomainAgentResponseTimeoutValues', 'VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_'),
  AuthorizedSshKeysSetFlag: members(
    'virDomainAuthorizedSSHKeysSetFlags',
    'VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_',
  ),
  BackupBeginFlag: members('virDomainBackupBeginFlags', 'VIR_DOMAIN_BACKUP_BEGIN_'),
  BlockCommitFlag: members('virDomainBlockCommitFlags', 'VIR_DOMAIN_BLOCK_COMMIT_'),
  BlockCopyFlag: members('virDomainBlockCopyFlags', 'VIR_DOMAIN_BLOCK_COPY_'),
  BlockJobAbortFlag: members('virDomainBlockJobAbortFlags', 'VIR_DOMAIN_BLOCK_JOB_ABORT_'),
  BlockJobInfoFlag: members('virDomainBlockJobInfoFlags', 'VIR_DOMAIN_BLOCK_JOB_INFO_'),
  BlockJobSetSpeedFlag: members('virDomainBlockJobSetSpeedFlags', 'VIR_DOMAIN_BLOCK_JOB_SPEED_'),
  BlockJobStatus: members('virConnectDomainEventBlockJobStatus', 'VIR_DOMAIN_BLOCK_JOB_'),
  BlockJobType: members('virDomainBlockJobType', 'VIR_DOMAIN_BLOCK_JOB_TYPE_'),
  BlockPullFlag: members('virDomainBlockPullFlags', 'VIR_DOMAIN_BLOCK_PULL_'),
  BlockRebaseFlag: members('virDomainBlockRebaseFlags', 'VIR_DOMAIN_BLOCK_REBASE_'),
  BlockResizeFlag: members('virDomainBlockResizeFlags', 'VIR_DOMAIN_BLOCK_RESIZE_'),
  CheckpointCreateFlag: members('virDomainCheckpointCreateFlags', 'VIR_DOMAIN_CHECKPOINT_CREATE_'),
  CheckpointDeleteFlag: members('virDomainCheckpointDeleteFlags', 'VIR_DOMAIN_CHECKPOINT_DELETE_'),
  CheckpointListFlag: members('virDomainCheckpointListFlags', 'VIR_DOMAIN_CHECKPOINT_LIST_'),
  CheckpointXmlFlag: members('virDomainCheckpointXMLFlags', 'VIR_DOMAIN_CHECKPOINT_XML_'),
  CoreDumpFlag: members('virDomainCoreDumpFlags', 'VIR_DUMP_'),
  CoreDumpFormat: members('virDomainCoreDumpFormat', 'VIR_DOMAIN_CORE_DUMP_FORMAT_'),
  CpuComparison: members('virCPUCompareResult', 'VIR_CPU_COMPARE_'),
  CreateFlag: members('virDomainCreateFlags', 'VIR_DOMAIN_START_', 'VIR_DOMAIN_'),
  DefineFlag: members('virDomainDefineFlags', 'VIR_DOMAIN_DEFINE_'),
  DestroyFlag: members('virDomainDestroyFlagsValues', 'VIR_DOMAIN_DESTROY_'),
  DeviceModifyFlag: members('virDomainDeviceModifyFlags', 'VIR_DOMAIN_DEVICE_MODIFY_'),
  DiskChangeReason: members(
    'virConnectDomainEventDiskChangeReason',
    'VIR_DOMAIN_EVENT_DISK_CHANGE_',
    'VIR_DOMAIN_EVENT_DISK_',
  ),
  DiskErrorCode: members('virDomainDiskErrorCode', 'VIR_DOMAIN_DISK_ERROR_'),
  DomainMetadataType: members('virDomainMetadataType', 'VIR_DOMAIN_METADATA_'),
  DomainPausedReason: members('virDomainPausedReason', 'VIR_DOMAIN_PAUSED_'),
  DomainRunningReason: members('virDomainRunningReason', 'VIR_DOMAIN_RUNNING_'),
  DomainShutoffReason: members('virDomainShutoffReason', 'VIR_DOMAIN_SHUTOFF_'),
  DomainState: members('virDomainState', 'VIR_DOMAIN_'),
  DomainStatsFlag: members('virConnectGetAllDomainStatsFlags', 'VIR_CONNECT_GET_ALL_DOMAINS_STATS_'),
  DomainStatsGroup: members('virDomainStatsTypes', 'VIR_DOMAIN_STATS_'),
  DomainXmlFlag: members('virDomainXMLFlags', 'VIR_DOMAIN_XML_'),
  GraphicsPhase: members('virDomainEventGraphicsPhase', 'VIR_DOMAIN_EVENT_GRAPHICS_'),
  GuestInfoType: members('virDomainGuestInfoTypes', 'VIR_DOMAIN_GUEST_INFO_'),
  HostnameFlag: members('virDomainGetHostnameFlags', 'VIR_DOMAIN_GET_HOSTNAME_'),
  InterfaceAddressesSource: members(
    'virDomainInterfaceAddressesSource',
    'VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_',
  ),
  InterfaceXmlFlag: members('virInterfaceXMLFlags', 'VIR_INTERFACE_XML_'),
  IoErrorAction: members('virDomainEventIOErrorAction', 'VIR_DOMAIN_EVENT_IO_ERROR_'),
  IpAddressType: members('virIPAddrType', 'VIR_IP_ADDR_TYPE_'),
  JobStatsFlag: members('virDomainGetJobStatsFlags', 'VIR_DOMAIN_JOB_STATS_'),
  JobType: members('virDomainJobType', 'VIR_DOMAIN_JOB_'),
  KeycodeSet: members('virKeycodeSet', 'VIR_KEYCODE_SET_'),
  LifecycleAction: members('virDomainLifecycleAction', 'VIR_DOMAIN_LIFECYCLE_ACTION_'),
  LifecycleEvent: members('virDomainEventType', 'VIR_DOMAIN_EVENT_'),
  LifecycleType: members('virDomainLifecycle', 'VIR_DOMAIN_LIFECYCLE_'),
  ListDomainsFlag: members('virConnectListAllDomainsFlags', 'VIR_CONNECT_LIST_DOMAINS_'),
  ListInterfacesFlag: members('virConnectListAllInterfacesFlags', 'VIR_CONNECT_LIST_INTERFACES_'),
  ListNetworksFlag: members('virConnectListAllNetworksFlags', 'VIR_CONNECT_LIST_NETWORKS_'),
  ListNodeDevicesFlag: members('virConnectListAllNodeDeviceFlags', 'VIR_CONNECT_LIST_NODE_DEVICES_'),
  ListSecretsFlag: members('virConnectListAllSecretsFlags', 'VIR_CONNECT_LIST_SECRETS_'),
  ListStoragePoolsFlag: members('virConnectListAllStoragePoolsFlags', 'VIR_CONNECT_LIST_STORAGE_POOLS_'),
  MemoryFailureAction: members('virDomainMemoryFailureActionType', 'VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_'),
  MemoryFailureRecipient: members(
    'virDomainMemoryFailureRecipientType',
    'VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_',
  ),
  MemoryModifyFlag: members('virDomainMemoryModFlags', 'VIR_DOMAIN_MEM_'),
  MemoryPeekFlag: members('virDomainMemoryFlags', 'VIR_MEMORY_'),
  // How many there are is one of them.
  MemoryStatTag: (headers) => {
    const { nr: _, ...tags } = members('virDomainMemoryStatTags', 'VIR_DOMAIN_MEMORY_STAT_')(headers);
    return tags;
  },
  MigrateFlag: members('virDomainMigrateFlags', 'VIR_MIGRATE_'),
  MigrateMaxSpeedFlag: members('virDomainMigrateMaxSpeedFlags', 'VIR_DOMAIN_MIGRATE_MAX_SPEED_'),
  ModificationImpact: members('virDomainModificationImpact', 'VIR_DOMAIN_AFFECT_'),
  NetworkCreateFlag: members('virNetworkCreateFlags', 'VIR_NETWORK_CREATE_'),
  NetworkDefineFlag: members('virNetworkDefineFlags', 'VIR_NETWORK_DEFINE_'),
  NetworkEvent: members('virNetworkEventLifecycleType', 'VIR_NETWORK_EVENT_'),
  NetworkMetadataType: members('virNetworkMetadataType', 'VIR_NETWORK_METADATA_'),
  NetworkPortCreateFlag: members('virNetworkPortCreateFlags', 'VIR_NETWORK_PORT_CREATE_'),
  NetworkSection: members('virNetworkUpdateSection', 'VIR_NETWORK_SECTION_'),
  NetworkUpdateCommand: members('virNetworkUpdateCommand', 'VIR_NETWORK_UPDATE_COMMAND_'),
  NetworkUpdateFlag: members('virNetworkUpdateFlags', 'VIR_NETWORK_UPDATE_AFFECT_'),
  NetworkXmlFlag: members('virNetworkXMLFlags', 'VIR_NETWORK_XML_'),
  NodeAllocPagesFlag: members('virNodeAllocPagesFlags', 'VIR_NODE_ALLOC_PAGES_'),
  NodeDeviceEvent: members('virNodeDeviceEventLifecycleType', 'VIR_NODE_DEVICE_EVENT_'),
  NodeDeviceUpdateFlag: members('virNodeDeviceUpdateFlags', 'VIR_NODE_DEVICE_UPDATE_AFFECT_'),
  NodeDeviceXmlFlag: members('virNodeDeviceXMLFlags', 'VIR_NODE_DEVICE_XML_'),
  ProcessSignal: members('virDomainProcessSignal', 'VIR_DOMAIN_PROCESS_SIGNAL_'),
  QemuMonitorCommandFlag: members('virDomainQemuMonitorCommandFlags', 'VIR_DOMAIN_QEMU_MONITOR_COMMAND_'),
  RebootFlag: members('virDomainRebootFlagValues', 'VIR_DOMAIN_REBOOT_'),
  SaveImageXmlFlag: members('virDomainSaveImageXMLFlags', 'VIR_DOMAIN_SAVE_IMAGE_XML_'),
  SaveRestoreFlag: members('virDomainSaveRestoreFlags', 'VIR_DOMAIN_SAVE_'),
  SecretEvent: members('virSecretEventLifecycleType', 'VIR_SECRET_EVENT_'),
  SecretUsage: members('virSecretUsageType', 'VIR_SECRET_USAGE_TYPE_'),
  SetTimeFlag: members('virDomainSetTimeFlags', 'VIR_DOMAIN_TIME_'),
  SetUserPasswordFlag: members('virDomainSetUserPasswordFlags', 'VIR_DOMAIN_PASSWORD_'),
  ShutdownFlag: members('virDomainShutdownFlagValues', 'VIR_DOMAIN_SHUTDOWN_'),
  SnapshotCreateFlag: members('virDomainSnapshotCreateFlags', 'VIR_DOMAIN_SNAPSHOT_CREATE_'),
  SnapshotDeleteFlag: members('virDomainSnapshotDeleteFlags', 'VIR_DOMAIN_SNAPSHOT_DELETE_'),
  SnapshotListFlag: members('virDomainSnapshotListFlags', 'VIR_DOMAIN_SNAPSHOT_LIST_'),
  SnapshotRevertFlag: members('virDomainSnapshotRevertFlags', 'VIR_DOMAIN_SNAPSHOT_REVERT_'),
  SnapshotXmlFlag: members('virDomainSnapshotXMLFlags', 'VIR_DOMAIN_SNAPSHOT_XML_'),
  StoragePoolBuildFlag: members('virStoragePoolBuildFlags', 'VIR_STORAGE_POOL_BUILD_'),
  StoragePoolCreateFlag: members('virStoragePoolCreateFlags', 'VIR_STORAGE_POOL_CREATE_'),
  StoragePoolDeleteFlag: members('virStoragePoolDeleteFlags', 'VIR_STORAGE_POOL_DELETE_'),
  StoragePoolEvent: members('virStoragePoolEventLifecycleType', 'VIR_STORAGE_POOL_EVENT_'),
  StoragePoolState: members('virStoragePoolState', 'VIR_STORAGE_POOL_'),
  StorageVolCreateFlag: members('virStorageVolCreateFlags', 'VIR_STORAGE_VOL_CREATE_'),
  StorageVolDeleteFlag: members('virStorageVolDeleteFlags', 'VIR_STORAGE_VOL_DELETE_'),
  StorageVolInfoFlag: members('virStorageVolInfoFlags', 'VIR_STORAGE_VOL_'),
  StorageVolResizeFlag: members('virStorageVolResizeFlags', 'VIR_STORAGE_VOL_RESIZE_'),
  StorageVolType: members('virStorageVolType', 'VIR_STORAGE_VOL_'),
  StorageVolWipeAlgorithm: members('virStorageVolWipeAlgorithm', 'VIR_STORAGE_VOL_WIPE_ALG_'),
  StorageXmlFlag: members('virStorageXMLFlags', 'VIR_STORAGE_XML_'),
  SuspendTarget: members('virNodeSuspendTarget', 'VIR_NODE_SUSPEND_TARGET_'),
  SuspendedDetail: members('virDomainEventSuspendedDetailType', 'VIR_DOMAIN_EVENT_SUSPENDED_'),
  UndefineFlag: members('virDomainUndefineFlagsValues', 'VIR_DOMAIN_UNDEFINE_'),
  VcpuFlag: members('virDomainVcpuFlags', 'VIR_DOMAIN_VCPU_'),
  WatchdogAction: members('virDomainEventWatchdogAction', 'VIR_DOMAIN_EVENT_WATCHDOG_'),
  ErrorNumber: (headers) => Object.fromEntries(headers.enum('virErrorNumber', 'VIR_ERR_', 'VIR_')),
  ErrorDomain: (headers) => Object.fromEntries(headers.enum('virErrorDomain', 'VIR_FROM_')),
  MigrateParam: (headers) => ({
    ...sinceOtherReleases,
    ...camelKeys(headers.texts('VIR_MIGRATE_PARAM_')),
  }),
  JobStat: (headers) => camelKeys(headers.texts('VIR_DOMAIN_JOB_')),
  domainStates: words('virDomainState', 'VIR_DOMAIN_'),
  jobOperations: words('virDomainJobOperation', 'VIR_DOMAIN_JOB_OPERATION_'),
};

/** Groups of no header that is at hand, and where they come from. */
export const notOfHeaders: Readonly<Record<string, string>> = {
  DriverFeature: "VIR_DRV_FEATURE_* is libvirt's own, in src/libvirt_internal.h",
  TypedParameterFlag:
    'virTypedParameterFlags is in libvirt-common.h, which comes to be when libvirt is built',
  stateReasons: 'words of virsh; libvirt has numbers',
};

function members(name: string, ...prefixes: readonly string[]): FromHeaders {
  return (headers) => camelKeys(headers.enum(name, ...prefixes));
}

function words(name: string, prefix: string): FromHeaders {
  return (headers) =>
    Object.fromEntries(
      [...headers.enum(name, prefix)].map(([member, value]) => [
        member.toLowerCase().replaceAll('_', ' '),
        value,
      ]),
    );
}

function camelKeys<T>(entries: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...entries].map(([name, value]) => [camel(name), value]));
}

function camel(name: string): string {
  return name.toLowerCase().replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
