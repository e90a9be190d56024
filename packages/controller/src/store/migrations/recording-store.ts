import type { Kysely } from 'kysely';
import { byLocks } from '../database/atomically.ts';
import { type Lease, requireLease } from '../database/lease.ts';
import type { Schema } from '../schema/schema.ts';

/** Rows of one statement. */
const atOnce = 200;

/** What transfers showed, look by look, and what was decided on them: the flight recorder. */
export class RecordingStore {
  readonly #db: Kysely<Schema>;
  readonly #lease: Lease | null;

  constructor(db: Kysely<Schema>, lease: Lease | null) {
    this.#db = db;
    this.#lease = lease;
  }

  /** Adds records in their order. Throws LeaseLost when the operation was taken over. */
  async append(migrationId: string, records: readonly object[]): Promise<void> {
    await byLocks(this.#db, async (tx) => {
      await requireLease(tx, this.#lease);
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
