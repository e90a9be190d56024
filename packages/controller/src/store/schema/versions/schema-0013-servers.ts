import type { Kysely } from 'kysely';

/** The image library, and what instances are created from and deleted with. */
export async function createServerTables(db: Kysely<unknown>): Promise<void> {
  await createLibrary(db);
  await createFlavors(db);
  await createKeypairs(db);
  await createServerGroups(db);
  await addCreation(db);
}

async function createLibrary(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('library_image')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('visibility', 'text', (c) => c.notNull())
    .addColumn('project_id', 'text', (c) => c.notNull())
    .addColumn('protected', 'integer', (c) => c.notNull())
    .addColumn('hidden', 'integer', (c) => c.notNull())
    .addColumn('tags', 'text', (c) => c.notNull())
    .addColumn('disk_format', 'text')
    .addColumn('container_format', 'text')
    .addColumn('min_disk_gib', 'integer', (c) => c.notNull())
    .addColumn('min_memory_mib', 'integer', (c) => c.notNull())
    .addColumn('properties', 'text', (c) => c.notNull())
    .addColumn('sha256', 'text')
    .addColumn('sha512', 'text')
    .addColumn('md5', 'text')
    .addColumn('digest', 'text')
    .addColumn('digest_kind', 'text')
    .addColumn('length_bytes', 'bigint')
    .addColumn('virtual_bytes', 'bigint')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('library_image_sha256').on('library_image').column('sha256').execute();
}

async function createFlavors(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('flavor')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('vcpus', 'integer', (c) => c.notNull())
    .addColumn('memory_mib', 'integer', (c) => c.notNull())
    .addColumn('root_gib', 'integer', (c) => c.notNull())
    .addColumn('ephemeral_gib', 'integer', (c) => c.notNull())
    .addColumn('swap_mib', 'integer', (c) => c.notNull())
    .addColumn('rxtx_factor', 'text', (c) => c.notNull())
    .addColumn('public', 'integer', (c) => c.notNull())
    .addColumn('description', 'text')
    .addColumn('extra_specs', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('flavor_access')
    .addColumn('flavor_id', 'text', (c) => c.notNull().references('flavor.id'))
    .addColumn('project_id', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('flavor_access_key', ['flavor_id', 'project_id'])
    .execute();
}

async function createKeypairs(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('keypair')
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('fingerprint', 'text', (c) => c.notNull())
    .addColumn('public_key', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('keypair_key', ['user_id', 'name'])
    .execute();
}

async function createServerGroups(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('server_group')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('project_id', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('policy', 'text', (c) => c.notNull())
    .addColumn('max_per_host', 'integer')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('server_group_member')
    .addColumn('instance_id', 'text', (c) => c.primaryKey().references('instance.id'))
    .addColumn('group_id', 'text', (c) => c.notNull().references('server_group.id'))
    .execute();
}

/** What an instance that is being created takes on its host, why one could not be, and when one was deleted. */
async function addCreation(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('creation_claim')
    .addColumn('instance_id', 'text', (c) => c.primaryKey().references('instance.id'))
    .addColumn('operation_id', 'text', (c) => c.notNull())
    .addColumn('host_id', 'text', (c) => c.notNull().references('host.id'))
    .addColumn('memory_bytes', 'bigint', (c) => c.notNull())
    .addColumn('disk_bytes', 'bigint', (c) => c.notNull())
    .addColumn('directory', 'text', (c) => c.notNull())
    .addColumn('base_path', 'text', (c) => c.notNull())
    .execute();
  await db.schema.alterTable('instance').addColumn('deleted_at', 'text').execute();
  await db.schema.alterTable('instance_profile').addColumn('failure', 'text').execute();
  await db.schema.alterTable('instance_profile').addColumn('delete_requested_at', 'text').execute();
  await db.schema.alterTable('host').addColumn('image_directory', 'text').execute();
}
