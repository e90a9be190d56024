import { EventEmitter, once } from 'node:events';
import { type Kysely, sql, type Transaction } from 'kysely';
import { isShared } from '../database/atomically.ts';
import type { Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';

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

/** Which events are followed. Undefined: no matter. */
interface EventQuery {
  readonly kind?: string | undefined;
  /** Id of what it happened to. */
  readonly subject?: string | undefined;
}

const batch = 500;
/** Pause between two looks for what other controllers wrote. */
const lookMs = 500;
/** Any number, as long as all controllers take the same. */
const eventLock = 7_211_953;

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
    // Numbers become visible in their order only if no two are given out at once: a follower must not pass one by.
    if (isShared(tx)) await sql`select pg_advisory_xact_lock(${sql.lit(eventLock)})`.execute(tx);
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

  /** Those that happened to one thing, oldest first, so many at most. */
  async of(subjectId: string, most: number): Promise<StoredEvent[]> {
    const rows = await this.#db
      .selectFrom('event')
      .selectAll()
      .where('subject_id', '=', subjectId)
      .orderBy('sequence')
      .limit(most)
      .execute();
    return rows.map(({ sequence, at, kind, message }) => ({ sequence, at, kind, subjectId, message }));
  }

  /** The number of the last event; 0 when there is none. */
  async last(): Promise<number> {
    const row = await this.#db
      .selectFrom('event')
      .select((select) => select.fn.max<number | null>('sequence').as('last'))
      .executeTakeFirst();
    return row?.last ?? 0;
  }

  /** Everything that fits after a sequence number (null: from now on) and then what comes, until the signal. */
  async *follow(
    after: number | null,
    signal: AbortSignal,
    { kind, subject }: EventQuery = {},
  ): AsyncGenerator<StoredEvent> {
    let last = after ?? (await this.last());
    while (!signal.aborted) {
      // Listening starts before the read: what is written meanwhile wakes it at once.
      const written = this.#written(signal);
      const events = await this.after(last);
      for (const event of events) {
        // What does not fit is passed by once: a search for what fits would read it again at each look.
        const fits = (kind ?? event.kind) === event.kind && (subject ?? event.subjectId) === event.subjectId;
        if (fits) yield event;
        last = event.sequence;
      }
      if (events.length < batch) await written;
    }
  }

  /** Resolves when something was written, or may have been, or when it is aborted. */
  async #written(signal: AbortSignal): Promise<void> {
    const over = AbortSignal.any([signal, ...(isShared(this.#db) ? [AbortSignal.timeout(lookMs)] : [])]);
    await once(this.#wake, 'written', { signal: over }).catch(() => undefined);
  }
}
