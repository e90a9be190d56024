import type { Kysely } from 'kysely';

/** Cold migrations whose source is kept until a person decides, and changes of size that come with them. */
export async function addHeldMigrations(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('migration')
    .addColumn('held', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('migration').addColumn('resize', 'text').execute();
}
