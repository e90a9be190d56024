import type { Kysely } from 'kysely';

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
