import { limits } from '../protocol/limits.ts';
import { text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { procedure, question } from './procedure.ts';

const statistic = xdr.struct({ field: text, value: xdr.uhyper });

/** The host as a machine: processors and memory. */
export const nodeProcedures = {
  nodeGetInfo: question(
    6,
    xdr.struct({
      model: xdr.characters(32),
      /** KiB. */
      memory: xdr.uhyper,
      cpus: xdr.int32,
      mhz: xdr.int32,
      nodes: xdr.int32,
      sockets: xdr.int32,
      cores: xdr.int32,
      threads: xdr.int32,
    }),
  ),
  nodeGetFreeMemory: question(102, xdr.struct({ freeMem: xdr.uhyper })),
  /** Called twice: with `nparams` 0 it tells how many there are. `cpuNum` -1 is all together; values are nanoseconds. */
  nodeGetCpuStats: procedure(
    227,
    xdr.struct({ cpuNum: xdr.int32, nparams: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ params: xdr.array(statistic, limits.nodeCpuStats), nparams: xdr.int32 }),
  ),
  /** Called twice: with `nparams` 0 it tells how many there are. `cellNum` -1 is the whole host; values are KiB. */
  nodeGetMemoryStats: procedure(
    228,
    xdr.struct({ nparams: xdr.int32, cellNum: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({
      params: xdr.array(statistic, limits.nodeMemoryStats),
      nparams: xdr.int32,
    }),
  ),
} as const;
