import {
  authProcedures,
  connectProcedures,
  eventProcedures,
  streamProcedures,
} from './connect-procedures.ts';
import { cpuProcedures } from './cpu-procedures.ts';
import { domainProcedures } from './domain-procedures.ts';
import { domainBlockProcedures, domainDeviceProcedures } from './domain-device-procedures.ts';
import {
  domainCheckpointProcedures,
  domainSaveProcedures,
  domainSnapshotProcedures,
} from './domain-snapshot-procedures.ts';
import { domainGuestProcedures, qemuProcedures } from './domain-guest-procedures.ts';
import { domainProcessorProcedures, domainTuningProcedures } from './domain-tuning-procedures.ts';
import { domainStatisticsProcedures } from './domain-statistics-procedures.ts';
import {
  interfaceProcedures,
  networkProcedures,
  networkPortProcedures,
  nwfilterProcedures,
} from './network-procedures.ts';
import { migrationProcedures } from './migration-procedures.ts';
import { migrationWithoutParametersProcedures } from './migration-without-parameters-procedures.ts';
import { nodeProcedures, nodeDeviceProcedures } from './node-procedures.ts';
import type { Procedure } from './procedure.ts';
import { secretProcedures, storagePoolProcedures, storageVolumeProcedures } from './storage-procedures.ts';

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
