import type { Transaction } from 'kysely';
import type { Schema } from '../schema/schema.ts';

/** Hosts between which an instance went by other ways than a migration are to learn of its packet filters, if it has any. */
export async function markFiltersStale(
  tx: Transaction<Schema>,
  instanceId: string,
  hostIds: readonly string[],
): Promise<void> {
  const grouped = await tx
    .selectFrom('instance_security_group')
    .select('group_id')
    .where('instance_id', '=', instanceId)
    .executeTakeFirst();
  if (grouped !== undefined) await markHostsStale(tx, hostIds);
}

/** Writes down that hosts are to learn of a change of packet filters. */
export async function markHostsStale(tx: Transaction<Schema>, hostIds: Iterable<string>): Promise<void> {
  for (const host_id of hostIds) {
    await tx
      .insertInto('firewall_debt')
      .values({ host_id, serial: 1 })
      .onConflict((conflict) =>
        conflict.column('host_id').doUpdateSet((set) => ({ serial: set('firewall_debt.serial', '+', 1) })),
      )
      .execute();
  }
}
