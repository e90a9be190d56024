import { drift, type Drift, type Instance } from '@ferry/model';
import type { Services } from '../operations/shared/services.ts';
import { firstLookAt, type HostLook } from './first-look.ts';
import { settleDrift } from './settle-drift.ts';

/** So many instances are looked at more closely at the same time. */
const atOnce = 8;

/** What counts also where a migration that was taken back has left something that is still to be cleared away. */
const tellsAnyway: ReadonlySet<Drift['kind']> = new Set(['as-recorded', 'unreachable', 'two-runners']);

/**
 * Compares what hosts showed with the record of each instance that no migration holds, and settles what differs. Two that
 * run come first: they are the only ones that get worse by waiting. `owed`: ids of those for which a
 * clean-up is still to be done.
 */
export async function findDrift(
  services: Services,
  instances: readonly Instance[],
  looks: readonly HostLook[],
  owed: ReadonlySet<string>,
): Promise<void> {
  const found = instances
    .filter((instance) => instance.migrationId === null)
    .map((instance) => ({ instance, first: drift(instance, firstLookAt(instance.id, looks)) }))
    .filter(({ instance, first }) => !owed.has(instance.id) || tellsAnyway.has(first.kind));
  const queue = [
    ...found.filter(({ first }) => first.kind === 'two-runners'),
    ...found.filter(({ first }) => first.kind !== 'two-runners'),
  ];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      await settleOne(services, next.instance, looks, next.first);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** One that cannot be settled hides no other. */
async function settleOne(
  services: Services,
  instance: Instance,
  looks: readonly HostLook[],
  first: Drift,
): Promise<void> {
  try {
    await settleDrift(services, instance, looks, first);
  } catch (error) {
    services.log.warn(
      { err: error, instance: instance.name },
      'drift could not be settled; it is tried again',
    );
  }
}
