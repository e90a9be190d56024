import { type MoveContext, sourceOf } from './move-context.ts';

/**
 * While its files are copied nobody starts it at the source: who tries reads by which migration it is held, and where it goes.
 * Where its host does not allow that, what was copied is still compared before it counts.
 */
export async function holdFromStarting(context: MoveContext): Promise<'held' | 'not-possible'> {
  const { instanceId, migrationId, target } = context.input;
  const why = `to-${target.name}-by-migration-${migrationId}`.replaceAll(/[^A-Za-z0-9.-]/g, '-');
  return sourceOf(context).domains.ensureHeld(instanceId, why, { signal: context.signal });
}

/** It may be started at the source again. */
export async function releaseForStarting(context: MoveContext): Promise<void> {
  await sourceOf(context).domains.ensureReleased(context.input.instanceId, { signal: context.signal });
}
