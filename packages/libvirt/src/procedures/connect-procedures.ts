import * as xdr from '../xdr/codec.ts';
import { limits } from '../protocol/limits.ts';
import { domain, maybeText, text } from '../protocol/types.ts';
import { command, procedure, question } from './procedure.ts';

/** The connection itself, the host as a whole, and events. */
export const connectProcedures = {
  connectOpen: command(1, xdr.struct({ name: maybeText, flags: xdr.uint32 })),
  connectClose: command(2, xdr.struct({})),
  connectGetType: question(3, xdr.struct({ type: text })),
  connectGetVersion: question(4, xdr.struct({ hvVer: xdr.uhyper })),
  connectGetCapabilities: question(7, xdr.struct({ capabilities: text })),
  connectGetHostname: question(59, xdr.struct({ hostname: text })),
  connectSupportsFeature: procedure(
    60,
    xdr.struct({ feature: xdr.int32 }),
    xdr.struct({ supported: xdr.flag }),
  ),
  connectGetUri: question(110, xdr.struct({ uri: text })),
  /** The host's SMBIOS tables as XML. */
  connectGetSysinfo: procedure(203, xdr.struct({ flags: xdr.uint32 }), xdr.struct({ sysinfo: text })),
  connectGetLibVersion: question(157, xdr.struct({ libVer: xdr.uhyper })),
  connectCompareCpu: procedure(
    158,
    xdr.struct({ xml: text, flags: xdr.uint32 }),
    xdr.struct({ result: xdr.int32 }),
  ),
  connectListAllDomains: procedure(
    273,
    xdr.struct({ needResults: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ domains: xdr.array(domain, limits.listLength), ret: xdr.uint32 }),
  ),
  connectDomainEventCallbackRegisterAny: procedure(
    316,
    xdr.struct({ eventId: xdr.int32, dom: xdr.optional(domain) }),
    xdr.struct({ callbackId: xdr.int32 }),
  ),
  connectDomainEventCallbackDeregisterAny: command(317, xdr.struct({ callbackId: xdr.int32 })),
  connectGetDomainCapabilities: procedure(
    342,
    xdr.struct({
      emulatorbin: maybeText,
      arch: maybeText,
      machine: maybeText,
      virttype: maybeText,
      flags: xdr.uint32,
    }),
    xdr.struct({ capabilities: text }),
  ),
  connectCompareHypervisorCpu: procedure(
    393,
    xdr.struct({
      emulator: maybeText,
      arch: maybeText,
      machine: maybeText,
      virttype: maybeText,
      xmlCpu: text,
      flags: xdr.uint32,
    }),
    xdr.struct({ result: xdr.int32 }),
  ),
} as const;
