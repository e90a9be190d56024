import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema/schema.ts';

const cipherName = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** Of a sealed text the beginning; no XML, JSON or base64 begins with it. */
const sign = 'ferry1:';

/** A key with its name: the beginning of its SHA-256, which is no help in guessing 256 random bits. */
export interface SecretKey {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** What cannot be opened: it was sealed with a key that is not here, or has been changed or moved since. */
class NotOpened extends Error {
  override readonly name = 'NotOpened';
  readonly code = 'not-opened';
}

export function secretKey(bytes: Uint8Array): SecretKey {
  if (bytes.length !== keyBytes)
    throw new Error(`a key has ${keyBytes} bytes, and this one has ${bytes.length}`);
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes };
}

export function newSecretKey(): SecretKey {
  return secretKey(randomBytes(keyBytes));
}

/**
 * Seals and opens texts of the database: AES-256-GCM (NIST SP 800-38D) with a random nonce each, bound to the row and
 * column that it is for, so that nobody who writes to the database puts one into the place of another. 2^32 texts may
 * be sealed with one key.
 */
export class SecretKeys {
  /** What is sealed from now on is sealed with this one. */
  readonly current: SecretKey;
  readonly #byId: ReadonlyMap<string, SecretKey>;

  /** `former`: open what was sealed before. */
  constructor(current: SecretKey, former: readonly SecretKey[] = []) {
    this.current = current;
    this.#byId = new Map([current, ...former].map((key) => [key.id, key]));
  }

  get ids(): readonly string[] {
    return [...this.#byId.keys()];
  }

  /** The current one first. */
  get all(): readonly SecretKey[] {
    return [...this.#byId.values()];
  }

  /** What sealed texts begin with that are sealed with the current key. */
  get prefix(): string {
    return `${sign}${this.current.id}:`;
  }

  seal(text: string, place: string): string {
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv(cipherName, this.current.bytes, nonce).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([sealing.update(text, 'utf8'), sealing.final()]);
    return this.prefix + Buffer.concat([nonce, sealing.getAuthTag(), sealed]).toString('base64');
  }

  /** The text again; one that is not sealed is given as it is. Throws NotOpened. */
  open(sealed: string, place: string): string {
    if (!sealed.startsWith(sign)) return sealed;
    const [id = '', rest = ''] = sealed.slice(sign.length).split(':', 2);
    const key = this.#byId.get(id);
    if (key === undefined)
      throw new NotOpened(
        `${place} is sealed with the key ${id}, and the key file has ${this.ids.join(', ')}: use the key file of the controller that wrote it`,
      );
    const bytes = Buffer.from(rest, 'base64');
    try {
      const opening = createDecipheriv(cipherName, key.bytes, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      opening.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      const text = opening.update(bytes.subarray(nonceBytes + tagBytes));
      return Buffer.concat([text, opening.final()]).toString('utf8');
    } catch (cause) {
      throw new NotOpened(`${place} does not open with the key ${id}: it was changed, or is of another row`, {
        cause,
      });
    }
  }
}

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
