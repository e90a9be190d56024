import { limits } from '../protocol/limits.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';
import { domain, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

/** What domains use. A disk's `path` is its target name (`vda`) or its source. */
export const domainStatisticsProcedures = {
  domainGetInfo: procedure(
    16,
    xdr.struct({ dom: domain }),
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
        xdr.struct({
          number: xdr.uint32,
          state: xdr.int32,
          cpuTime: xdr.uhyper,
          /** The processor of the host; negative where it is not known. */
          cpu: xdr.int32,
        }),
        limits.cpuInfos,
      ),
      cpumaps: xdr.opaque(limits.cpuMapsBytes),
    }),
  ),
  /** Bytes and counts since the start; -1 where the hypervisor does not say. */
  domainBlockStats: procedure(
    64,
    xdr.struct({ dom: domain, path: text }),
    xdr.struct({
      rdReq: xdr.hyper,
      rdBytes: xdr.hyper,
      wrReq: xdr.hyper,
      wrBytes: xdr.hyper,
      errs: xdr.hyper,
    }),
  ),
  /** `device` is the interface's target name on the host. */
  domainInterfaceStats: procedure(
    65,
    xdr.struct({ dom: domain, device: text }),
    xdr.struct({
      rxBytes: xdr.hyper,
      rxPackets: xdr.hyper,
      rxErrs: xdr.hyper,
      rxDrop: xdr.hyper,
      txBytes: xdr.hyper,
      txPackets: xdr.hyper,
      txErrs: xdr.hyper,
      txDrop: xdr.hyper,
    }),
  ),
  /** Reads the guest's memory by virtual or physical address, as flags say. */
  domainMemoryPeek: procedure(
    104,
    xdr.struct({ dom: domain, offset: xdr.uhyper, size: xdr.uint32, flags: xdr.uint32 }),
    xdr.struct({ buffer: xdr.opaque(limits.memoryPeekBytes) }),
  ),
  /** Tags are `MemoryStatTag`. */
  domainMemoryStats: procedure(
    159,
    xdr.struct({ dom: domain, maxStats: xdr.uint32, flags: xdr.uint32 }),
    xdr.struct({ stats: xdr.array(xdr.struct({ tag: xdr.int32, val: xdr.uhyper }), limits.memoryStats) }),
  ),
  /** Called twice: with `nparams` 0 it tells how many there are. */
  domainBlockStatsFlags: procedure(
    243,
    xdr.struct({ dom: domain, path: text, nparams: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ params: typedParameters(limits.blockStats), nparams: xdr.int32 }),
  ),
  /** Nanoseconds; `startCpu` -1 is all together, with `nparams` 0 it tells how many there are. */
  domainGetCpuStats: procedure(
    262,
    xdr.struct({
      dom: domain,
      nparams: xdr.uint32,
      startCpu: xdr.int32,
      ncpus: xdr.uint32,
      flags: xdr.uint32,
    }),
    xdr.struct({ params: typedParameters(limits.cpuStats), nparams: xdr.int32 }),
  ),
  /** Seconds. */
  domainSetMemoryStatsPeriod: command(308, xdr.struct({ dom: domain, period: xdr.int32, flags: xdr.uint32 })),
  /** `doms` empty asks for all; `stats` 0 asks for everything the hypervisor has. */
  connectGetAllDomainStats: procedure(
    344,
    xdr.struct({ doms: xdr.array(domain, limits.listLength), stats: xdr.uint32, flags: xdr.uint32 }),
    xdr.struct({
      retStats: xdr.array(
        xdr.struct({ dom: domain, params: typedParameters(limits.domainStats) }),
        limits.listLength,
      ),
    }),
  ),
} as const;
