import { type Kysely, sql } from 'kysely';
import { isShared } from '../../database/atomically.ts';

/** Directories of a host in which guests may have files, because an admin says so; and hosts that instances left without a migration. */
export async function addPlaces(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('host')
    .addColumn('allowed_directories', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
  await db.schema
    .createTable('former_host')
    .addColumn('instance_id', 'text', (c) => c.notNull())
    .addColumn('host_id', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('former_host_key', ['instance_id', 'host_id'])
    .execute();
}

/** By which keys what is secret is sealed; the keys themselves are in a file. */
export async function addSecretKeys(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('secret_key')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('proof', 'text', (c) => c.notNull())
    .addColumn('complete', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .execute();
}

/** Pools that projects may have volumes made in; what is done to a volume by whom, and what its owner says of it. */
export async function addVolumeTypes(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('volume_type')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('description', 'text')
    .addColumn('pool', 'text', (c) => c.notNull())
    .addColumn('host_ids', 'text', (c) => c.notNull())
    .addColumn('shared', 'integer', (c) => c.notNull())
    .addColumn('is_default', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .alterTable('volume')
    .addColumn('metadata', 'text', (c) => c.notNull().defaultTo('{}'))
    .execute();
  for (const column of ['type_id', 'fault', 'operation_id'])
    await db.schema.alterTable('volume').addColumn(column, 'text').execute();
}

/** The address of a host on which screens of its guests listen, and whether they speak TLS. */
export async function addScreens(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('host').addColumn('screen_address', 'text').execute();
  await db.schema
    .alterTable('host')
    .addColumn('screen_tls', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
}

/** Where a live transfer stands, as a state and not as the words for it; and how far migrations are, beside their rows. */
export async function addTransfers(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('migration').addColumn('transfer', 'text').execute();
  await db.schema
    .createTable('migration_progress')
    .addColumn('migration_id', 'text', (c) => c.primaryKey())
    .addColumn('progress', 'text', (c) => c.notNull())
    .execute();
}

/** By which request an instance was created, together with which others. */
export async function addReservations(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('instance_profile').addColumn('reservation_id', 'text').execute();
}

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
