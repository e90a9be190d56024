import type { Kysely } from 'kysely';

/** Directories of a host in which guests may have files, because an admin says so. */
export async function addAllowedDirectories(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('host')
    .addColumn('allowed_directories', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
}
