import type { Host, PoolPlace, Volume } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { lookForVolume } from './volume-pool.ts';

/**
 * Makes a volume that stands in the catalogue as being created, on the first of its hosts; that the others see it, and had
 * none of that name before, shows that they have the same pool. What does not come to its end is taken back.
 */
export async function makePoolVolume(
  services: Services,
  volume: Volume,
  place: PoolPlace,
  [first, ...others]: readonly Host[],
): Promise<void> {
  if (first === undefined) throw new Error('a volume is made on a host');
  const { store, hypervisor, limits } = services;
  const { pools } = hypervisor.host(first.uri);
  const shape = { name: place.name, format: volume.format, capacityBytes: volume.sizeBytes ?? 0 };
  const call = { deadlineMs: limits.prepareMs };
  let made = false;
  try {
    // Whatever is there by now is somebody else's: only a volume that this made goes with it.
    made = (await pools.ensureVolume(place.pool, shape, call)) === 'made';
    if (!made) throw new Refusal('volume-exists', `${first.name} has a volume ${place.name} by now.`);
    for (const other of others)
      if ((await lookForVolume(hypervisor.host(other.uri), place, call)) === null)
        throw new Refusal(
          'volume-refused',
          `${other.name} does not see what ${first.name} made in ${place.pool}: they do not have the same pool.`,
        );
    if (!(await store.catalogue.change(volume.id, { state: 'ready' })))
      throw new Refusal('volume-not-found', `Volume ${volume.id} was deleted while it was made.`);
  } catch (error) {
    await takeBack(services, volume, async () => {
      if (made) await pools.ensureNoVolume(place.pool, place.name, call);
    });
    throw error;
  }
}

/** What cannot be taken back stays in the catalogue, in error, for somebody to delete it. */
async function takeBack(
  { store, log }: Services,
  { id }: Volume,
  removeIt: () => Promise<void>,
): Promise<void> {
  try {
    await removeIt();
    await store.catalogue.remove(id);
  } catch (error) {
    log.warn({ err: error, volume: id }, 'a volume that could not be created stays');
    await store.catalogue.change(id, { state: 'error' });
  }
}
