export type { Credentials, CredentialsRequest, CredentialsSource } from './auth/credentials.ts';
export { connect, type ConnectOptions } from './connect.ts';
export * from './errors.ts';
export * from './protocol/storage-constants.ts';
export * from './protocol/guest-constants.ts';
export * from './protocol/domain-states.ts';
export { ErrorDomain, ErrorNumber } from './protocol/error-numbers.ts';
export * from './protocol/network-constants.ts';
export * from './protocol/flags.ts';
export * from './protocol/guest-constants.ts';
export * from './protocol/migration-constants.ts';
export * from './protocol/network-constants.ts';
export * from './protocol/snapshot-constants.ts';
export * from './protocol/storage-constants.ts';
export {
  numberOf,
  type ParameterSpec,
  parametersFrom,
  parametersToObject,
  type TypedParameter,
} from './protocol/typed-parameter.ts';
export type {
  CheckpointRef,
  DomainRef,
  HostInterfaceRef,
  NetworkPortRef,
  NetworkRef,
  NodeDeviceRef,
  NwfilterBindingRef,
  NwfilterRef,
  SecretRef,
  SnapshotRef,
  StoragePoolRef,
  StorageVolumeRef,
} from './protocol/types.ts';
export type { Procedure, Program } from './procedures/procedure.ts';
export { type ArgsOf, type ProcedureName, procedures, type ResultOf } from './procedures/procedures.ts';
export type { CallOptions } from './rpc/call-options.ts';
export { Connection, type ConnectionState } from './rpc/connection.ts';
export { type BackoffOptions, defaultBackoff } from './pool/link-state.ts';
export { ConnectionPool, type Lane, type PoolOptions } from './pool/connection-pool.ts';
export { Link, type LinkOptions } from './pool/link.ts';
export type { LinkState } from './pool/link-state.ts';
export type { EventSubjects } from './events/event-families.ts';
export type { EventKind, LibvirtEvent, OverflowEvent, UndecodableEvent } from './events/libvirt-event.ts';
export { type EventSequence, followEvents } from './events/event-sequence.ts';
export type { KeepaliveOptions } from './rpc/keepalive.ts';
export {
  type DownloadOptions,
  downloadVolume,
  type Screenshot,
  type ScreenshotOptions,
  takeScreenshot,
} from './streams/read-stream.ts';
export { type ChannelOptions, type GuestChannel, openChannel, openConsole } from './streams/guest-channel.ts';
export type { StreamChunk } from './streams/stream-chunk.ts';
export { uploadVolume, type UploadOptions } from './streams/upload-volume.ts';
export type { LibvirtUri } from './transport/libvirt-uri.ts';
export { clientTlsContext } from './transport/tls-credentials.ts';
export { leadsBack, whyNotPlain } from './transport/plain-uri.ts';
export { shellCommand, type ShellCommand } from './transport/ssh-command.ts';
export { parseLibvirtUri } from './transport/uri.ts';
export type { Codec } from './xdr/codec.ts';
