import type { Kysely } from 'kysely';
import { databaseNowMs } from './clock.ts';
import type { Schema } from '../schema/schema.ts';

/** Locks that controllers have of each other, each for a lease by the clock of the database. */
export class LockStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** Takes a lock that is free or whose lease is over; null, or who has it. */
  async take(key: string, token: string, holder: string, leaseMs: number): Promise<string | null> {
    const now = databaseNowMs(this.#db);
    const taken = await this.#db
      .insertInto('controller_lock')
      .values((values) => ({ key, token, holder, lease_until: values(now, '+', leaseMs) }))
      .onConflict((conflict) =>
        conflict
          .column('key')
          .doUpdateSet((set) => ({ token, holder, lease_until: set(now, '+', leaseMs) }))
          .where('controller_lock.lease_until', '<', now),
      )
      .returning('token')
      .executeTakeFirst();
    if (taken !== undefined) return null;
    const there = await this.#db
      .selectFrom('controller_lock')
      .select('holder')
      .where('key', '=', key)
      .executeTakeFirst();
    return there?.holder ?? 'one that has just ended';
  }

  /** Lengthens a lease; false when somebody else has the lock. */
  async renew(key: string, token: string, leaseMs: number): Promise<boolean> {
    const row = await this.#db
      .updateTable('controller_lock')
      .set((set) => ({ lease_until: set(databaseNowMs(this.#db), '+', leaseMs) }))
      .where('key', '=', key)
      .where('token', '=', token)
      .returning('token')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Gives it free, unless it is somebody else's by now. */
  async release(key: string, token: string): Promise<void> {
    await this.#db.deleteFrom('controller_lock').where('key', '=', key).where('token', '=', token).execute();
  }
}
