import type { Transaction } from 'kysely';
import type { Schema } from '../schema/schema.ts';

/**
 * Whether a host takes no instance by any way, asked in the transaction that would put one there: maintenance may have
 * begun since the checks.
 */
export async function isInMaintenance(tx: Transaction<Schema>, hostId: string): Promise<boolean> {
  const row = await tx.selectFrom('host').select('maintenance').where('id', '=', hostId).executeTakeFirst();
  return row !== undefined && row.maintenance !== null;
}
