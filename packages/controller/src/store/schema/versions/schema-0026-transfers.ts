import type { Kysely } from 'kysely';

/** Where a live transfer stands, as a state and not as the words for it; and how far migrations are, beside their rows. */
export async function addTransfers(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('migration').addColumn('transfer', 'text').execute();
  await db.schema
    .createTable('migration_progress')
    .addColumn('migration_id', 'text', (c) => c.primaryKey())
    .addColumn('progress', 'text', (c) => c.notNull())
    .execute();
}
