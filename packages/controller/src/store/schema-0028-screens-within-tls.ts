import type { Kysely } from 'kysely';

/** Whether screens of a host's guests speak VNC within TLS. */
export async function addScreensWithinTls(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('host')
    .addColumn('screen_tls', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
}
