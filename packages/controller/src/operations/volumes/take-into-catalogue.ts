import { randomUUID } from 'node:crypto';
import type { DiskFacts, Host, PoolPlace, Volume } from '@ferry/model';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { hostsOfVolume, type NewVolume } from './hosts-of-volume.ts';
import { lookForVolume } from './look-for-pools.ts';
import { domainsWithVolume } from './remove-content.ts';

/** Writes down that an instance had a volume when both became known: from then on it counts as attached. */
export async function noteFound(
  { store }: Services,
  instanceId: string,
  volume: Volume,
  disk: DiskFacts,
): Promise<void> {
  await store.attachments.found({
    id: randomUUID(),
    volumeId: volume.id,
    instanceId,
    target: disk.target,
    tag: null,
    deleteOnTermination: false,
    state: 'attached',
    found: true,
    createdAt: store.now(),
  });
}

/**
 * Makes a volume that stands in the catalogue as being created, on the first of its hosts; that the others see it, and had
 * none of that name before, shows that they have the same pool. What does not come to its end is taken back.
 */
async function makePoolVolume(
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

/** Puts a volume into the catalogue: one that is there already, one that is made in a pool, or a disk on the network. */
export async function createVolume(services: Services, wanted: NewVolume): Promise<VolumeRecord> {
  const { store } = services;
  try {
    const hosts = await hostsOfVolume(services, wanted);
    const volume = volumeOf(wanted, hosts, store.now());
    const { place } = volume;
    const result = await store.catalogue.add(volume);
    if (!result.added) {
      const { name, id } = result.there;
      throw new Refusal('volume-exists', `That is the volume ${name} (${id}) already.`);
    }
    if (place.kind === 'pool' && volume.made) await makePoolVolume(services, volume, place, hosts.made);
    else await noteUsers(services, volume, hosts.found.length > 0 ? hosts.found : await store.hosts.list());
    const record = await store.catalogue.byId(volume.id);
    if (record === null) throw new Refusal('volume-not-found', `Volume ${volume.id} was deleted meanwhile.`);
    return record;
  } catch (error) {
    throw refusalOf(error);
  }
}

function volumeOf(
  wanted: NewVolume,
  { made, found, format, capacityBytes }: Awaited<ReturnType<typeof hostsOfVolume>>,
  now: string,
): Volume {
  const { name, description, projectId, userId, place, shareable, sizeBytes } = wanted;
  return {
    id: randomUUID(),
    name,
    description,
    projectId,
    userId,
    place,
    hostIds: [...made, ...found].map(({ id }) => id),
    format,
    sizeBytes: capacityBytes ?? sizeBytes,
    made: made.length > 0,
    shareable,
    metadata: {},
    typeId: null,
    fault: null,
    operationId: null,
    state: made.length > 0 ? 'creating' : 'ready',
    createdAt: now,
    updatedAt: now,
  };
}

/** Instances that have it already. A host that does not answer is not waited for: its instances are found when they are asked. */
async function noteUsers(services: Services, volume: Volume, hosts: readonly Host[]): Promise<void> {
  const call = { deadlineMs: services.limits.inspectMs };
  const looks = hosts.map(async (host) => {
    try {
      return await domainsWithVolume(services, host, volume.place, call);
    } catch (error) {
      services.log.warn({ err: error, host: host.name }, 'it is not known who has a new volume there');
      return [];
    }
  });
  for (const { host, domain, disk } of (await Promise.all(looks)).flat()) {
    const instance = await services.store.instances.byId(domain.id);
    if (instance?.hostId === host.id) await noteFound(services, instance.id, volume, disk);
  }
}
