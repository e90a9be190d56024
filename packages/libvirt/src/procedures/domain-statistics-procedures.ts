import { limits } from '../protocol/limits.ts';
import { typedParameter } from '../protocol/typed-parameter.ts';
import { domain, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { command, procedure } from './procedure.ts';

const dom = xdr.struct({ dom: domain });
const disk = xdr.struct({ dom: domain, path: text, flags: xdr.uint32 });

/** What domains use, and the jobs of their disks. A disk's `path` is its target name (`vda`) or its source. */
export const domainStatisticsProcedures = {
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
  domainMemoryStats: procedure(
    159,
    xdr.struct({ dom: domain, maxStats: xdr.uint32, flags: xdr.uint32 }),
    xdr.struct({ stats: xdr.array(xdr.struct({ tag: xdr.int32, val: xdr.uhyper }), limits.memoryStats) }),
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
  /** Bytes. */
  domainGetBlockInfo: procedure(
    194,
    disk,
    xdr.struct({ allocation: xdr.uhyper, capacity: xdr.uhyper, physical: xdr.uhyper }),
  ),
  domainBlockJobAbort: command(237, disk),
  /** `found` is false when the disk has no job; then the rest is zero. */
  domainGetBlockJobInfo: procedure(
    238,
    disk,
    xdr.struct({ found: xdr.flag, type: xdr.int32, bandwidth: xdr.uhyper, cur: xdr.uhyper, end: xdr.uhyper }),
  ),
  /** Called twice: with `nparams` 0 it tells how many there are. */
  domainBlockStatsFlags: procedure(
    243,
    xdr.struct({ dom: domain, path: text, nparams: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ params: xdr.array(typedParameter, limits.blockStats), nparams: xdr.int32 }),
  ),
  /** `doms` empty asks for all; `stats` 0 asks for everything the hypervisor has. */
  connectGetAllDomainStats: procedure(
    344,
    xdr.struct({ doms: xdr.array(domain, limits.listLength), stats: xdr.uint32, flags: xdr.uint32 }),
    xdr.struct({
      retStats: xdr.array(
        xdr.struct({ dom: domain, params: xdr.array(typedParameter, limits.domainStats) }),
        limits.listLength,
      ),
    }),
  ),
} as const;
