import { limits } from '../protocol/limits.ts';
import { domain, maybeText, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

const cookie = xdr.opaque(limits.migrateCookieBytes);
const cookieOut = xdr.struct({ cookieOut: cookie });

/**
 * The phases of migration in their first form of version 3, for daemons older than libvirt 1.1: where
 * `connectSupportsFeature` says no to parameters. `resource` is a bandwidth in MiB a second, 0 for libvirt's own.
 */
export const migrationWithoutParametersProcedures = {
  domainMigrateBegin3: procedure(
    213,
    xdr.struct({ dom: domain, xmlin: maybeText, flags: xdr.uhyper, dname: maybeText, resource: xdr.uhyper }),
    xdr.struct({ cookieOut: cookie, xml: text }),
  ),
  domainMigratePrepare3: procedure(
    214,
    xdr.struct({
      cookieIn: cookie,
      uriIn: maybeText,
      flags: xdr.uhyper,
      dname: maybeText,
      resource: xdr.uhyper,
      domXml: text,
    }),
    xdr.struct({ cookieOut: cookie, uriOut: maybeText }),
  ),
  /** Opens a stream that carries the guest; only daemons call it. */
  domainMigratePrepareTunnel3: procedure(
    215,
    xdr.struct({ cookieIn: cookie, flags: xdr.uhyper, dname: maybeText, resource: xdr.uhyper, domXml: text }),
    cookieOut,
  ),
  domainMigratePerform3: procedure(
    216,
    xdr.struct({
      dom: domain,
      xmlin: maybeText,
      cookieIn: cookie,
      dconnuri: maybeText,
      uri: maybeText,
      flags: xdr.uhyper,
      dname: maybeText,
      resource: xdr.uhyper,
    }),
    cookieOut,
  ),
  domainMigrateFinish3: procedure(
    217,
    xdr.struct({
      dname: text,
      cookieIn: cookie,
      dconnuri: maybeText,
      uri: maybeText,
      flags: xdr.uhyper,
      cancelled: xdr.flag,
    }),
    xdr.struct({ dom: domain, cookieOut: cookie }),
  ),
  domainMigrateConfirm3: command(
    218,
    xdr.struct({ dom: domain, cookieIn: cookie, flags: xdr.uhyper, cancelled: xdr.flag }),
  ),
} as const;
