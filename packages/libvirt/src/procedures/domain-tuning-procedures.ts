import * as xdr from '../xdr/codec.ts';
import { limits } from '../protocol/limits.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';
import { domain, maybeText, text } from '../protocol/types.ts';
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

const dom = xdr.struct({ dom: domain });
const schedulerParams = xdr.struct({ params: typedParameters(limits.schedulerParams) });
const iothread = xdr.struct({ dom: domain, iothreadId: xdr.uint32, flags: xdr.uint32 });

/**
 * Virtual processors and I/O threads of a domain: how many, and where on the host they run. A `cpumap` has a bit
 * for each processor of the host, the lowest bit of the first byte for the first; `maplen` is its length in bytes.
 * What takes `nparams` is called twice: with 0 it tells how many there are.
 */
export const domainProcessorProcedures = {
  domainGetMaxVcpus: procedure(18, dom, xdr.struct({ num: xdr.int32 })),
  domainPinVcpu: command(
    26,
    xdr.struct({ dom: domain, vcpu: xdr.uint32, cpumap: xdr.opaque(limits.cpuMapBytes) }),
  ),
  domainSetVcpus: command(32, xdr.struct({ dom: domain, nvcpus: xdr.uint32 })),
  domainGetSchedulerType: procedure(56, dom, xdr.struct({ type: text, nparams: xdr.int32 })),
  domainGetSchedulerParameters: procedure(
    57,
    xdr.struct({ dom: domain, nparams: xdr.int32 }),
    schedulerParams,
  ),
  domainSetSchedulerParameters: command(
    58,
    xdr.struct({ dom: domain, params: typedParameters(limits.schedulerParams) }),
  ),
  domainSetVcpusFlags: command(199, xdr.struct({ dom: domain, nvcpus: xdr.uint32, flags: xdr.uint32 })),
  domainGetVcpusFlags: procedure(200, domFlags, xdr.struct({ num: xdr.int32 })),
  domainSetSchedulerParametersFlags: command(
    219,
    xdr.struct({ dom: domain, params: typedParameters(limits.schedulerParams), flags: xdr.uint32 }),
  ),
  domainGetSchedulerParametersFlags: procedure(
    223,
    xdr.struct({ dom: domain, nparams: xdr.int32, flags: xdr.uint32 }),
    schedulerParams,
  ),
  domainPinVcpuFlags: command(
    225,
    xdr.struct({ dom: domain, vcpu: xdr.uint32, cpumap: xdr.opaque(limits.cpuMapBytes), flags: xdr.uint32 }),
  ),
  domainGetVcpuPinInfo: procedure(
    230,
    xdr.struct({ dom: domain, ncpumaps: xdr.int32, maplen: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ cpumaps: xdr.opaque(limits.cpuMapsBytes), num: xdr.int32 }),
  ),
  domainPinEmulator: command(
    279,
    xdr.struct({ dom: domain, cpumap: xdr.opaque(limits.cpuMapBytes), flags: xdr.uint32 }),
  ),
  domainGetEmulatorPinInfo: procedure(
    280,
    xdr.struct({ dom: domain, maplen: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ cpumaps: xdr.opaque(limits.cpuMapsBytes), ret: xdr.int32 }),
  ),
  domainGetIothreadInfo: procedure(
    351,
    domFlags,
    xdr.struct({
      info: xdr.array(
        xdr.struct({ iothreadId: xdr.uint32, cpumap: xdr.opaque(limits.cpuMapBytes) }),
        limits.iothreads,
      ),
      ret: xdr.uint32,
    }),
  ),
  domainPinIothread: command(
    352,
    xdr.struct({
      dom: domain,
      iothreadsId: xdr.uint32,
      cpumap: xdr.opaque(limits.cpuMapBytes),
      flags: xdr.uint32,
    }),
  ),
  domainAddIothread: command(355, iothread),
  domainDelIothread: command(356, iothread),
  /** Processors as `0,2-3`, plugged or not. */
  domainSetVcpu: command(384, xdr.struct({ dom: domain, cpumap: text, state: xdr.flag, flags: xdr.uint32 })),
  domainSetIothreadParams: command(
    402,
    xdr.struct({
      dom: domain,
      iothreadId: xdr.uint32,
      params: typedParameters(limits.iothreadParams),
      flags: xdr.uint32,
    }),
  ),
} as const;
