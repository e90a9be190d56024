import { firstProject, firstUser, type Migration, type MigrationKind } from '@ferry/model';
import type { Asked, NewAction } from './action-store.ts';

/** Nova's names of the action, and of the event that goes on from its begin to its end. */
const names: Readonly<Record<MigrationKind, { readonly action: string; readonly event: string }>> = {
  'live-migration': { action: 'live-migration', event: 'compute_live_migration' },
  'cold-migration': { action: 'migrate', event: 'compute_resize_instance' },
  evacuation: { action: 'evacuate', event: 'compute_rebuild_instance' },
};

/** A move as something that is done to its instance. One that was asked for by Ferry's own API has a request id of its own. */
export function actionOfMove(migration: Migration, asked?: Asked): NewAction {
  return {
    asked: asked ?? {
      requestId: `req-${migration.id}`,
      userId: firstUser.id,
      projectId: firstProject.id,
    },
    instanceId: migration.instanceId,
    operationId: migration.id,
    ...names[migration.kind],
    ...(migration.resize === null ? {} : { action: 'resize' }),
    host: migration.sourceHost,
  };
}
