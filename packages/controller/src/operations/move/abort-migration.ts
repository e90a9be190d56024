import { abortObstacle, type Migration } from '@ferry/model';
import { stepsOf } from '../context/steps-of.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** Writes down that a migration is to end; the step at work reads it, also after a restart. */
export async function abortMigration(services: Services, id: string): Promise<Migration> {
  const migration = await services.store.migrations.byId(id);
  if (migration === null) throw new Refusal('migration-not-found', `There is no migration "${id}".`);
  const obstacle = abortObstacle(migration, await stepsOf(services, id));
  if (obstacle !== null) throw new Refusal('migration-not-abortable', obstacle);
  return (await services.store.migrations.requestAbort(id)) ?? migration;
}
