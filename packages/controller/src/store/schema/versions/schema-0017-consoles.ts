import type { Kysely } from 'kysely';

/** Who may open a console of an instance until when, and the addresses that owners say an instance is reached by. */
export async function addConsoles(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('console_token')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('instance_id', 'text', (c) => c.notNull().references('instance.id'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema.alterTable('instance_profile').addColumn('access_ipv4', 'text').execute();
  await db.schema.alterTable('instance_profile').addColumn('access_ipv6', 'text').execute();
}
