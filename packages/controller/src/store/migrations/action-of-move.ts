import { firstProject, firstUser, type Migration, type MigrationKind } from '@ferry/model';
import { logContext } from '../../observe/log-context.ts';
import type { RequestContext, NewAction } from '../operations/action-store.ts';

/** Nova's names of the action, and of the event that goes on from its begin to its end. */
const names: Readonly<Record<MigrationKind, { readonly action: string; readonly event: string }>> = {
  'live-migration': { action: 'live-migration', event: 'compute_live_migration' },
  'cold-migration': { action: 'migrate', event: 'compute_resize_instance' },
  evacuation: { action: 'evacuate', event: 'compute_rebuild_instance' },
  // A word of Ferry's own: Nova has no such thing.
  rehearsal: { action: 'rehearse', event: 'ferry_rehearse' },
};

/** A decision on a held migration as something that is done to its instance. */
export function actionOfDecision(
  migration: Migration,
  decision: 'confirm' | 'revert',
  operation: { readonly id: string; readonly asked?: RequestContext },
): NewAction {
  const confirms = decision === 'confirm';
  return {
    asked: operation.asked ?? askedByFerry(operation.id),
    instanceId: migration.instanceId,
    operationId: operation.id,
    action: confirms ? 'confirmResize' : 'revertResize',
    event: confirms ? 'compute_confirm_resize' : 'compute_revert_resize',
    host: confirms ? migration.sourceHost : migration.targetHost,
  };
}

/** What was asked for by Ferry's own API has the id of its request; what no request asked for, one of its own. */
function askedByFerry(operationId: string): RequestContext {
  const requestId = logContext().requestId ?? `req-${operationId}`;
  return { requestId, userId: firstUser.id, projectId: firstProject.id };
}

/** A move as something that is done to its instance. */
export function actionOfMove(migration: Migration, asked?: RequestContext): NewAction {
  return {
    asked: asked ?? askedByFerry(migration.id),
    instanceId: migration.instanceId,
    operationId: migration.id,
    ...names[migration.kind],
    ...(migration.resize === null ? {} : { action: 'resize' }),
    host: migration.sourceHost,
  };
}
