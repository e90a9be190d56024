import { type MoveContext, sayStatus, throwIfAbortRequested } from '../../move/move-context.ts';

/** The first thing a cold migration says. */
export async function beginCold(context: MoveContext): Promise<void> {
  await sayStatus(context, 'pre-migrating', 'prepare source and target');
  await throwIfAbortRequested(context);
}
