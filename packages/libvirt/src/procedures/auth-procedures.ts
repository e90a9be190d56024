import { limits } from '../protocol/limits.ts';
import { text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { procedure, question } from './procedure.ts';

/** A SASL message; `nil` says that there is none, which is not the same as an empty one. */
const message = { nil: xdr.flag, data: xdr.characterBytes(limits.saslDataBytes) };
const answer = xdr.struct({ complete: xdr.flag, ...message });

/** Who asks: called before the driver is opened. `connect` does it all. */
export const authProcedures = {
  /** REMOTE_AUTH_*: 0 none, 1 SASL, 2 polkit. */
  authList: question(66, xdr.struct({ types: xdr.array(xdr.int32, limits.authTypes) })),
  /** Names of mechanisms, between spaces or commas. */
  authSaslInit: question(67, xdr.struct({ mechlist: text })),
  authSaslStart: procedure(68, xdr.struct({ mech: text, ...message }), answer),
  authSaslStep: procedure(69, xdr.struct(message), answer),
  authPolkit: question(70, xdr.struct({ complete: xdr.flag })),
} as const;
