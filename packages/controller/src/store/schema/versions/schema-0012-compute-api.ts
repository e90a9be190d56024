import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely';
import { isShared } from '../../database/atomically.ts';

/** What the compute API tells and takes beside instances and migrations themselves. */
export async function createComputeApi(db: Kysely<unknown>): Promise<void> {
  await addStatesOfHosts(db);
  await db.schema
    .alterTable('migration')
    .addColumn('force_requested', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createTable('instance_devices')
    .addColumn('instance_id', 'text', (c) => c.primaryKey().references('instance.id'))
    .addColumn('host_id', 'text', (c) => c.notNull())
    .addColumn('devices', 'text', (c) => c.notNull())
    .execute();
  await createActions(db);
  await createAggregates(db);
  // Pages of servers come in these orders.
  await db.schema
    .createIndex('instance_profile_created')
    .on('instance_profile')
    .columns(['created_at', 'instance_id'])
    .execute();
  await db.schema
    .createIndex('instance_profile_project_created')
    .on('instance_profile')
    .columns(['project_id', 'created_at', 'instance_id'])
    .execute();
}

/** What an operator says of a host, and the number that it is known by. */
async function addStatesOfHosts(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('host').addColumn('disabled_reason', 'text').execute();
  await db.schema
    .alterTable('host')
    .addColumn('forced_down', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createTable('host_number')
    .addColumn('number', numberType(db), counting(db))
    .addColumn('host_id', 'text', (c) => c.notNull().unique().references('host.id'))
    .execute();
  await sql`insert into host_number (host_id) select id from host order by name`.execute(db);
}

/** No reference to the instance: what was done to one is told also when it is gone. */
async function createActions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('instance_action')
    .addColumn('sequence', numberType(db), counting(db))
    .addColumn('request_id', 'text', (c) => c.notNull())
    .addColumn('instance_id', 'text', (c) => c.notNull())
    .addColumn('operation_id', 'text')
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('project_id', 'text', (c) => c.notNull())
    .addColumn('started_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .addColumn('message', 'text')
    .execute();
  await db.schema
    .createIndex('instance_action_instance')
    .on('instance_action')
    .column('instance_id')
    .execute();
  await db.schema
    .createIndex('instance_action_operation')
    .on('instance_action')
    .column('operation_id')
    .execute();
  await db.schema
    .createTable('instance_action_event')
    .addColumn('sequence', numberType(db), counting(db))
    .addColumn('action_sequence', 'bigint', (c) => c.notNull().references('instance_action.sequence'))
    .addColumn('event', 'text', (c) => c.notNull())
    .addColumn('host', 'text', (c) => c.notNull())
    .addColumn('started_at', 'text', (c) => c.notNull())
    .addColumn('finished_at', 'text')
    .addColumn('result', 'text')
    .addColumn('details', 'text')
    .execute();
  await db.schema
    .createIndex('instance_action_event_action')
    .on('instance_action_event')
    .column('action_sequence')
    .execute();
}

async function createAggregates(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('aggregate')
    .addColumn('number', numberType(db), counting(db))
    .addColumn('uuid', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('availability_zone', 'text')
    .addColumn('metadata', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text')
    .execute();
  await db.schema
    .createTable('aggregate_host')
    .addColumn('aggregate_number', 'bigint', (c) => c.notNull().references('aggregate.number'))
    .addColumn('host_id', 'text', (c) => c.notNull().references('host.id'))
    .addPrimaryKeyConstraint('aggregate_host_key', ['aggregate_number', 'host_id'])
    .execute();
}

const numberType = (db: Kysely<unknown>): 'bigserial' | 'integer' => (isShared(db) ? 'bigserial' : 'integer');

/** A key that the database counts up by itself. */
function counting(db: Kysely<unknown>): (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder {
  return (column) => (isShared(db) ? column.primaryKey() : column.primaryKey().autoIncrement());
}
