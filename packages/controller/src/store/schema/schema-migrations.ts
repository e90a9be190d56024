import { firstProject, firstUser } from '@ferry/model';
import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';
import { isShared } from '../database/atomically.ts';
import { createServerTables } from './versions/schema-0013-servers.ts';
import {
  addConsoles,
  addDoors,
  addEvacuation,
  addHeldMigrations,
  addKeptAndRemoved,
  createVolumes,
} from './versions/versions-0014-to-0019.ts';
import {
  addForecasts,
  addPlaces,
  addPolicies,
  addReservations,
  addScreens,
  addSecretKeys,
  addTransfers,
  addVolumeTypes,
} from './versions/versions-0022-to-0029.ts';
import { versionsSince0030 } from './versions/versions-since-0030.ts';
import { createComputeApi } from './versions/schema-0012-compute-api.ts';
import { createIdentity } from './versions/schema-0011-identity.ts';

/** Versions of the schema, oldest first. A version that was released is never changed: the next one mends it. */
const versions: Record<string, Migration> = {
  '0001-hosts-instances-migrations': { up: createFirstTables },
  '0002-copies-of-files': { up: addCopies },
  '0003-security-groups': { up: createSecurityGroups },
  '0004-networks-of-hosts': { up: addNetworkSettings },
  '0005-base-images': { up: createBaseImages },
  '0006-storage-of-hosts': { up: addStorageOfHosts },
  '0007-leases': { up: addLeases },
  '0008-faults-of-instances': { up: addInstanceFaults },
  '0009-locks-of-controllers': { up: addControllerLocks },
  '0010-profiles-of-instances': { up: createInstanceProfiles },
  '0011-identity': { up: createIdentity },
  '0012-compute-api': { up: createComputeApi },
  '0013-images-and-creation': { up: createServerTables },
  '0014-held-migrations': { up: addHeldMigrations },
  '0015-evacuation': { up: addEvacuation },
  '0016-volumes': { up: createVolumes },
  '0017-consoles': { up: addConsoles },
  '0018-kept-and-removed': { up: addKeptAndRemoved },
  '0019-doors': { up: addDoors },
  '0022-allowed-directories-and-former-hosts': { up: addPlaces },
  '0023-secret-keys': { up: addSecretKeys },
  '0024-volume-types': { up: addVolumeTypes },
  '0025-screens': { up: addScreens },
  '0026-transfers': { up: addTransfers },
  '0027-reservations': { up: addReservations },
  '0028-forecasts': { up: addForecasts },
  '0029-policies': { up: addPolicies },
  ...versionsSince0030,
};

/** Hands the versions to Kysely's migrator. */
export const schemaMigrations: MigrationProvider = {
  getMigrations: () => Promise.resolve(versions),
};

async function createFirstTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('host')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('uri', 'text', (c) => c.notNull())
    .addColumn('peer_uri', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('last_seen_at', 'text')
    .addColumn('facts', 'text')
    .execute();
  await db.schema
    .createTable('instance')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('host_id', 'text', (c) => c.notNull().references('host.id'))
    .addColumn('power_state', 'text', (c) => c.notNull())
    .addColumn('vm_state', 'text', (c) => c.notNull())
    .addColumn('task_state', 'text')
    .addColumn('memory_bytes', 'bigint', (c) => c.notNull())
    .addColumn('vcpus', 'integer', (c) => c.notNull())
    .addColumn('generation', 'integer', (c) => c.notNull())
    .addColumn('migration_id', 'text')
    .execute();
  await createMigrationTables(db);
  await createLogTables(db);
}

/** What was copied and how, and where a host may be copied to without encryption. */
async function addCopies(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('host').addColumn('trusted_copy_address', 'text').execute();
  await db.schema
    .alterTable('migration')
    .addColumn('copies', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
}

async function createMigrationTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('migration')
    .addColumn('sequence', isShared(db) ? 'bigserial' : 'integer', counting(db))
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('instance_id', 'text', (c) => c.notNull().references('instance.id'))
    .addColumn('instance_name', 'text', (c) => c.notNull())
    .addColumn('source_host_id', 'text', (c) => c.notNull().references('host.id'))
    .addColumn('source_host', 'text', (c) => c.notNull())
    .addColumn('target_host_id', 'text', (c) => c.notNull().references('host.id'))
    .addColumn('target_host', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('phase', 'text', (c) => c.notNull())
    .addColumn('plan', 'text')
    .addColumn('findings', 'text', (c) => c.notNull())
    .addColumn('progress', 'text')
    .addColumn('result', 'text')
    .addColumn('error', 'text')
    .addColumn('abort_requested', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .addColumn('finished_at', 'text')
    .execute();
  await db.schema.createIndex('migration_instance').on('migration').column('instance_id').execute();
  await db.schema
    .createTable('claim')
    .addColumn('migration_id', 'text', (c) => c.primaryKey().references('migration.id'))
    .addColumn('host_id', 'text', (c) => c.notNull().references('host.id'))
    .addColumn('memory_bytes', 'bigint', (c) => c.notNull())
    .addColumn('disk_bytes', 'bigint', (c) => c.notNull())
    .execute();
}

async function createLogTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('operation')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workflow', 'text', (c) => c.notNull())
    .addColumn('input', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('operation_record')
    .addColumn('operation_id', 'text', (c) => c.notNull().references('operation.id'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('record', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('operation_record_key', ['operation_id', 'position'])
    .execute();
  await db.schema
    .createTable('event')
    .addColumn('sequence', isShared(db) ? 'bigserial' : 'integer', counting(db))
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('subject_id', 'text', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('token')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .execute();
}

/** Groups, which instances have which, and the hosts that are to learn of a change. */
async function createSecurityGroups(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('security_group')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('description', 'text', (c) => c.notNull())
    .addColumn('rules', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('instance_security_group')
    .addColumn('instance_id', 'text', (c) => c.notNull().references('instance.id'))
    .addColumn('group_id', 'text', (c) => c.notNull().references('security_group.id'))
    .addPrimaryKeyConstraint('instance_security_group_key', ['instance_id', 'group_id'])
    .execute();
  await db.schema
    .createTable('instance_addresses')
    .addColumn('instance_id', 'text', (c) => c.primaryKey().references('instance.id'))
    .addColumn('addresses', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('firewall_debt')
    .addColumn('host_id', 'text', (c) => c.primaryKey().references('host.id'))
    .addColumn('serial', 'integer', (c) => c.notNull())
    .execute();
}

async function addNetworkSettings(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('host').addColumn('network_settings', 'text').execute();
}

/** Which controller carries an operation on, and until when. */
async function addLeases(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('operation').addColumn('controller_id', 'text').execute();
  await db.schema
    .alterTable('operation')
    .addColumn('fence', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable('operation')
    .addColumn('lease_until', 'bigint', (c) => c.notNull().defaultTo(0))
    .execute();
}

/** What hosts show of an instance that does not fit its record. */
async function addInstanceFaults(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('instance').addColumn('fault', 'text').execute();
}

/** A key that the database counts up by itself. */
function counting(db: Kysely<unknown>): (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder {
  return (column) => (isShared(db) ? column.primaryKey() : column.primaryKey().autoIncrement());
}

/** What is known of base images, and whether those that Ferry brought go when nothing uses them any more. */
async function createBaseImages(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('base_image')
    .addColumn('host_id', 'text', (c) => c.notNull().references('host.id'))
    .addColumn('path', 'text', (c) => c.notNull())
    .addColumn('length_bytes', 'bigint', (c) => c.notNull())
    .addColumn('changed_at', 'text')
    .addColumn('digest', 'text')
    .addColumn('digest_kind', 'text')
    .addColumn('brought_by', 'text')
    .addColumn('brought_at', 'text')
    .addPrimaryKeyConstraint('base_image_key', ['host_id', 'path'])
    .execute();
  await db.schema
    .alterTable('host')
    .addColumn('remove_unused_images', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
}

/** Where a host has pools and files, and which of its pools and secrets came with migrations. */
async function addStorageOfHosts(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('host').addColumn('storage_settings', 'text').execute();
  await db.schema
    .createTable('brought_volume')
    .addColumn('host_id', 'text', (c) => c.notNull().references('host.id'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('migration_id', 'text', (c) => c.notNull().references('migration.id'))
    .addPrimaryKeyConstraint('brought_volume_key', ['host_id', 'kind', 'name'])
    .execute();
}

/** What controllers keep each other from doing at the same time. */
async function addControllerLocks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('controller_lock')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('token', 'text', (c) => c.notNull())
    .addColumn('holder', 'text', (c) => c.notNull())
    .addColumn('lease_until', 'bigint', (c) => c.notNull())
    .execute();
}

/** Whose instances are and what their owners say of them; those that are there belong to the first project. */
async function createInstanceProfiles(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('instance_profile')
    .addColumn('instance_id', 'text', (c) => c.primaryKey().references('instance.id'))
    .addColumn('project_id', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .addColumn('launched_at', 'text')
    .addColumn('description', 'text')
    .addColumn('metadata', 'text', (c) => c.notNull())
    .addColumn('tags', 'text', (c) => c.notNull())
    .addColumn('locked_by', 'text')
    .addColumn('locked_reason', 'text')
    .addColumn('image_id', 'text')
    .addColumn('flavor', 'text')
    .addColumn('key_name', 'text')
    .addColumn('availability_zone', 'text')
    .addColumn('hostname', 'text')
    .addColumn('user_data', 'text')
    .addColumn('config_drive', 'integer', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('instance_profile_project')
    .on('instance_profile')
    .column('project_id')
    .execute();
  const now = new Date().toISOString();
  await sql`
    insert into instance_profile
      (instance_id, project_id, user_id, created_at, updated_at, metadata, tags, config_drive)
    select id, ${firstProject.id}, ${firstUser.id}, ${now}, ${now}, '{}', '[]', 0 from instance`.execute(db);
}
