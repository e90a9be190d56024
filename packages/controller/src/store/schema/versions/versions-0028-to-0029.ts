import { type Kysely, sql } from 'kysely';
import { isShared } from '../../database/atomically.ts';

/** What was measured of guests, and forecasts of migrations beside what came of them. */
export async function addForecasts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('memory_measurement')
    .addColumn('instance_id', 'text', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('measurement', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('memory_measurement_key', ['instance_id', 'at'])
    .execute();
  await db.schema.createIndex('memory_measurement_at').on('memory_measurement').column('at').execute();
  await db.schema
    .createTable('measurement_attempt')
    .addColumn('instance_id', 'text', (c) => c.primaryKey())
    .addColumn('at', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('migration_forecast')
    .addColumn('migration_id', 'text', (c) => c.primaryKey())
    .addColumn('instance_id', 'text', (c) => c.notNull())
    .addColumn('class', 'text', (c) => c.notNull())
    .addColumn('source_host_id', 'text', (c) => c.notNull())
    .addColumn('target_host_id', 'text', (c) => c.notNull())
    .addColumn('made_at', 'text', (c) => c.notNull())
    .addColumn('input', 'text', (c) => c.notNull())
    .addColumn('forecast', 'text', (c) => c.notNull())
    .addColumn('passes', 'text')
    .addColumn('ended', 'text')
    .addColumn('facts', 'text')
    .addColumn('link_bytes_per_second', 'bigint')
    .execute();
  await db.schema
    .createIndex('migration_forecast_pair')
    .on('migration_forecast')
    .columns(['source_host_id', 'target_host_id', 'made_at'])
    .execute();
  await db.schema
    .createIndex('migration_forecast_class')
    .on('migration_forecast')
    .columns(['class', 'made_at'])
    .execute();
  await db.schema
    .createIndex('migration_forecast_instance')
    .on('migration_forecast')
    .columns(['instance_id', 'made_at'])
    .execute();
}

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
