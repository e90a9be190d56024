import { type Kysely, sql } from 'kysely';
import { isShared } from '../../database/atomically.ts';

/** Policies of moves, what operators want of a transfer that runs, and what a transfer showed at each look. */
export async function addPolicies(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('policy')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('scope', 'text', (c) => c.notNull())
    .addColumn('subject', 'text')
    .addColumn('description', 'text')
    .addColumn('said', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .execute();
  for (const column of ['control', 'orders'])
    await db.schema.alterTable('migration').addColumn(column, 'text').execute();
  await db.schema
    .createTable('migration_record')
    .addColumn('sequence', isShared(db) ? 'bigserial' : 'integer', (c) =>
      isShared(db) ? c.primaryKey() : c.primaryKey().autoIncrement(),
    )
    .addColumn('migration_id', 'text', (c) => c.notNull())
    .addColumn('record', 'text', (c) => c.notNull())
    .execute();
  await sql`create index event_subject on event (subject_id, sequence)`.execute(db);
  await sql`create index migration_record_migration on migration_record (migration_id, sequence)`.execute(db);
}
