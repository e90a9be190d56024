import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema/schema.ts';
import type { SecretKeys } from './secret-keys.ts';

const nonceBytes = 12;
const tagBytes = 16;

/** A text that only who has the token can read (AES-256-GCM): of the token nothing but a hash is kept beside it. */
export function sealText(text: string, token: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', keyOf(token), nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** The text again. Throws for one that was sealed with another token. */
export function openText(sealed: string, token: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', keyOf(token), bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  const text = decipher.update(bytes.subarray(nonceBytes + tagBytes));
  return Buffer.concat([text, decipher.final()]).toString('utf8');
}

/** A token is 256 random bits: a key of its own for this use is drawn from it (RFC 5869). */
function keyOf(token: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', token, '', 'ferry sealed text', 32));
}

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
