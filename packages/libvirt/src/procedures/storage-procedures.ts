import * as xdr from '../xdr/codec.ts';
import { limits } from '../protocol/limits.ts';
import { maybeText, storagePool, storageVolume, text, secret } from '../protocol/types.ts';
import { command, procedure } from './procedure.ts';

const xml = xdr.struct({ xml: text });
const xmlFlags = xdr.struct({ xml: text, flags: xdr.uint32 });
const pool = xdr.struct({ pool: storagePool });
const poolFlags = xdr.struct({ pool: storagePool, flags: xdr.uint32 });

/** Storage pools. */
export const storagePoolProcedures = {
  /**
   * Looks for what pools of this type could be made of, such as exports of an NFS server; `srcSpec` says where, as
   * XML.
   */
  connectFindStoragePoolSources: procedure(
    75,
    xdr.struct({ type: text, srcSpec: maybeText, flags: xdr.uint32 }),
    xml,
  ),
  storagePoolCreateXml: procedure(76, xmlFlags, pool),
  storagePoolDefineXml: procedure(77, xmlFlags, pool),
  storagePoolCreate: command(78, poolFlags),
  storagePoolBuild: command(79, poolFlags),
  storagePoolDestroy: command(80, pool),
  /** Deletes what the pool is made of; its definition stays. */
  storagePoolDelete: command(81, poolFlags),
  storagePoolUndefine: command(82, pool),
  storagePoolRefresh: command(83, poolFlags),
  storagePoolLookupByName: procedure(84, xdr.struct({ name: text }), pool),
  storagePoolLookupByUuid: procedure(85, xdr.struct({ uuid: xdr.uuid }), pool),
  storagePoolLookupByVolume: procedure(86, xdr.struct({ vol: storageVolume }), pool),
  /** Bytes. */
  storagePoolGetInfo: procedure(
    87,
    pool,
    xdr.struct({ state: xdr.uint32, capacity: xdr.uhyper, allocation: xdr.uhyper, available: xdr.uhyper }),
  ),
  storagePoolGetXmlDesc: procedure(88, poolFlags, xml),
  storagePoolGetAutostart: procedure(89, pool, xdr.struct({ autostart: xdr.flag })),
  storagePoolSetAutostart: command(90, xdr.struct({ pool: storagePool, autostart: xdr.flag })),
  storagePoolIsActive: procedure(154, pool, xdr.struct({ active: xdr.flag })),
  storagePoolIsPersistent: procedure(155, pool, xdr.struct({ persistent: xdr.flag })),
  connectListAllStoragePools: procedure(
    281,
    xdr.struct({ needResults: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ pools: xdr.array(storagePool, limits.listLength), ret: xdr.uint32 }),
  ),
  storagePoolListAllVolumes: procedure(
    282,
    xdr.struct({ pool: storagePool, needResults: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ vols: xdr.array(storageVolume, limits.listLength), ret: xdr.uint32 }),
  ),
  storagePoolLookupByTargetPath: procedure(391, xdr.struct({ path: text }), pool),
  connectGetStoragePoolCapabilities: procedure(
    403,
    xdr.struct({ flags: xdr.uint32 }),
    xdr.struct({ capabilities: text }),
  ),
} as const;

const vol = xdr.struct({ vol: storageVolume });
const volFlags = xdr.struct({ vol: storageVolume, flags: xdr.uint32 });
const info = xdr.struct({ type: xdr.int32, capacity: xdr.uhyper, allocation: xdr.uhyper });
const range = xdr.struct({ vol: storageVolume, offset: xdr.uhyper, length: xdr.uhyper, flags: xdr.uint32 });

/** Volumes of storage pools. Upload and download open a stream: call `uploadVolume` and `downloadVolume`. */
export const storageVolumeProcedures = {
  storageVolCreateXml: procedure(93, xdr.struct({ pool: storagePool, xml: text, flags: xdr.uint32 }), vol),
  storageVolDelete: command(94, volFlags),
  storageVolLookupByName: procedure(95, xdr.struct({ pool: storagePool, name: text }), vol),
  storageVolLookupByKey: procedure(96, xdr.struct({ key: text }), vol),
  storageVolLookupByPath: procedure(97, xdr.struct({ path: text }), vol),
  /** Bytes. */
  storageVolGetInfo: procedure(98, vol, info),
  storageVolGetXmlDesc: procedure(99, volFlags, xdr.struct({ xml: text })),
  storageVolGetPath: procedure(100, vol, xdr.struct({ name: text })),
  /** A new volume with the content of another, copied by the daemon. */
  storageVolCreateXmlFrom: procedure(
    125,
    xdr.struct({ pool: storagePool, xml: text, clonevol: storageVolume, flags: xdr.uint32 }),
    vol,
  ),
  /** Overwrites all of it with zeros. */
  storageVolWipe: command(165, volFlags),
  storageVolUpload: command(208, range),
  storageVolDownload: command(209, range),
  /** `algorithm` is one of `StorageVolWipeAlgorithm`. */
  storageVolWipePattern: command(
    259,
    xdr.struct({ vol: storageVolume, algorithm: xdr.uint32, flags: xdr.uint32 }),
  ),
  /** Bytes. */
  storageVolResize: command(260, xdr.struct({ vol: storageVolume, capacity: xdr.uhyper, flags: xdr.uint32 })),
  /** Bytes. */
  storageVolGetInfoFlags: procedure(378, volFlags, info),
} as const;

const secretOnly = xdr.struct({ secret });

/** Secrets: passphrases and keys that libvirt keeps for volumes and TLS. */
export const secretProcedures = {
  secretLookupByUuid: procedure(141, xdr.struct({ uuid: xdr.uuid }), secretOnly),
  secretDefineXml: procedure(142, xdr.struct({ xml: text, flags: xdr.uint32 }), secretOnly),
  secretGetXmlDesc: procedure(143, xdr.struct({ secret, flags: xdr.uint32 }), xdr.struct({ xml: text })),
  /** The value as it is, not in base64. */
  secretSetValue: command(
    144,
    xdr.struct({ secret, value: xdr.opaque(limits.secretBytes), flags: xdr.uint32 }),
  ),
  secretGetValue: procedure(
    145,
    xdr.struct({ secret, flags: xdr.uint32 }),
    xdr.struct({ value: xdr.opaque(limits.secretBytes) }),
  ),
  secretUndefine: command(146, secretOnly),
  /** `usageType` is one of `SecretUsage`. */
  secretLookupByUsage: procedure(147, xdr.struct({ usageType: xdr.int32, usageId: text }), secretOnly),
  connectListAllSecrets: procedure(
    287,
    xdr.struct({ needResults: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ secrets: xdr.array(secret, limits.listLength), ret: xdr.uint32 }),
  ),
} as const;
