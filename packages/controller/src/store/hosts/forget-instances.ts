import type { Transaction } from 'kysely';
import type { Schema } from '../schema/schema.ts';

/** What is known of an instance alone and is left of it when it is deleted (`markDeleted`); goes with it. */
const ownTables = [
  'instance_devices',
  'instance_profile',
  'former_host',
  'instance_load',
  'memory_measurement',
  'measurement_attempt',
] as const;

/** Takes deleted instances out of the database, which no migration names. What was done to them is kept on its own. */
export async function forgetInstances(tx: Transaction<Schema>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  for (const table of ownTables) await tx.deleteFrom(table).where('instance_id', 'in', ids).execute();
  await tx.deleteFrom('instance').where('id', 'in', ids).where('deleted_at', 'is not', null).execute();
}
