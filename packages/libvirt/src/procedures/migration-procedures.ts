import { limits } from '../protocol/limits.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';
import { domain, maybeText, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

const cookie = xdr.opaque(limits.migrateCookieBytes);
const params = typedParameters(limits.migrateParams);
const dom = xdr.struct({ dom: domain });
const domFlags = xdr.struct({ dom: domain, flags: xdr.uint32 });
const prepare = xdr.struct({ params, cookieIn: cookie, flags: xdr.uint32 });
const cookieOut = xdr.struct({ cookieOut: cookie });

/** Migration, peer to peer or with the caller between both daemons, and the job it runs as. */
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
  /** MiB a second; `MigrateMaxSpeedFlag` says of which phase. */
  domainMigrateSetMaxSpeed: command(
    207,
    xdr.struct({ dom: domain, bandwidth: xdr.uhyper, flags: xdr.uint32 }),
  ),
  /** MiB a second; `MigrateMaxSpeedFlag` says of which phase. */
  domainMigrateGetMaxSpeed: procedure(242, domFlags, xdr.struct({ bandwidth: xdr.uhyper })),
  domainGetJobStats: procedure(
    298,
    domFlags,
    xdr.struct({ type: xdr.int32, params: typedParameters(limits.jobStats) }),
  ),
  /** Bytes. */
  domainMigrateGetCompressionCache: procedure(299, domFlags, xdr.struct({ cacheSize: xdr.uhyper })),
  /** Bytes. */
  domainMigrateSetCompressionCache: command(
    300,
    xdr.struct({ dom: domain, cacheSize: xdr.uhyper, flags: xdr.uint32 }),
  ),
  domainMigrateBegin3Params: procedure(
    302,
    xdr.struct({ dom: domain, params, flags: xdr.uint32 }),
    xdr.struct({ cookieOut: cookie, xml: text }),
  ),
  domainMigratePrepare3Params: procedure(303, prepare, xdr.struct({ cookieOut: cookie, uriOut: maybeText })),
  /** Opens a stream that carries the guest; only daemons call it. */
  domainMigratePrepareTunnel3Params: procedure(304, prepare, cookieOut),
  domainMigratePerform3Params: procedure(
    305,
    xdr.struct({ dom: domain, dconnuri: maybeText, params, cookieIn: cookie, flags: xdr.uint32 }),
    cookieOut,
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
  /**
   * Returns at once; the result is in the `dirtyrate` group of statistics after so many seconds (1 to 60).
   */
  domainStartDirtyRateCalc: command(427, xdr.struct({ dom: domain, seconds: xdr.int32, flags: xdr.uint32 })),
  domainAbortJobFlags: command(442, domFlags),
} as const;
