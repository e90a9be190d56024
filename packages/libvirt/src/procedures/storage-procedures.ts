import { limits } from '../protocol/limits.ts';
import { storagePool, storageVolume, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

const pool = xdr.struct({ pool: storagePool });
const poolFlags = xdr.struct({ pool: storagePool, flags: xdr.uint32 });
const vol = xdr.struct({ vol: storageVolume });
const volFlags = xdr.struct({ vol: storageVolume, flags: xdr.uint32 });
const xmlFlags = xdr.struct({ xml: text, flags: xdr.uint32 });
const range = xdr.struct({ vol: storageVolume, offset: xdr.uhyper, length: xdr.uhyper, flags: xdr.uint32 });
const list = xdr.struct({ needResults: xdr.int32, flags: xdr.uint32 });

/** Storage pools. */
export const storagePoolProcedures = {
  storagePoolCreateXml: procedure(76, xmlFlags, pool),
  storagePoolDefineXml: procedure(77, xmlFlags, pool),
  storagePoolCreate: command(78, poolFlags),
  storagePoolBuild: command(79, poolFlags),
  storagePoolDestroy: command(80, pool),
  storagePoolUndefine: command(82, pool),
  storagePoolRefresh: command(83, poolFlags),
  storagePoolLookupByName: procedure(84, xdr.struct({ name: text }), pool),
  storagePoolLookupByUuid: procedure(85, xdr.struct({ uuid: xdr.uuid }), pool),
  storagePoolLookupByVolume: procedure(86, vol, pool),
  /** Bytes. */
  storagePoolGetInfo: procedure(
    87,
    pool,
    xdr.struct({ state: xdr.uint32, capacity: xdr.uhyper, allocation: xdr.uhyper, available: xdr.uhyper }),
  ),
  storagePoolGetXmlDesc: procedure(88, poolFlags, xdr.struct({ xml: text })),
  storagePoolIsActive: procedure(154, pool, xdr.struct({ active: xdr.flag })),
  connectListAllStoragePools: procedure(
    281,
    list,
    xdr.struct({ pools: xdr.array(storagePool, limits.listLength), ret: xdr.uint32 }),
  ),
  storagePoolListAllVolumes: procedure(
    282,
    xdr.struct({ pool: storagePool, needResults: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ vols: xdr.array(storageVolume, limits.listLength), ret: xdr.uint32 }),
  ),
  storagePoolLookupByTargetPath: procedure(391, xdr.struct({ path: text }), pool),
} as const;

/** Volumes of storage pools. Upload and download open a stream: call `uploadVolume` and `downloadVolume`. */
export const storageVolumeProcedures = {
  storageVolCreateXml: procedure(93, xdr.struct({ pool: storagePool, xml: text, flags: xdr.uint32 }), vol),
  storageVolDelete: command(94, volFlags),
  storageVolLookupByName: procedure(95, xdr.struct({ pool: storagePool, name: text }), vol),
  storageVolLookupByKey: procedure(96, xdr.struct({ key: text }), vol),
  storageVolLookupByPath: procedure(97, xdr.struct({ path: text }), vol),
  /** Bytes. */
  storageVolGetInfo: procedure(
    98,
    vol,
    xdr.struct({ type: xdr.int32, capacity: xdr.uhyper, allocation: xdr.uhyper }),
  ),
  storageVolGetXmlDesc: procedure(99, volFlags, xdr.struct({ xml: text })),
  storageVolGetPath: procedure(100, vol, xdr.struct({ name: text })),
  /** A new volume with the content of another, copied by the daemon. */
  storageVolCreateXmlFrom: procedure(
    125,
    xdr.struct({ pool: storagePool, xml: text, clonevol: storageVolume, flags: xdr.uint32 }),
    vol,
  ),
  storageVolUpload: command(208, range),
  storageVolDownload: command(209, range),
  /** Bytes. */
  storageVolResize: command(260, xdr.struct({ vol: storageVolume, capacity: xdr.uhyper, flags: xdr.uint32 })),
  storageVolGetInfoFlags: procedure(
    378,
    volFlags,
    xdr.struct({ type: xdr.int32, capacity: xdr.uhyper, allocation: xdr.uhyper }),
  ),
} as const;
