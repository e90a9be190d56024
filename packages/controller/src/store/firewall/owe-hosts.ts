import type { Transaction } from 'kysely';
import type { Schema } from '../schema/schema.ts';

/** Writes down that hosts are to learn of a change of packet filters. */
export async function oweHosts(tx: Transaction<Schema>, hostIds: Iterable<string>): Promise<void> {
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
