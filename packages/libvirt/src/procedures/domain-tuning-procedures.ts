import { limits } from '../protocol/limits.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';
import { domain, maybeText, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

const memory = xdr.struct({ dom: domain, memory: xdr.uhyper });
const domCount = xdr.struct({ dom: domain, nparams: xdr.int32, flags: xdr.uint32 });
const domFlags = xdr.struct({ dom: domain, flags: xdr.uint32 });

/**
 * Memory of a domain (KiB), its share of the host, and what else can be set while it runs. What takes `nparams` is
 * called twice: with 0 it tells how many there are. Parameters that are text are left out of an answer, and of that
 * count, unless `TypedParameterFlag.stringOkay` is among the flags.
 */
export const domainTuningProcedures = {
  domainGetMaxMemory: procedure(17, xdr.struct({ dom: domain }), xdr.struct({ memory: xdr.uhyper })),
  domainSetMaxMemory: command(30, memory),
  domainSetMemory: command(31, memory),
  domainSetMemoryParameters: command(
    197,
    xdr.struct({ dom: domain, params: typedParameters(limits.memoryParams), flags: xdr.uint32 }),
  ),
  domainGetMemoryParameters: procedure(
    198,
    domCount,
    xdr.struct({ params: typedParameters(limits.memoryParams), nparams: xdr.int32 }),
  ),
  domainSetMemoryFlags: command(204, xdr.struct({ dom: domain, memory: xdr.uhyper, flags: xdr.uint32 })),
  domainSetBlkioParameters: command(
    205,
    xdr.struct({ dom: domain, params: typedParameters(limits.blkioParams), flags: xdr.uint32 }),
  ),
  domainGetBlkioParameters: procedure(
    206,
    domCount,
    xdr.struct({ params: typedParameters(limits.blkioParams), nparams: xdr.int32 }),
  ),
  domainSetBlockIoTune: command(
    252,
    xdr.struct({
      dom: domain,
      disk: text,
      params: typedParameters(limits.blockIoTuneParams),
      flags: xdr.uint32,
    }),
  ),
  domainGetBlockIoTune: procedure(
    253,
    xdr.struct({ dom: domain, disk: maybeText, nparams: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ params: typedParameters(limits.blockIoTuneParams), nparams: xdr.int32 }),
  ),
  domainSetNumaParameters: command(
    254,
    xdr.struct({ dom: domain, params: typedParameters(limits.numaParams), flags: xdr.uint32 }),
  ),
  domainGetNumaParameters: procedure(
    255,
    domCount,
    xdr.struct({ params: typedParameters(limits.numaParams), nparams: xdr.int32 }),
  ),
  domainGetPerfEvents: procedure(365, domFlags, xdr.struct({ params: typedParameters(limits.perfEvents) })),
  domainSetPerfEvents: command(
    366,
    xdr.struct({ dom: domain, params: typedParameters(limits.perfEvents), flags: xdr.uint32 }),
  ),
  /** What is done when the guest ends: `LifecycleType` and `LifecycleAction`. */
  domainSetLifecycleAction: command(
    390,
    xdr.struct({ dom: domain, type: xdr.uint32, action: xdr.uint32, flags: xdr.uint32 }),
  ),
  /** Of SEV: its measurement and policy. */
  domainGetLaunchSecurityInfo: procedure(
    396,
    domFlags,
    xdr.struct({ params: typedParameters(limits.launchSecurityInfo) }),
  ),
  domainSetLaunchSecurityState: command(
    439,
    xdr.struct({ dom: domain, params: typedParameters(limits.launchSecurityState), flags: xdr.uint32 }),
  ),
} as const;
