import type { Keypair } from '@ferry/model';
import type { Kysely, Selectable } from 'kysely';
import { atomically } from '../database/atomically.ts';
import type { KeypairTable } from '../schema/creation-schema.ts';
import type { Schema } from '../schema/schema.ts';

/** Public keys of users, by user and name. */
export class KeypairStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async of(userId: string): Promise<Keypair[]> {
    const rows = await this.#db
      .selectFrom('keypair')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('name')
      .execute();
    return rows.map(readKeypair);
  }

  async byName(userId: string, name: string): Promise<Keypair | null> {
    const row = await this.#db
      .selectFrom('keypair')
      .selectAll()
      .where('user_id', '=', userId)
      .where('name', '=', name)
      .executeTakeFirst();
    return row === undefined ? null : readKeypair(row);
  }

  /** False when its user has one of that name. */
  async add(keypair: Keypair): Promise<boolean> {
    return atomically(this.#db, async (tx) => {
      const there = await tx
        .selectFrom('keypair')
        .select('name')
        .where('user_id', '=', keypair.userId)
        .where('name', '=', keypair.name)
        .executeTakeFirst();
      if (there !== undefined) return false;
      await tx
        .insertInto('keypair')
        .values({
          user_id: keypair.userId,
          name: keypair.name,
          type: keypair.type,
          fingerprint: keypair.fingerprint,
          public_key: keypair.publicKey,
          created_at: keypair.createdAt,
        })
        .execute();
      return true;
    });
  }

  /** False when there is none. */
  async remove(userId: string, name: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('keypair')
      .where('user_id', '=', userId)
      .where('name', '=', name)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}

function readKeypair(row: Selectable<KeypairTable>): Keypair {
  return {
    userId: row.user_id,
    name: row.name,
    type: row.type as Keypair['type'],
    fingerprint: row.fingerprint,
    publicKey: row.public_key,
    createdAt: row.created_at,
  };
}
