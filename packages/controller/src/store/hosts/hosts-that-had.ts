import type { Kysely, Transaction } from 'kysely';
import type { Schema } from '../schema/schema.ts';

/**
 * Hosts that each of these instances was ever on or was to move to, as far as is recorded: their own, sources and targets of
 * all migrations, and those that others than Ferry have moved it from.
 */
export async function hostsThatHad(
  db: Kysely<Schema>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>(ids.map((id) => [id, new Set<string>()]));
  if (ids.length === 0) return found;
  const own = await db.selectFrom('instance').select(['id', 'host_id']).where('id', 'in', ids).execute();
  for (const row of own) found.get(row.id)?.add(row.host_id);
  const migrations = await db
    .selectFrom('migration')
    .select(['instance_id', 'source_host_id', 'target_host_id'])
    .where('instance_id', 'in', ids)
    .execute();
  for (const row of migrations) found.get(row.instance_id)?.add(row.source_host_id).add(row.target_host_id);
  const former = await db
    .selectFrom('former_host')
    .select(['instance_id', 'host_id'])
    .where('instance_id', 'in', ids)
    .execute();
  for (const row of former) found.get(row.instance_id)?.add(row.host_id);
  return found;
}

/** It was recorded there until hosts showed that it is elsewhere. */
export async function keepFormerHost(
  tx: Transaction<Schema>,
  instanceId: string,
  hostId: string,
): Promise<void> {
  await tx
    .insertInto('former_host')
    .values({ instance_id: instanceId, host_id: hostId })
    .onConflict((conflict) => conflict.columns(['instance_id', 'host_id']).doNothing())
    .execute();
}

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
