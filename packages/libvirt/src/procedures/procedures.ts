import { authProcedures } from './auth-procedures.ts';
import { connectProcedures } from './connect-procedures.ts';
import { domainProcedures } from './domain-procedures.ts';
import { domainStatisticsProcedures } from './domain-statistics-procedures.ts';
import { migrationProcedures } from './migration-procedures.ts';
import { networkProcedures } from './network-procedures.ts';
import { nodeProcedures } from './node-procedures.ts';
import type { Procedure } from './procedure.ts';
import { qemuProcedures } from './qemu-procedures.ts';
import { storagePoolProcedures, storageVolumeProcedures } from './storage-procedures.ts';

/**
 * The table of procedures. Names are the protocol's without their prefix, in camel case; so are fields.
 * Everything about a call is derived from here, types included.
 */
export const procedures = {
  ...connectProcedures,
  ...authProcedures,
  ...nodeProcedures,
  ...domainProcedures,
  ...domainStatisticsProcedures,
  ...migrationProcedures,
  ...storagePoolProcedures,
  ...storageVolumeProcedures,
  ...networkProcedures,
  ...qemuProcedures,
} as const;

export type ProcedureName = keyof typeof procedures;
export type ArgsOf<N extends ProcedureName> =
  (typeof procedures)[N] extends Procedure<infer A, infer _R> ? A : never;
export type ResultOf<N extends ProcedureName> =
  (typeof procedures)[N] extends Procedure<infer _A, infer R> ? R : never;
