import type { Kysely, Transaction } from 'kysely';
import { databaseNowMs } from './clock.ts';
import type { Schema } from '../schema/schema.ts';
import { isShared } from './atomically.ts';

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

/** The right of one controller to carry an operation on. Whoever takes it over gets a higher fence number. */
export interface Lease {
  readonly operationId: string;
  readonly fence: number;
}

/** Another controller carries the operation on: nothing was written. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  readonly code = 'lease-lost';

  constructor({ operationId, fence }: Lease) {
    super(`operation ${operationId} is another controller's now: the lease of fence ${fence} is over`);
  }
}

/**
 * Throws LeaseLost when the operation was taken over; null is whoever writes without being its runner, an operator for
 * one. To be asked in the transaction of the write that it allows: in PostgreSQL the row stays locked against a take-over
 * until that is done.
 */
export async function requireLease(tx: Transaction<Schema>, lease: Lease | null): Promise<void> {
  if (lease === null) return;
  const query = tx
    .selectFrom('operation')
    .select('fence')
    .where('id', '=', lease.operationId)
    .where('fence', '=', lease.fence);
  const row = await (isShared(tx) ? query.forShare() : query).executeTakeFirst();
  if (row === undefined) throw new LeaseLost(lease);
}
