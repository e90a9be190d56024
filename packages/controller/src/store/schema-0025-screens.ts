import type { Kysely } from 'kysely';

/** The address of a host on which screens of its guests listen. */
export async function addScreens(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('host').addColumn('screen_address', 'text').execute();
}
