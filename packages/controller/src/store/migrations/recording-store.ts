import type { Kysely } from 'kysely';
import type { Session } from '../database/session.ts';
import type { Schema } from '../schema/schema.ts';
import type { TransferProgress } from '@ferry/model';

/** Rows of one statement. */
const atOnce = 200;

/** What transfers showed, look by look, and what was decided on them: the flight recorder. */
export class RecordingStore {
  readonly #session: Session;
  readonly #db: Kysely<Schema>;

  constructor(session: Session) {
    this.#session = session;
    this.#db = session.db;
  }

  /** Adds records in their order. Throws LeaseLost when the operation was taken over. */
  async append(migrationId: string, records: readonly object[]): Promise<void> {
    await this.#session.write(async ({ tx }) => {
      for (let first = 0; first < records.length; first += atOnce)
        await tx
          .insertInto('migration_record')
          .values(
            records
              .slice(first, first + atOnce)
              .map((record) => ({ migration_id: migrationId, record: JSON.stringify(record) })),
          )
          .execute();
    });
  }

  async count(migrationId: string): Promise<number> {
    const { rows } = await this.#db
      .selectFrom('migration_record')
      .select((select) => select.fn.countAll<number>().as('rows'))
      .where('migration_id', '=', migrationId)
      .executeTakeFirstOrThrow();
    return rows;
  }

  /** Records after a number, oldest first, each as it was written, with the number to go on after. */
  async after(
    migrationId: string,
    sequence: number,
    most: number,
  ): Promise<{ readonly records: readonly string[]; readonly last: number }> {
    const rows = await this.#db
      .selectFrom('migration_record')
      .select(['sequence', 'record'])
      .where('migration_id', '=', migrationId)
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(most)
      .execute();
    return { records: rows.map(({ record }) => record), last: rows.at(-1)?.sequence ?? sequence };
  }
}

/** Samples come twice a second; so often one is written, for other controllers and the next one here. */
const writeEveryMs = 5_000;
/** A sample that nothing followed for so long is somebody else's to tell: the migration may go on at another controller. */
const freshMs = 10_000;

interface Latest {
  readonly progress: TransferProgress | null;
  readonly atMs: number;
  readonly writtenMs: number;
}

/**
 * How far migrations are. The newest samples are kept in memory, for those who follow; a row of its own has one now and
 * then. No event tells of them: an event is a change of state.
 */
export class ProgressRecorder {
  readonly #latest = new Map<string, Latest>();

  /** Null: what is done now has no numbers (yet). Throws LeaseLost where a row is due and the operation was taken over. */
  async record(id: string, progress: TransferProgress | null, session: Session): Promise<void> {
    const atMs = performance.now();
    const before = this.#latest.get(id);
    const isDue = before === undefined || progress === null || atMs - before.writtenMs >= writeEveryMs;
    if (isDue) await this.#write(id, progress, session);
    this.#latest.set(id, { progress, atMs, writtenMs: isDue ? atMs : before.writtenMs });
  }

  /** The newest sample; undefined: none that is newer than what is written. */
  latest(id: string): TransferProgress | null | undefined {
    const latest = this.#latest.get(id);
    if (latest === undefined) return undefined;
    if (performance.now() - latest.atMs <= freshMs) return latest.progress;
    this.#latest.delete(id);
    return undefined;
  }

  /** Writes the last sample of one that ends, and keeps none in memory. */
  async end(id: string, session: Session): Promise<void> {
    const latest = this.#latest.get(id);
    if (latest !== undefined && latest.atMs !== latest.writtenMs)
      await this.#write(id, latest.progress, session);
    this.#latest.delete(id);
  }

  async #write(id: string, progress: TransferProgress | null, session: Session): Promise<void> {
    const text = JSON.stringify(progress);
    await session.write(async ({ tx }) => {
      await tx
        .insertInto('migration_progress')
        .values({ migration_id: id, progress: text })
        .onConflict((conflict) => conflict.column('migration_id').doUpdateSet({ progress: text }))
        .execute();
    });
  }
}
