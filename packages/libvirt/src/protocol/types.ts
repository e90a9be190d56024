import * as xdr from '../xdr/codec.ts';
import { limits } from './limits.ts';

/** Text that is always there. */
export const text: xdr.Codec<string> = xdr.string(limits.stringBytes);
/** Text that may be missing. */
export const maybeText: xdr.Codec<string | null> = xdr.optional(text);

/** A domain as calls name it; `id` is -1 while it does not run. */
export const domain = xdr.struct({ name: text, uuid: xdr.uuid, id: xdr.int32 });
/** A domain: its name, its uuid, and the number it runs under (-1 while it does not run). */
export type DomainRef = xdr.Infer<typeof domain>;

export const network = xdr.struct({ name: text, uuid: xdr.uuid });
/** A network. */
export type NetworkRef = xdr.Infer<typeof network>;

export const storagePool = xdr.struct({ name: text, uuid: xdr.uuid });
/** A storage pool. */
export type StoragePoolRef = xdr.Infer<typeof storagePool>;

export const storageVolume = xdr.struct({ pool: text, name: text, key: text });
/** A volume: the name of its pool, its own, and a key that no other volume of the host has. */
export type StorageVolumeRef = xdr.Infer<typeof storageVolume>;

/** A port of a network: where an interface of a guest joins it. */
export const networkPort = xdr.struct({ net: network, uuid: xdr.uuid });
/** A port of a network. */
export type NetworkPortRef = xdr.Infer<typeof networkPort>;

export const nwfilter = xdr.struct({ name: text, uuid: xdr.uuid });
/** A filter of network traffic. */
export type NwfilterRef = xdr.Infer<typeof nwfilter>;

/** A filter on one port; `portdev` is the port's interface on the host. */
export const nwfilterBinding = xdr.struct({ portdev: text, filtername: text });
/** A filter on one port. */
export type NwfilterBindingRef = xdr.Infer<typeof nwfilterBinding>;

/** A network interface of the host. */
export const hostInterface = xdr.struct({ name: text, mac: text });
/** A network interface of the host. */
export type HostInterfaceRef = xdr.Infer<typeof hostInterface>;

export const nodeDevice = xdr.struct({ name: text });
/** A device of the host. */
export type NodeDeviceRef = xdr.Infer<typeof nodeDevice>;

export const secret = xdr.struct({ uuid: xdr.uuid, usageType: xdr.int32, usageId: text });
/** A secret: its uuid, and what it is for. */
export type SecretRef = xdr.Infer<typeof secret>;

export const snapshot = xdr.struct({ name: text, dom: domain });
/** A snapshot of a domain. */
export type SnapshotRef = xdr.Infer<typeof snapshot>;

export const checkpoint = xdr.struct({ name: text, dom: domain });
/** A checkpoint of a domain. */
export type CheckpointRef = xdr.Infer<typeof checkpoint>;

/** virError on the wire. */
export const errorFields = xdr.struct({
  code: xdr.int32,
  domain: xdr.int32,
  message: maybeText,
  level: xdr.int32,
  dom: xdr.optional(domain),
  str1: maybeText,
  str2: maybeText,
  str3: maybeText,
  int1: xdr.int32,
  int2: xdr.int32,
  net: xdr.optional(network),
});
