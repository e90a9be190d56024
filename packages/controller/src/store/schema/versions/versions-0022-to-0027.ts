import type { Kysely } from 'kysely';

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
