import type { Migration } from '@ferry/model';
import type { RequestContext } from '../../store/operations/action-store.ts';
import type { Services } from '../engine/services.ts';

/**
 * Writes down that a live migration is to come to its end now, whatever that costs the guest; the step at work reads it, also
 * after a restart. Post-copy where the move was allowed it, otherwise the guest stands still until it is there.
 */
export async function forceComplete(
  { store }: Services,
  asked: RequestContext,
  migration: Migration,
): Promise<void> {
  await store.transfers.requestForce(migration.id);
  await store.actions.record({
    asked,
    instanceId: migration.instanceId,
    operationId: null,
    action: 'live_migration_force_complete',
    event: 'compute_live_migration_force_complete',
    host: migration.sourceHost,
  });
}
