import * as xdr from '../xdr/codec.ts';
import { limits } from '../protocol/limits.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';
import { domain, text, maybeText } from '../protocol/types.ts';
import { command, procedure, since } from './procedure.ts';

const device = xdr.struct({ dom: domain, xml: text, flags: xdr.uint32 });

/**
 * Devices of a domain, and what its interfaces may take. `device` is an interface's target name or MAC address.
 */
export const domainDeviceProcedures = {
  domainAttachDevice: command(8, xdr.struct({ dom: domain, xml: text })),
  domainDetachDevice: command(13, xdr.struct({ dom: domain, xml: text })),
  domainAttachDeviceFlags: command(160, device),
  domainDetachDeviceFlags: command(161, device),
  domainUpdateDeviceFlags: command(174, device),
  domainSetInterfaceParameters: command(
    256,
    xdr.struct({
      dom: domain,
      device: text,
      params: typedParameters(limits.interfaceParams),
      flags: xdr.uint32,
    }),
  ),
  domainGetInterfaceParameters: procedure(
    257,
    xdr.struct({ dom: domain, device: text, nparams: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ params: typedParameters(limits.interfaceParams), nparams: xdr.int32 }),
  ),
  domainDetachDeviceAlias: command(392, xdr.struct({ dom: domain, alias: text, flags: xdr.uint32 })),
} as const;

const disk = xdr.struct({ dom: domain, path: text, flags: xdr.uint32 });
const bandwidth = xdr.struct({ dom: domain, path: text, bandwidth: xdr.uhyper, flags: xdr.uint32 });

/**
 * Disks of a domain, and the jobs on them. `path` and `disk` are a target name (`vda`) or the path of its source.
 * Bandwidths are MiB a second, or bytes with the flag for it.
 */
export const domainBlockProcedures = {
  /** Reads up to so many bytes of a disk as the guest sees it. */
  domainBlockPeek: procedure(
    103,
    xdr.struct({ dom: domain, path: text, offset: xdr.uhyper, size: xdr.uint32, flags: xdr.uint32 }),
    xdr.struct({ buffer: xdr.opaque(limits.blockPeekBytes) }),
  ),
  /** Bytes. */
  domainGetBlockInfo: procedure(
    194,
    disk,
    xdr.struct({ allocation: xdr.uhyper, capacity: xdr.uhyper, physical: xdr.uhyper }),
  ),
  domainBlockJobAbort: command(237, disk),
  /**
   * `found` is false when the disk has no job; then the rest is zero. The job is at `cur` of `end`, in units of
   * its own.
   */
  domainGetBlockJobInfo: procedure(
    238,
    disk,
    xdr.struct({ found: xdr.flag, type: xdr.int32, bandwidth: xdr.uhyper, cur: xdr.uhyper, end: xdr.uhyper }),
  ),
  domainBlockJobSetSpeed: command(239, bandwidth),
  domainBlockPull: command(240, bandwidth),
  /** `size` in KiB, or in bytes with the flag for it. */
  domainBlockResize: command(
    251,
    xdr.struct({ dom: domain, disk: text, size: xdr.uhyper, flags: xdr.uint32 }),
  ),
  /** Called twice: with `maxerrors` 0 it tells how many there are. */
  domainGetDiskErrors: procedure(
    263,
    xdr.struct({ dom: domain, maxerrors: xdr.uint32, flags: xdr.uint32 }),
    xdr.struct({
      errors: xdr.array(xdr.struct({ disk: text, error: xdr.int32 }), limits.diskErrors),
      nerrors: xdr.int32,
    }),
  ),
  domainBlockRebase: command(
    266,
    xdr.struct({ dom: domain, path: text, base: maybeText, bandwidth: xdr.uhyper, flags: xdr.uint32 }),
  ),
  /** `base` null is the lowest of the chain, `top` null the active one. */
  domainBlockCommit: command(
    290,
    xdr.struct({
      dom: domain,
      disk: text,
      base: maybeText,
      top: maybeText,
      bandwidth: xdr.uhyper,
      flags: xdr.uint32,
    }),
  ),
  /**
   * `destxml` is a `<disk>`; parameters are `bandwidth` (bytes a second), `granularity` and `buf-size` (bytes).
   */
  domainBlockCopy: command(
    345,
    xdr.struct({
      dom: domain,
      path: text,
      destxml: text,
      params: typedParameters(limits.blockCopyParams),
      flags: xdr.uint32,
    }),
  ),
  /** An event comes once more than so many bytes of the image are written. */
  domainSetBlockThreshold: command(
    386,
    xdr.struct({ dom: domain, dev: text, threshold: xdr.uhyper, flags: xdr.uint32 }),
  ),
  /**
   * The group's name must be among the parameters too, as `group_name`: without it libvirt 11.3 makes a group that
   * keeps the domain from being saved.
   */
  domainSetThrottleGroup: since(
    '11.2',
    command(
      451,
      xdr.struct({
        dom: domain,
        group: text,
        params: typedParameters(limits.blockIoTuneParams),
        flags: xdr.uint32,
      }),
    ),
  ),
  domainDelThrottleGroup: since(
    '11.2',
    command(452, xdr.struct({ dom: domain, group: maybeText, flags: xdr.uint32 })),
  ),
} as const;
