import { isFinal, type Migration } from '@ferry/model';
import { Refusal } from './shared/refusal.ts';
import type { Services } from './shared/services.ts';

/** Writes down that a migration is to end; the step at work reads it, also after a restart. */
export async function abortMigration(services: Services, id: string): Promise<Migration> {
  const { operations } = services.store;
  const migration = await services.store.migrations.byId(id);
  if (migration === null) throw new Refusal('migration-not-found', `There is no migration "${id}".`);
  if (isFinal(migration.kind, migration.status) || migration.finishedAt !== null) {
    throw new Refusal('migration-not-abortable', `The migration is over: it is ${migration.status}.`);
  }
  if (migration.held && ['finished', 'confirming', 'reverting'].includes(migration.status)) {
    throw new Refusal(
      'migration-not-abortable',
      `${migration.instanceName} has moved to ${migration.targetHost}; the migration is ${migration.status}. Revert it to go back: \`ferry migration revert ${migration.id}\`.`,
    );
  }
  // A cold move that has not started its guest yet goes back where the target cannot.
  const starts = migration.kind === 'cold-migration' && !(await operations.hasPassed(id, ['restore-power']));
  if (!starts && (await operations.hasPassed(id, ['transfer', 'verify-copy', 'prove-gone']))) {
    throw new Refusal(
      'migration-not-abortable',
      `${migration.instanceName} has moved to ${migration.targetHost} already; only its clean-up is left (${migration.phase}).`,
    );
  }
  return (await services.store.migrations.requestAbort(id)) ?? migration;
}
