import type { Kysely } from 'kysely';

/** What migrations did not take away, and why. */
export async function addKeptFiles(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('migration')
    .addColumn('kept', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
}
