import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Role } from '@ferry/model';
import type { Kysely, Transaction } from 'kysely';
import type { Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';

/** Bearer tokens by their hash: what is read from the database cannot be used as one. */
export class TokenStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
  }

  async roleOf(token: string): Promise<Role | null> {
    const row = await this.#db
      .selectFrom('token')
      .select('role')
      .where('hash', '=', hashOf(token))
      .executeTakeFirst();
    return row === undefined ? null : (row.role as Role);
  }

  /** Makes the token of a name once; null when that name has one already. */
  async ensure(name: string, role: Role): Promise<string | null> {
    const there = await this.#db.selectFrom('token').select('id').where('name', '=', name).executeTakeFirst();
    if (there !== undefined) return null;
    return this.#make(name, role);
  }

  /** Replaces the token of a name, when the old one was lost. */
  async renew(name: string, role: Role): Promise<string> {
    await this.#db.deleteFrom('token').where('name', '=', name).execute();
    return this.#make(name, role);
  }

  async #make(name: string, role: Role): Promise<string> {
    const token = `ferry_${randomBytes(32).toString('base64url')}`;
    await this.#db
      .insertInto('token')
      .values({ id: randomUUID(), name, role, hash: hashOf(token), created_at: this.#now() })
      .execute();
    return token;
  }
}

// A token is 256 random bits, so a plain fast hash is enough: there is nothing to guess.
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Whose tokens: all of a user's, all for a project, or those of one user for one target. */
export type TokensOf =
  | { readonly userId: string }
  | { readonly projectId: string }
  | { readonly userId: string; readonly targetKind: string; readonly targetId: string }
  | { readonly applicationCredentialId: string };

/** Ends tokens in the transaction of whatever takes their ground away. */
export async function endTokens(tx: Transaction<Schema>, whose: TokensOf): Promise<void> {
  let tokens = tx.deleteFrom('identity_token');
  if ('applicationCredentialId' in whose)
    tokens = tokens.where('application_credential_id', '=', whose.applicationCredentialId);
  else if ('projectId' in whose)
    tokens = tokens.where('target_kind', '=', 'project').where('target_id', '=', whose.projectId);
  else tokens = tokens.where('user_id', '=', whose.userId);
  if ('targetKind' in whose)
    tokens = tokens.where('target_kind', '=', whose.targetKind).where('target_id', '=', whose.targetId);
  await tokens.execute();
}
