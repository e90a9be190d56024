import { limits } from '../protocol/limits.ts';
import { typedParameter } from '../protocol/typed-parameter.ts';
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
  domainGetInfo: procedure(
    16,
    dom,
    xdr.struct({
      state: xdr.uint32,
      /** KiB. */
      maxMem: xdr.uhyper,
      /** KiB. */
      memory: xdr.uhyper,
      nrVirtCpu: xdr.uint32,
      /** Nanoseconds. */
      cpuTime: xdr.uhyper,
    }),
  ),
  domainGetVcpus: procedure(
    20,
    xdr.struct({ dom: domain, maxinfo: xdr.int32, maplen: xdr.int32 }),
    xdr.struct({
      info: xdr.array(
        xdr.struct({ number: xdr.uint32, state: xdr.int32, cpuTime: xdr.uhyper, cpu: xdr.int32 }),
        limits.cpuInfos,
      ),
      cpumaps: xdr.opaque(limits.cpuMapsBytes),
    }),
  ),
  domainLookupByName: procedure(23, xdr.struct({ name: text }), found),
  domainLookupByUuid: procedure(24, xdr.struct({ uuid: xdr.uuid }), found),
  domainResume: command(28, dom),
  domainSetAutostart: command(29, xdr.struct({ dom: domain, autostart: xdr.flag })),
  domainSuspend: command(34, dom),
  domainIsActive: procedure(150, dom, xdr.struct({ active: xdr.flag })),
  domainIsPersistent: procedure(151, dom, xdr.struct({ persistent: xdr.flag })),
  domainMemoryStats: procedure(
    159,
    xdr.struct({ dom: domain, maxStats: xdr.uint32, flags: xdr.uint32 }),
    xdr.struct({ stats: xdr.array(xdr.struct({ tag: xdr.int32, val: xdr.uhyper }), limits.memoryStats) }),
  ),
  domainHasManagedSaveImage: procedure(183, domFlags, xdr.struct({ result: xdr.flag })),
  domainCreateWithFlags: procedure(196, domFlags, found),
  domainGetState: procedure(212, domFlags, xdr.struct({ state: xdr.int32, reason: xdr.int32 })),
  domainUndefineFlags: command(231, domFlags),
  domainDestroyFlags: command(234, domFlags),
  domainShutdownFlags: command(258, domFlags),
  domainDefineXmlFlags: procedure(350, xdr.struct({ xml: text, flags: xdr.uint32 }), found),
} as const;

const params = xdr.array(typedParameter, limits.migrateParams);
const cookie = xdr.opaque(limits.migrateCookieBytes);

/** Migration, its two forms, and the job it runs as. */
export const migrationProcedures = {
  /** Times in milliseconds, sizes in bytes. */
  domainGetJobInfo: procedure(
    163,
    dom,
    xdr.struct({
      type: xdr.int32,
      timeElapsed: xdr.uhyper,
      timeRemaining: xdr.uhyper,
      dataTotal: xdr.uhyper,
      dataProcessed: xdr.uhyper,
      dataRemaining: xdr.uhyper,
      memTotal: xdr.uhyper,
      memProcessed: xdr.uhyper,
      memRemaining: xdr.uhyper,
      fileTotal: xdr.uhyper,
      fileProcessed: xdr.uhyper,
      fileRemaining: xdr.uhyper,
    }),
  ),
  domainAbortJob: command(164, dom),
  /** Milliseconds. */
  domainMigrateSetMaxDowntime: command(
    166,
    xdr.struct({ dom: domain, downtime: xdr.uhyper, flags: xdr.uint32 }),
  ),
  /** MiB a second. */
  domainMigrateSetMaxSpeed: command(
    207,
    xdr.struct({ dom: domain, bandwidth: xdr.uhyper, flags: xdr.uint32 }),
  ),
  domainMigrateGetMaxSpeed: procedure(242, domFlags, xdr.struct({ bandwidth: xdr.uhyper })),
  domainGetJobStats: procedure(
    298,
    domFlags,
    xdr.struct({ type: xdr.int32, params: xdr.array(typedParameter, limits.jobStats) }),
  ),
  domainMigrateBegin3Params: procedure(
    302,
    xdr.struct({ dom: domain, params, flags: xdr.uint32 }),
    xdr.struct({ cookieOut: cookie, xml: text }),
  ),
  domainMigratePrepare3Params: procedure(
    303,
    xdr.struct({ params, cookieIn: cookie, flags: xdr.uint32 }),
    xdr.struct({ cookieOut: cookie, uriOut: xdr.optional(text) }),
  ),
  domainMigratePerform3Params: procedure(
    305,
    xdr.struct({ dom: domain, dconnuri: xdr.optional(text), params, cookieIn: cookie, flags: xdr.uint32 }),
    xdr.struct({ cookieOut: cookie }),
  ),
  domainMigrateFinish3Params: procedure(
    306,
    xdr.struct({ params, cookieIn: cookie, flags: xdr.uint32, cancelled: xdr.flag }),
    xdr.struct({ dom: domain, cookieOut: cookie }),
  ),
  domainMigrateConfirm3Params: command(
    307,
    xdr.struct({ dom: domain, params, cookieIn: cookie, flags: xdr.uint32, cancelled: xdr.flag }),
  ),
  domainMigrateGetMaxDowntime: procedure(387, domFlags, xdr.struct({ downtime: xdr.uhyper })),
  domainAbortJobFlags: command(442, domFlags),
} as const;
