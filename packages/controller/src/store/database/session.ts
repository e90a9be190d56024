import type { Kysely, Transaction } from 'kysely';
import type { EventStore, NewEvent } from '../operations/event-store.ts';
import type { Schema } from '../schema/schema.ts';
import { atomically, byLocks } from './atomically.ts';
import type { Now } from './clock.ts';
import { type Lease, requireLease } from './lock-store.ts';

/** What one transaction writes with. */
export interface Writing {
  readonly tx: Transaction<Schema>;
  /** Writes an event beside the change that it tells of; followers are woken once the transaction is done. */
  readonly tell: (event: NewEvent) => Promise<void>;
}

/**
 * How a store writes: under whose lease, by which clock, and whom it tells. Lease, transaction, events and the waking of
 * followers belong together, and are in this one place.
 */
export class Session {
  readonly db: Kysely<Schema>;
  readonly now: Now;
  readonly #events: EventStore;
  readonly #lease: Lease | null;

  /** With a lease, nothing is written once somebody has taken its operation over: `LeaseLost` is thrown. */
  constructor(db: Kysely<Schema>, events: EventStore, now: Now, lease: Lease | null) {
    this.db = db;
    this.now = now;
    this.#events = events;
    this.#lease = lease;
  }

  /** All of the work or nothing of it, which locks whatever it decides on before it reads it (`byLocks`). */
  write<T>(work: (writing: Writing) => Promise<T>): Promise<T> {
    return this.#commit(byLocks, work);
  }

  /** The same as if nobody else were at the database, for work that locks nothing (`atomically`). */
  writeAlone<T>(work: (writing: Writing) => Promise<T>): Promise<T> {
    return this.#commit(atomically, work);
  }

  async #commit<T>(transaction: typeof byLocks, work: (writing: Writing) => Promise<T>): Promise<T> {
    let told = false;
    const result = await transaction(this.db, async (tx) => {
      // A transaction that is done again has told nothing yet.
      told = false;
      await requireLease(tx, this.#lease);
      const tell = async (event: NewEvent): Promise<void> => {
        await this.#events.write(tx, event);
        told = true;
      };
      return work({ tx, tell });
    });
    if (told) this.#events.committed();
    return result;
  }
}
