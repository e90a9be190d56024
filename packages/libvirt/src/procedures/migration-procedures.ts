import { limits } from '../protocol/limits.ts';
import { typedParameter } from '../protocol/typed-parameter.ts';
import { domain, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

const dom = xdr.struct({ dom: domain });
const domFlags = xdr.struct({ dom: domain, flags: xdr.uint32 });
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
  /** Only while a migration begun with the post-copy flag runs. */
  domainMigrateStartPostCopy: command(364, domFlags),
  /** Milliseconds. */
  domainMigrateGetMaxDowntime: procedure(387, domFlags, xdr.struct({ downtime: xdr.uhyper })),
  domainAbortJobFlags: command(442, domFlags),
} as const;
