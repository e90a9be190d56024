export { whyNotPlain } from '@ferry/libvirt';
export * from './contract/errors.ts';
export {
  type ConfigurationChange,
  type CopyCertificate,
  CopyFailure,
  type FileDigest,
  type FileReceiver,
  type FileSender,
  type FileSent,
  type HostConfigurer,
  type HostExaminer,
  type HostShell,
  type Place,
  type ReceiveOrder,
  type SendingBegan,
  type SendingListener,
  type SendOrder,
} from './contract/host-shell.ts';
export * from './contract/call.ts';
export type * from './contract/domain-adaptation.ts';
export type {
  DomainEvent,
  DomainPower,
  DomainRecord,
  DomainRecords,
  HostDomains,
  UnreadDomain,
} from './contract/host-domains.ts';
export type {
  ConsolePorts,
  ConsoleStream,
  GuestStatistics,
  HostConsoles,
  HostGuests,
} from './contract/host-guests.ts';
export type {
  Detached,
  DomainDisk,
  HostDisks,
  HostOverlays,
  MeantDisk,
  MergeOrder,
  NewDisk,
  OverlayOrder,
} from './contract/host-disks.ts';
export type { HostFirewall, HostNetworks, InstanceFilter } from './contract/host-networks.ts';
export type * from './contract/host-hardware.ts';
export type * from './contract/host-migration.ts';
export type { HostPools, HostSecrets, PoolRoom, PoolVolume } from './contract/host-pools.ts';
export { type HostTrials, type StandIn, standInDisk } from './contract/host-trials.ts';
export type * from './contract/host-storage.ts';
export type * from './contract/hypervisor-host.ts';
export { type ImageChunk, SparseDigest } from './contract/sparse-digest.ts';
export type * from './contract/new-domain.ts';
export { LibvirtHypervisor } from './libvirt/libvirt-hypervisor.ts';
export { adaptDomainXml } from './xml/adapt-domain-xml.ts';
export { readDomainElements } from './xml/domain-elements-xml.ts';
export { newDomainXml } from './xml/new-domain-xml.ts';
export { readPoolDescription } from './xml/pool-xml.ts';
