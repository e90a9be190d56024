import type { Kysely } from 'kysely';
import type { Schema } from '../schema/schema.ts';
import type { SecretKeys } from './secret-keys.ts';

/** Columns in which secrets can stand, with what names their rows: definitions, user data, and what operations work with. */
export const sealedColumns = {
  'operation.input': ['id'],
  'operation_record.record': ['operation_id', 'position'],
  'kept_definition.xml': ['instance_id'],
  'kept_definition.domain': ['instance_id'],
  'instance_profile.user_data': ['instance_id'],
  'webhook.secret': ['id'],
} as const;

export type SealedColumn = keyof typeof sealedColumns;

/** By the part of a database's connection that its transactions share with it. */
const keysOf = new WeakMap<object, SecretKeys>();

/** From now on what is written by this database is sealed; without keys it is plain, in tests of single stores alone. */
export function useKeys(db: Kysely<Schema>, keys: SecretKeys): void {
  keysOf.set(db.getExecutor().adapter, keys);
}

/** The text as it is to be written into a column of a row. */
export function seal(db: Kysely<Schema>, column: SealedColumn, row: Row, text: string): string {
  return keysOf.get(db.getExecutor().adapter)?.seal(text, placeOf(column, row)) ?? text;
}

/** The text of a column of a row. Throws NotOpened. */
export function openSealed(db: Kysely<Schema>, column: SealedColumn, row: Row, text: string): string {
  return keysOf.get(db.getExecutor().adapter)?.open(text, placeOf(column, row)) ?? text;
}

type Row = string | readonly (string | number)[];

/** Which row and column a sealed text is for: it opens nowhere else. */
export function placeOf(column: SealedColumn, row: Row): string {
  return [column, ...(typeof row === 'string' ? [row] : row)].join('/');
}
