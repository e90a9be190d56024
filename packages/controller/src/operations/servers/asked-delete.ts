import { randomUUID } from 'node:crypto';
import { firstProject, firstUser } from '@ferry/model';
import { submitDecision } from '../cold-migrate/held/held-decision.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { abortMigration } from '../move/abort-migration.ts';
import { beginDelete, isFree, requireNoFault, whatIsDeleted } from './begin-delete.ts';

/**
 * Begins the deletion that was asked for while something else was done to an instance, or what has to come before it. Gives
 * the id of the operation that is to be started; null: none was asked for, or it waits still. May be done at any time.
 */
export async function carryOutAskedDelete(services: Services, instanceId: string): Promise<string | null> {
  const { store } = services;
  if (!(await store.deletions.isAsked(instanceId))) return null;
  const { instance, host } = await whatIsDeleted(services, instanceId);
  try {
    if (await isFree(services, instance)) {
      requireNoFault(instance);
      return await beginDelete(services, instance, host, null);
    }
    const migration = await store.migrations.byId(instance.operationId ?? '');
    if (migration === null) return null;
    if (instance.vmState === 'resized' && instance.taskState === null)
      return await confirm(services, migration.id);
    // An evacuation goes on: where it comes from nothing can be ended.
    if (migration.kind !== 'evacuation' && !migration.abortRequested)
      await abortMigration(services, migration.id);
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // It has moved already, or was decided on meanwhile: the deletion waits for the end of that.
    if (['migration-not-abortable', 'migration-not-held'].includes(error.code)) return null;
    const remedy = 'Ask for its deletion again when that is mended.';
    await store.deletions.refuseAsked(instanceId, { message: error.message, remedy });
    return null;
  }
}

/** Done by Ferry, as nobody asked for it by itself: the deletion's request is the deletion's. */
async function confirm(services: Services, migrationId: string): Promise<string> {
  const byFerry = { requestId: `req-${randomUUID()}`, userId: firstUser.id, projectId: firstProject.id };
  return (await submitDecision(services, migrationId, 'confirm', byFerry)).operationId;
}

/** The same after an operation, by its input: what waited for it is begun at once. */
export async function nextAfter(services: Services, input: unknown): Promise<string | null> {
  const { instanceId } = input as { readonly instanceId?: unknown };
  return typeof instanceId === 'string' ? carryOutAskedDelete(services, instanceId) : null;
}

/** The same for all, for what a controller that is gone has not begun; `start` is given each operation. */
export async function carryOutAskedDeletes(services: Services, start: (id: string) => void): Promise<void> {
  for (const instanceId of await services.store.deletions.asked()) {
    const next = await carryOutAskedDelete(services, instanceId);
    if (next !== null) start(next);
  }
}
