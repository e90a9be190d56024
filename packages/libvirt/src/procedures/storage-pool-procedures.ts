import { limits } from '../protocol/limits.ts';
import { maybeText, storagePool, storageVolume, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
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
