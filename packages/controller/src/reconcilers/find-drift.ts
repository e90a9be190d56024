import { drift, type Drift, type Instance } from '@ferry/model';
import type { Services } from '../operations/shared/services.ts';
import { firstLookAt, type HostLook } from './first-look.ts';
import { settleDrift } from './settle-drift.ts';

/** So many instances are looked at more closely at the same time. */
const atOnce = 8;

/**
 * Compares what hosts showed with the record of each instance that no migration holds, and settles what differs. Two that
 * run come first: they are the only ones that get worse by waiting.
 */
export async function findDrift(
  services: Services,
  instances: readonly Instance[],
  looks: readonly HostLook[],
): Promise<void> {
  const found = instances
    .filter((instance) => instance.migrationId === null)
    .map((instance) => ({ instance, first: drift(instance, firstLookAt(instance.id, looks)) }));
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
