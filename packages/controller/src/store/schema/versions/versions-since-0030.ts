import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { roundsOfMarks } from '@ferry/model';
import { isShared } from '../../database/atomically.ts';

/** The newest versions of the schema, oldest first, each by the name that a database keeps. */
export const versionsSince0030: Record<string, Migration> = {
  '0030-operation-of-instance': { up: renameOperationOfInstance },
  '0031-rehearsals': { up: addRehearsals },
  '0032-maintenance': { up: addMaintenance },
  '0033-plans': { up: createPlans },
  '0034-labels-of-hosts': { up: addLabelsOfHosts },
  '0035-doctor': { up: createDoctorReports },
  '0036-trace-of-operation': { up: addTraceOfOperation },
  '0037-webhooks': { up: createWebhooks },
  '0038-loads': { up: createLoads },
  '0040-made-paths': { up: addMadePaths },
  '0042-quotas': { up: createQuotas },
  '0043-warm-rounds': { up: addWarmRounds },
  '0044-words': { up: changeWords },
};

/** What holds an instance is any operation, and was never a migration alone. */
async function renameOperationOfInstance(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('instance').renameColumn('migration_id', 'operation_id').execute();
}

/** A host takes no instance while it is emptied or worked at. */
async function addMaintenance(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('host').addColumn('maintenance', 'text').execute();
}

/** Plans for the fleet, and what is to be done for each. */
async function createPlans(db: Kysely<unknown>): Promise<void> {
  const counting = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder =>
    isShared(db) ? column.primaryKey() : column.primaryKey().autoIncrement();
  await db.schema
    .createTable('plan')
    .addColumn('sequence', isShared(db) ? 'bigserial' : 'integer', counting)
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('goal', 'text', (c) => c.notNull())
    .addColumn('options', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('outline', 'text', (c) => c.notNull())
    .addColumn('course', 'text', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('created_by', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .addColumn('finished_at', 'text')
    .execute();
  await db.schema.createIndex('plan_status').on('plan').column('status').execute();
  await db.schema
    .createTable('plan_step')
    .addColumn('plan_id', 'text', (c) => c.notNull().references('plan.id'))
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('after', 'text', (c) => c.notNull())
    .addColumn('starts_at_ms', 'bigint', (c) => c.notNull())
    .addColumn('ends_at_ms', 'bigint', (c) => c.notNull())
    .addColumn('because', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('migration_id', 'text')
    .addPrimaryKeyConstraint('plan_step_key', ['plan_id', 'number'])
    .execute();
}

/** What a rehearsal found stands with it. */
async function addRehearsals(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('migration').addColumn('rehearsal', 'text').execute();
}

/** Which files on its target a migration has had made. */
async function addMadePaths(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('migration').addColumn('made', 'text').execute();
}

/** What hosts and instances use of processors over time, what is free of disks, and what evens loads out by itself. */
async function createLoads(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('host_load')
    .addColumn('host_id', 'text', (c) => c.primaryKey().references('host.id'))
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('load', 'text')
    .addColumn('others', 'text')
    .addColumn('counters', 'text', (c) => c.notNull())
    .addColumn('free', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('instance_load')
    .addColumn('instance_id', 'text', (c) => c.primaryKey().references('instance.id'))
    .addColumn('load', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('balancer')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('settings', 'text', (c) => c.notNull())
    .addColumn('last', 'text')
    .addColumn('due_at', 'text', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .execute();
}

/** What operators say of hosts, for choosing them by. */
async function addLabelsOfHosts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('host')
    .addColumn('labels', 'text', (c) => c.notNull().defaultTo('{}'))
    .execute();
}

/** What the doctor found last. */
async function createDoctorReports(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('doctor_report')
    .addColumn('host_id', 'text', (c) => c.notNull().references('host.id'))
    .addColumn('peer_id', 'text', (c) => c.notNull())
    .addColumn('examined_at', 'text', (c) => c.notNull())
    .addColumn('findings', 'text', (c) => c.notNull())
    .addColumn('certificates', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('doctor_report_key', ['host_id', 'peer_id'])
    .execute();
}

/** A run of an operation is linked to the one before it, also after a crash. */
async function addTraceOfOperation(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('operation').addColumn('trace_parent', 'text').execute();
}

/** Addresses that are told what happens, and the last attempts to tell each. */
async function createWebhooks(db: Kysely<unknown>): Promise<void> {
  const counting = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder =>
    isShared(db) ? column.primaryKey() : column.primaryKey().autoIncrement();
  await db.schema
    .createTable('webhook')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('kinds', 'text', (c) => c.notNull())
    .addColumn('secret', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('created_by', 'text', (c) => c.notNull())
    .addColumn('sequence', 'bigint', (c) => c.notNull())
    .addColumn('failures', 'integer', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('next_attempt_ms', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('webhook_delivery')
    .addColumn('number', isShared(db) ? 'bigserial' : 'integer', counting)
    .addColumn('webhook_id', 'text', (c) => c.notNull())
    .addColumn('delivery', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('webhook_delivery_webhook')
    .on('webhook_delivery')
    .columns(['webhook_id', 'number'])
    .execute();
}

/** What administrators give projects beside what the controller is started with. */
async function createQuotas(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('quota')
    .addColumn('project_id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('most', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('quota_key', ['project_id', 'name'])
    .execute();
}

/** What disks of warm moves stand on: it stood among the paths that migrations had made. */
async function addWarmRounds(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('migration').addColumn('rounds', 'text').execute();
  const migrations = db as Kysely<{ migration: { id: string; made: string | null; rounds: string } }>;
  const rows = migrations.selectFrom('migration').select(['id', 'made']).where('made', 'is not', null);
  for (const { id, made } of await rows.execute()) {
    const former = roundsOfMarks(JSON.parse(made ?? '[]') as string[]);
    await migrations
      .updateTable('migration')
      .set({ made: JSON.stringify(former.made), rounds: JSON.stringify(former.rounds) })
      .where('id', '=', id)
      .execute();
  }
}

/** A form of transfer, and phases of a rehearsal, that are named otherwise by now. */
async function changeWords(db: Kysely<unknown>): Promise<void> {
  await sql`
    update migration set plan = replace(plan, '"form":"managed"', '"form":"coordinated"')
    where plan like '%"form":"managed"%'`.execute(db);
  await sql`
    update migration set rehearsal = replace(replace(rehearsal,
      '"phase":"look-at-target"', '"phase":"inspect-target"'),
      '"phase":"prepare-volumes"', '"phase":"prepare-storage"')
    where rehearsal is not null`.execute(db);
}
