import { limits } from '../protocol/limits.ts';
import { secret, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

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
