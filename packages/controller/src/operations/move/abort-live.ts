import type { Migration } from '@ferry/model';
import type { RequestContext } from '../../store/operations/action-store.ts';
import { abortMigration } from './abort-migration.ts';
import type { Services } from '../engine/services.ts';

/** Has a live migration ended, and writes down who wanted it. */
export async function abortLive(
  services: Services,
  asked: RequestContext,
  migration: Migration,
): Promise<void> {
  await abortMigration(services, migration.id);
  await services.store.actions.record({
    asked,
    instanceId: migration.instanceId,
    operationId: null,
    action: 'live_migration_cancel',
    event: 'compute_live_migration_abort',
    host: migration.sourceHost,
  });
}
