import { limits } from '../protocol/limits.ts';
import { maybeText, text } from '../protocol/types.ts';
import * as xdr from '../xdr/codec.ts';
import { procedure } from './procedure.ts';

/** What processors a host can give its guests. */
export const cpuProcedures = {
  /** How many processors a guest may have; `type` is a domain type such as `kvm`. */
  connectGetMaxVcpus: procedure(5, xdr.struct({ type: maybeText }), xdr.struct({ maxVcpus: xdr.int32 })),
  /** Answers in `CpuComparison`. */
  connectCompareCpu: procedure(
    158,
    xdr.struct({ xml: text, flags: xdr.uint32 }),
    xdr.struct({ result: xdr.int32 }),
  ),
  /** The richest processor that all of the given hosts have. */
  connectBaselineCpu: procedure(
    162,
    xdr.struct({ xmlCpus: xdr.array(text, limits.cpuBaselines), flags: xdr.uint32 }),
    xdr.struct({ cpu: text }),
  ),
  /** `ret` is how many there are, also when `needResults` is 0. */
  connectGetCpuModelNames: procedure(
    312,
    xdr.struct({ arch: text, needResults: xdr.int32, flags: xdr.uint32 }),
    xdr.struct({ models: xdr.array(text, limits.cpuModels), ret: xdr.int32 }),
  ),
  connectGetDomainCapabilities: procedure(
    342,
    xdr.struct({
      emulatorbin: maybeText,
      arch: maybeText,
      machine: maybeText,
      virttype: maybeText,
      flags: xdr.uint32,
    }),
    xdr.struct({ capabilities: text }),
  ),
  /** As `connectCompareCpu`, against what the hypervisor can give in place of what the host has. */
  connectCompareHypervisorCpu: procedure(
    393,
    xdr.struct({
      emulator: maybeText,
      arch: maybeText,
      machine: maybeText,
      virttype: maybeText,
      xmlCpu: text,
      flags: xdr.uint32,
    }),
    xdr.struct({ result: xdr.int32 }),
  ),
  /** As `connectBaselineCpu`, of what hypervisors can give. */
  connectBaselineHypervisorCpu: procedure(
    394,
    xdr.struct({
      emulator: maybeText,
      arch: maybeText,
      machine: maybeText,
      virttype: maybeText,
      xmlCpus: xdr.array(text, limits.cpuBaselines),
      flags: xdr.uint32,
    }),
    xdr.struct({ cpu: text }),
  ),
} as const;
