import type { Kysely } from 'kysely';

/** The catalogue of volumes, and which instances have them. */
export async function createVolumes(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('volume')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('description', 'text')
    .addColumn('project_id', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('place', 'text', (c) => c.notNull())
    .addColumn('host_ids', 'text', (c) => c.notNull())
    .addColumn('format', 'text', (c) => c.notNull())
    .addColumn('size_bytes', 'bigint')
    .addColumn('made', 'integer', (c) => c.notNull())
    .addColumn('shareable', 'integer', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('volume_project').on('volume').column('project_id').execute();
  await db.schema
    .createTable('volume_attachment')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('volume_id', 'text', (c) => c.notNull().references('volume.id'))
    .addColumn('instance_id', 'text', (c) => c.notNull().references('instance.id'))
    .addColumn('operation_id', 'text')
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('tag', 'text')
    .addColumn('delete_on_termination', 'integer', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('found', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addUniqueConstraint('volume_attachment_once', ['volume_id', 'instance_id'])
    .execute();
  await db.schema
    .createIndex('volume_attachment_instance')
    .on('volume_attachment')
    .column('instance_id')
    .execute();
}
