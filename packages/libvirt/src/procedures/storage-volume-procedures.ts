import { storagePool, storageVolume, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

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
