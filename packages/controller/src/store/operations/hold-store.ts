import type { Instance } from '@ferry/model';
import type { Kysely } from 'kysely';
import { byLocks } from '../database/atomically.ts';
import type { EventStore } from './event-store.ts';
import { type Lease, requireLease } from '../database/lease.ts';
import type { Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';
import { type EndOfHold, freeInstance, type NewHold, takeInstance } from './take-instance.ts';

/** Holding an instance for an operation: nothing else is done to it meanwhile, and what hosts show of it is no drift. */
export class HoldStore {
  readonly #db: Kysely<Schema>;
  readonly #events: EventStore;
  readonly #now: Now;
  readonly #lease: Lease | null;

  /** With a lease, it ends a hold only as long as nobody has taken the operation over; else throws LeaseLost. */
  constructor(db: Kysely<Schema>, events: EventStore, now: Now, lease: Lease | null = null) {
    this.#db = db;
    this.#events = events;
    this.#now = now;
    this.#lease = lease;
  }

  /**
   * Takes an instance that is still as its reader saw it, and writes the operation and the action down: all or nothing.
   * False when it has changed meanwhile, or something else holds it.
   */
  async begin(instance: Instance, hold: NewHold): Promise<boolean> {
    const held = await byLocks(this.#db, (tx) => takeInstance(tx, this.#events, instance, hold, this.#now()));
    if (held) this.#events.committed();
    return held;
  }

  /** Frees the instance and tells how it went. Doing it twice changes nothing. */
  async end(operationId: string, instanceId: string, end: EndOfHold): Promise<void> {
    const ended = await byLocks(this.#db, async (tx) => {
      await requireLease(tx, this.#lease);
      const at = this.#now();
      const message = end.failure?.message ?? `power ${end.states?.powerState ?? 'as before'}`;
      if (!(await freeInstance(tx, this.#events, operationId, instanceId, { ...end, message }, at)))
        return false;
      if (end.states?.powerState === 'running') {
        await tx
          .updateTable('instance_profile')
          .set({ launched_at: at })
          .where('instance_id', '=', instanceId)
          .where('launched_at', 'is', null)
          .execute();
      }
      return true;
    });
    if (ended) this.#events.committed();
  }
}
