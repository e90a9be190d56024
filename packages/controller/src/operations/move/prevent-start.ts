import { type MoveContext, sourceOf } from '../context/move-context.ts';
import { ensureDefinedAtSource, requireFilesToStart } from './defined-at-source.ts';
import { undoRight } from '../context/undo-right.ts';

/** While it moves, a reboot of the source must not start it a second time. */
export async function disableAutostart(context: MoveContext): Promise<void> {
  const { instanceId, autostart } = context.input;
  if (autostart) await sourceOf(context).domains.setAutostart(instanceId, false, { signal: context.signal });
}

/** Gives the source its autostart back. */
export async function restoreAutostart(context: MoveContext): Promise<void> {
  const { instanceId, autostart } = context.input;
  if (!autostart || !(await undoRight(context)).atSource) return;
  if ((await ensureDefinedAtSource(context, { poweredOff: false })) === 'elsewhere') return;
  await requireFilesToStart(context);
  await sourceOf(context).domains.setAutostart(instanceId, true, { signal: context.signal });
}

/**
 * While its files are copied nobody starts it at the source: who tries reads by which migration it is held, and where it goes.
 * Where its host does not allow that, what was copied is still compared before it counts.
 */
export async function preventStart(context: MoveContext): Promise<'prevented' | 'not-possible'> {
  const { instanceId, migrationId, target } = context.input;
  const why = `to-${target.name}-by-migration-${migrationId}`.replaceAll(/[^A-Za-z0-9.-]/g, '-');
  return sourceOf(context).domains.ensureStartPrevented(instanceId, why, { signal: context.signal });
}

/** It may be started at the source again. */
export async function allowStart(context: MoveContext): Promise<void> {
  await sourceOf(context).domains.ensureStartAllowed(context.input.instanceId, { signal: context.signal });
}
