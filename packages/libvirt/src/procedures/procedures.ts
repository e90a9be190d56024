import { authProcedures } from './auth-procedures.ts';
import { connectProcedures } from './connect-procedures.ts';
import { cpuProcedures } from './cpu-procedures.ts';
import { domainProcedures } from './domain-procedures.ts';
import { domainBlockProcedures } from './domain-block-procedures.ts';
import { domainCheckpointProcedures } from './domain-checkpoint-procedures.ts';
import { domainDeviceProcedures } from './domain-device-procedures.ts';
import { domainGuestProcedures } from './domain-guest-procedures.ts';
import { domainProcessorProcedures } from './domain-processor-procedures.ts';
import { domainSaveProcedures } from './domain-save-procedures.ts';
import { domainSnapshotProcedures } from './domain-snapshot-procedures.ts';
import { domainStatisticsProcedures } from './domain-statistics-procedures.ts';
import { domainTuningProcedures } from './domain-tuning-procedures.ts';
import { eventProcedures } from './event-procedures.ts';
import { interfaceProcedures } from './interface-procedures.ts';
import { migrationProcedures } from './migration-procedures.ts';
import { migrationWithoutParametersProcedures } from './migration-without-parameters-procedures.ts';
import { networkProcedures } from './network-procedures.ts';
import { networkPortProcedures } from './network-port-procedures.ts';
import { nodeProcedures } from './node-procedures.ts';
import { nodeDeviceProcedures } from './node-device-procedures.ts';
import { nwfilterProcedures } from './nwfilter-procedures.ts';
import type { Procedure } from './procedure.ts';
import { qemuProcedures } from './qemu-procedures.ts';
import { secretProcedures } from './secret-procedures.ts';
import { streamProcedures } from './stream-procedures.ts';
import { storagePoolProcedures } from './storage-pool-procedures.ts';
import { storageVolumeProcedures } from './storage-volume-procedures.ts';

/**
 * The table of procedures. Names are the protocol's without their prefix, in camel case; so are fields.
 * Everything about a call is derived from here, types included.
 */
export const procedures = {
  ...connectProcedures,
  ...authProcedures,
  ...nodeProcedures,
  ...nodeDeviceProcedures,
  ...cpuProcedures,
  ...domainProcedures,
  ...domainDeviceProcedures,
  ...domainProcessorProcedures,
  ...domainTuningProcedures,
  ...domainStatisticsProcedures,
  ...domainBlockProcedures,
  ...domainGuestProcedures,
  ...domainSaveProcedures,
  ...domainSnapshotProcedures,
  ...domainCheckpointProcedures,
  ...migrationProcedures,
  ...migrationWithoutParametersProcedures,
  ...storagePoolProcedures,
  ...storageVolumeProcedures,
  ...networkProcedures,
  ...networkPortProcedures,
  ...nwfilterProcedures,
  ...interfaceProcedures,
  ...secretProcedures,
  ...qemuProcedures,
  ...eventProcedures,
  ...streamProcedures,
} as const;

/** The name of a procedure of the table. */
export type ProcedureName = keyof typeof procedures;
/** What a procedure takes. */
export type ArgsOf<N extends ProcedureName> =
  (typeof procedures)[N] extends Procedure<infer A, infer _R> ? A : never;
/** What a procedure returns; undefined for one that returns nothing. */
export type ResultOf<N extends ProcedureName> =
  (typeof procedures)[N] extends Procedure<infer _A, infer R> ? R : never;
