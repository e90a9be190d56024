import type { Kysely } from 'kysely';

/** The address of a host on which screens of its guests listen, and whether they speak TLS. */
export async function addScreens(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('host').addColumn('screen_address', 'text').execute();
  await db.schema
    .alterTable('host')
    .addColumn('screen_tls', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
}
