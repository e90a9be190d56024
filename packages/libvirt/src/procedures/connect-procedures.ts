import { limits } from '../protocol/limits.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';
import { maybeText, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure, question } from './procedure.ts';

/** The connection itself, and the daemon as a whole. */
export const connectProcedures = {
  connectOpen: command(1, xdr.struct({ name: maybeText, flags: xdr.uint32 })),
  connectClose: command(2, xdr.struct({})),
  connectGetType: question(3, xdr.struct({ type: text })),
  /** The hypervisor's: major * 1,000,000 + minor * 1,000 + release. */
  connectGetVersion: question(4, xdr.struct({ hvVer: xdr.uhyper })),
  connectGetCapabilities: question(7, xdr.struct({ capabilities: text })),
  connectGetHostname: question(59, xdr.struct({ hostname: text })),
  connectSupportsFeature: procedure(
    60,
    xdr.struct({ feature: xdr.int32 }),
    xdr.struct({ supported: xdr.flag }),
  ),
  connectGetUri: question(110, xdr.struct({ uri: text })),
  /**
   * A definition from the hypervisor's own words; `nativeFormat` is `qemu-argv` or another of the driver's.
   */
  connectDomainXmlFromNative: procedure(
    135,
    xdr.struct({ nativeFormat: text, nativeConfig: text, flags: xdr.uint32 }),
    xdr.struct({ domainXml: text }),
  ),
  connectDomainXmlToNative: procedure(
    136,
    xdr.struct({ nativeFormat: text, domainXml: text, flags: xdr.uint32 }),
    xdr.struct({ nativeConfig: text }),
  ),
  /** Whether nobody else can read along: TLS, SASL with encryption, or a unix socket. */
  connectIsSecure: question(149, xdr.struct({ secure: xdr.flag })),
  /** The daemon's: major * 1,000,000 + minor * 1,000 + release. */
  connectGetLibVersion: question(157, xdr.struct({ libVer: xdr.uhyper })),
  /** The host's SMBIOS tables as XML. */
  connectGetSysinfo: procedure(203, xdr.struct({ flags: xdr.uint32 }), xdr.struct({ sysinfo: text })),
  /** Speaks for another user; for daemons that forward calls. */
  connectSetIdentity: command(
    419,
    xdr.struct({ params: typedParameters(limits.identityParams), flags: xdr.uint32 }),
  ),
} as const;
