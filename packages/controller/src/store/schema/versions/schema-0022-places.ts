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
