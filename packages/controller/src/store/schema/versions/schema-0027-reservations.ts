import type { Kysely } from 'kysely';

/** By which request an instance was created, together with which others. */
export async function addReservations(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('instance_profile').addColumn('reservation_id', 'text').execute();
}
