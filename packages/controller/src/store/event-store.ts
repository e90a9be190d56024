import { EventEmitter, on } from 'node:events';
import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.ts';
import type { Now } from './store.ts';

/** Something that happened, in the order it was written. */
export interface StoredEvent {
  readonly sequence: number;
  readonly at: string;
  readonly kind: string;
  readonly subjectId: string;
  readonly message: string;
}

/** What is to be told. */
export type NewEvent = Pick<StoredEvent, 'kind' | 'subjectId' | 'message'>;

const batch = 500;

/** Events, written in the transaction of the change that they tell of, and followed from any point. */
export class EventStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;
  readonly #wake = new EventEmitter({ captureRejections: true });

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
    this.#wake.setMaxListeners(0);
  }

  /** Writes an event inside a transaction; followers are woken by `committed`. */
  async write(tx: Transaction<Schema>, event: NewEvent): Promise<void> {
    await tx
      .insertInto('event')
      .values({ at: this.#now(), kind: event.kind, subject_id: event.subjectId, message: event.message })
      .execute();
  }

  /** Wakes those who follow, after the transaction is done. */
  committed(): void {
    this.#wake.emit('written');
  }

  async after(sequence: number): Promise<StoredEvent[]> {
    const rows = await this.#db
      .selectFrom('event')
      .selectAll()
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(batch)
      .execute();
    return rows.map((row) => ({
      sequence: row.sequence,
      at: row.at,
      kind: row.kind,
      subjectId: row.subject_id,
      message: row.message,
    }));
  }

  /** The number of the last event; 0 when there is none. */
  async last(): Promise<number> {
    const row = await this.#db
      .selectFrom('event')
      .select((select) => select.fn.max<number | null>('sequence').as('last'))
      .executeTakeFirst();
    return row?.last ?? 0;
  }

  /** Everything after a sequence number (null: from now on) and then what comes, until the signal. */
  async *follow(after: number | null, signal: AbortSignal): AsyncGenerator<StoredEvent> {
    // Listening starts before the first read: what is written in between wakes the loop once more.
    const written = on(this.#wake, 'written', { signal });
    let last = after ?? (await this.last());
    try {
      while (!signal.aborted) {
        const events = await this.after(last);
        for (const event of events) {
          yield event;
          last = event.sequence;
        }
        if (events.length < batch) await written.next();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
