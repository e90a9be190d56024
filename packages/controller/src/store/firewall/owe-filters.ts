import type { Transaction } from 'kysely';
import { oweHosts } from './owe-hosts.ts';
import type { Schema } from '../schema/schema.ts';

/** Hosts between which an instance went by other ways than a migration are to learn of its packet filters, if it has any. */
export async function oweFilters(
  tx: Transaction<Schema>,
  instanceId: string,
  hostIds: readonly string[],
): Promise<void> {
  const grouped = await tx
    .selectFrom('instance_security_group')
    .select('group_id')
    .where('instance_id', '=', instanceId)
    .executeTakeFirst();
  if (grouped !== undefined) await oweHosts(tx, hostIds);
}
