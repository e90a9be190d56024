import type { Migration } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import { abortMigration } from '../move/abort-migration.ts';
import type { PlanContext } from './plan-context.ts';

/** Has a migration of a plan end that is cancelled; asked for once. */
export async function abortMoveOfPlan(
  { services, start }: Pick<PlanContext, 'services' | 'start'>,
  migration: Migration,
): Promise<void> {
  if (migration.abortRequested) return;
  try {
    await abortMigration(services, migration.id);
  } catch (error) {
    // Past its point of no return it is brought to its end.
    if (error instanceof Refusal) return;
    throw error;
  }
  // One that waits to be tried again reads it now.
  start(migration.id);
}
