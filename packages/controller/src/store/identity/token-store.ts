import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Role } from '@ferry/model';
import type { Kysely } from 'kysely';
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
