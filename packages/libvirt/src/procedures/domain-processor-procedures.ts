import { limits } from '../protocol/limits.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';
import { domain, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

const dom = xdr.struct({ dom: domain });
const schedulerParams = xdr.struct({ params: typedParameters(limits.schedulerParams) });
const domFlags = xdr.struct({ dom: domain, flags: xdr.uint32 });
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
