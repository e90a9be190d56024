import type { Kysely } from 'kysely';

/** What migrations did not take away, and why; and hosts that Ferry does not look after any more, whose rows the records name. */
export async function addKeptAndRemoved(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('migration')
    .addColumn('kept', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
  await db.schema.alterTable('host').addColumn('removed_at', 'text').execute();
}
