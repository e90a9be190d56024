import { type MoveContext, sayPhase } from './move-context.ts';

/** Writes down that the instance belongs to the target: one transaction, and doing it twice changes nothing. */
export async function commitOwner(context: MoveContext): Promise<void> {
  await sayPhase(context, `commit: the instance belongs to ${context.input.target.name}`);
  await context.services.store.migrations.commit(context.input.migrationId);
}
