import { domain, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

const dom = xdr.struct({ dom: domain });
const domFlags = xdr.struct({ dom: domain, flags: xdr.uint32 });
const found = xdr.struct({ dom: domain });

/** Domains: look-up, state, definition, life. */
export const domainProcedures = {
  domainCreateXml: procedure(10, xdr.struct({ xmlDesc: text, flags: xdr.uint32 }), found),
  domainGetXmlDesc: procedure(14, domFlags, xdr.struct({ xml: text })),
  domainGetAutostart: procedure(15, dom, xdr.struct({ autostart: xdr.flag })),
  domainLookupById: procedure(22, xdr.struct({ id: xdr.int32 }), found),
  domainLookupByName: procedure(23, xdr.struct({ name: text }), found),
  domainLookupByUuid: procedure(24, xdr.struct({ uuid: xdr.uuid }), found),
  domainReboot: command(27, domFlags),
  domainResume: command(28, dom),
  domainSetAutostart: command(29, xdr.struct({ dom: domain, autostart: xdr.flag })),
  domainSuspend: command(34, dom),
  domainIsActive: procedure(150, dom, xdr.struct({ active: xdr.flag })),
  domainIsPersistent: procedure(151, dom, xdr.struct({ persistent: xdr.flag })),
  domainHasManagedSaveImage: procedure(183, domFlags, xdr.struct({ result: xdr.flag })),
  domainCreateWithFlags: procedure(196, domFlags, found),
  domainGetState: procedure(212, domFlags, xdr.struct({ state: xdr.int32, reason: xdr.int32 })),
  domainUndefineFlags: command(231, domFlags),
  domainDestroyFlags: command(234, domFlags),
  domainShutdownFlags: command(258, domFlags),
  domainDefineXmlFlags: procedure(350, xdr.struct({ xml: text, flags: xdr.uint32 }), found),
} as const;
