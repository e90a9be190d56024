import type { Kysely } from 'kysely';

/** What it takes to start an instance elsewhere when its host is gone, and which hosts are known to be off. */
export async function addEvacuation(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('kept_definition')
    .addColumn('instance_id', 'text', (c) => c.primaryKey().references('instance.id'))
    .addColumn('host_id', 'text', (c) => c.notNull().references('host.id'))
    .addColumn('xml', 'text', (c) => c.notNull())
    .addColumn('domain', 'text', (c) => c.notNull())
    .addColumn('seen_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('shared_directory')
    .addColumn('host_id', 'text', (c) => c.notNull().references('host.id'))
    .addColumn('peer_id', 'text', (c) => c.notNull().references('host.id'))
    .addColumn('directory', 'text', (c) => c.notNull())
    .addColumn('proven_at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('shared_directory_key', ['host_id', 'peer_id', 'directory'])
    .execute();
  await db.schema.alterTable('host').addColumn('fenced_at', 'text').execute();
  await db.schema.alterTable('host').addColumn('fenced_by', 'text').execute();
}
