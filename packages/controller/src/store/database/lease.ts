import type { Transaction } from 'kysely';
import { isShared } from './atomically.ts';
import type { Schema } from '../schema/schema.ts';

/** The right of one controller to carry an operation on. Whoever takes it over gets a higher fence number. */
export interface Lease {
  readonly operationId: string;
  readonly fence: number;
}

/** Another controller carries the operation on: nothing was written. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  readonly code = 'lease-lost';

  constructor({ operationId, fence }: Lease) {
    super(`operation ${operationId} is another controller's now: the lease of fence ${fence} is over`);
  }
}

/**
 * Throws LeaseLost when the operation was taken over; null is whoever writes without being its runner, an operator for
 * one. To be asked in the transaction of the write that it allows: in PostgreSQL the row stays locked against a take-over
 * until that is done.
 */
export async function requireLease(tx: Transaction<Schema>, lease: Lease | null): Promise<void> {
  if (lease === null) return;
  const query = tx
    .selectFrom('operation')
    .select('fence')
    .where('id', '=', lease.operationId)
    .where('fence', '=', lease.fence);
  const row = await (isShared(tx) ? query.forShare() : query).executeTakeFirst();
  if (row === undefined) throw new LeaseLost(lease);
}
