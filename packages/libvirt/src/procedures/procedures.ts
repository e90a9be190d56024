import { connectProcedures } from './connect-procedures.ts';
import { domainProcedures, migrationProcedures } from './domain-procedures.ts';
import type { Procedure } from './procedure.ts';
import { networkProcedures, storagePoolProcedures, storageVolumeProcedures } from './storage-procedures.ts';

/** The remote program's number and version. */
export const remoteProgram = { program: 0x20008086, version: 1 } as const;

/**
 * The table of procedures. Names are the protocol's without their prefix, in camel case; so are fields.
 * Everything about a call is derived from here, types included.
 */
export const procedures = {
  ...connectProcedures,
  ...domainProcedures,
  ...migrationProcedures,
  ...storagePoolProcedures,
  ...storageVolumeProcedures,
  ...networkProcedures,
} as const;

export type ProcedureName = keyof typeof procedures;
export type ArgsOf<N extends ProcedureName> =
  (typeof procedures)[N] extends Procedure<infer A, infer _R> ? A : never;
export type ResultOf<N extends ProcedureName> =
  (typeof procedures)[N] extends Procedure<infer _A, infer R> ? R : never;
