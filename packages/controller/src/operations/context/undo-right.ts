import { busyWith } from '@ferry/model';
import type { MoveContext } from './move-context.ts';
import { StepError } from '../engine/step-error.ts';

/** What of a move may still be taken back. */
export interface UndoRight {
  /** The instance still belongs to the source. */
  readonly atSource: boolean;
  /** What is found on the target can only have come with this move. */
  readonly atTarget: boolean;
}

/**
 * An undo may be held up for long by a host that is away, and its instance is free meanwhile. When another migration
 * has moved it since, what stands on the target may be the instance itself, and is never taken away. One that was deleted
 * since has nothing anywhere but what this move brought to the target.
 * Throws `instance-taken` while another migration holds it: to be tried again when that one is over.
 */
export async function undoRight(context: MoveContext): Promise<UndoRight> {
  const { store } = context.services;
  const { migrationId, instanceId } = context.input;
  const [instance, migration] = await Promise.all([
    store.instances.byId(instanceId),
    store.migrations.byId(migrationId),
  ]);
  if (migration === null) return { atSource: false, atTarget: false };
  if (instance === null) return { atSource: false, atTarget: true };
  if (instance.operationId !== null && instance.operationId !== migrationId) {
    throw new StepError(
      'instance-taken',
      `${instance.name} is busy with ${busyWith(instance)}; clean-up waits for its end.`,
    );
  }
  return {
    atSource: instance.hostId === migration.sourceHostId,
    atTarget: instance.hostId !== migration.targetHostId,
  };
}
