import { limits } from '../protocol/limits.ts';
import { domain, maybeText, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure, since } from './procedure.ts';

const dom = xdr.struct({ dom: domain });
const xml = xdr.struct({ xml: text });
const domFlags = xdr.struct({ dom: domain, flags: xdr.uint32 });
const autostart = xdr.struct({ dom: domain, autostart: xdr.flag });

/** Domains: look-up, state, definition, life. */
export const domainProcedures = {
  domainCreate: command(9, dom),
  domainCreateXml: procedure(10, xdr.struct({ xmlDesc: text, flags: xdr.uint32 }), dom),
  domainDefineXml: procedure(11, xml, dom),
  domainDestroy: command(12, dom),
  domainGetXmlDesc: procedure(14, domFlags, xml),
  domainGetAutostart: procedure(15, dom, xdr.struct({ autostart: xdr.flag })),
  domainGetOsType: procedure(19, dom, xdr.struct({ type: text })),
  domainLookupById: procedure(22, xdr.struct({ id: xdr.int32 }), dom),
  domainLookupByName: procedure(23, xdr.struct({ name: text }), dom),
  domainLookupByUuid: procedure(24, xdr.struct({ uuid: xdr.uuid }), dom),
  domainReboot: command(27, domFlags),
  domainResume: command(28, dom),
  domainSetAutostart: command(29, autostart),
  domainShutdown: command(33, dom),
  domainSuspend: command(34, dom),
  domainUndefine: command(35, dom),
  domainIsActive: procedure(150, dom, xdr.struct({ active: xdr.flag })),
  domainIsPersistent: procedure(151, dom, xdr.struct({ persistent: xdr.flag })),
  domainCreateWithFlags: procedure(196, domFlags, dom),
  /** Whether it was changed while it ran. */
  domainIsUpdated: procedure(202, dom, xdr.struct({ updated: xdr.flag })),
  /** Reasons mean something else in each state, see `stateReasons`. */
  domainGetState: procedure(212, domFlags, xdr.struct({ state: xdr.int32, reason: xdr.int32 })),
  domainGetControlInfo: procedure(
    229,
    domFlags,
    xdr.struct({
      state: xdr.uint32,
      details: xdr.uint32,
      /** Milliseconds since the state was entered. */
      stateTime: xdr.uhyper,
    }),
  ),
  domainUndefineFlags: command(231, domFlags),
  domainDestroyFlags: command(234, domFlags),
  domainReset: command(245, domFlags),
  domainShutdownFlags: command(258, domFlags),
  /** `type` is one of `DomainMetadataType`; `metadata` null takes it away. */
  domainSetMetadata: command(
    264,
    xdr.struct({
      dom: domain,
      type: xdr.int32,
      metadata: maybeText,
      key: maybeText,
      uri: maybeText,
      flags: xdr.uint32,
    }),
  ),
  domainGetMetadata: procedure(
    265,
    xdr.struct({ dom: domain, type: xdr.int32, uri: maybeText, flags: xdr.uint32 }),
    xdr.struct({ metadata: text }),
  ),
  connectListAllDomains: procedure(
    273,
    xdr.struct({ needResults: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ domains: xdr.array(domain, limits.listLength), ret: xdr.uint32 }),
  ),
  /** One for each security driver, as bytes. Where `ret` is -1 the driver refused, which libvirt 9.0 says no other way. */
  domainGetSecurityLabelList: procedure(
    278,
    dom,
    xdr.struct({
      labels: xdr.array(
        xdr.struct({ label: xdr.characterBytes(limits.securityLabelBytes), enforcing: xdr.flag }),
        limits.securityLabels,
      ),
      ret: xdr.int32,
    }),
  ),
  domainDefineXmlFlags: procedure(350, xdr.struct({ xml: text, flags: xdr.uint32 }), dom),
  /** Only a domain that does not run. */
  domainRename: procedure(
    358,
    xdr.struct({ dom: domain, newName: maybeText, flags: xdr.uint32 }),
    xdr.struct({ retcode: xdr.int32 }),
  ),
  /** Taints and deprecated features, as text for people. */
  domainGetMessages: procedure(426, domFlags, xdr.struct({ msgs: xdr.array(text, limits.domainMessages) })),
  domainGetAutostartOnce: since('11.2', procedure(449, dom, xdr.struct({ autostart: xdr.flag }))),
  domainSetAutostartOnce: since('11.2', command(450, autostart)),
} as const;
