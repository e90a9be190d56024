import { randomUUID } from 'node:crypto';
import type { Host, Volume } from '@ferry/model';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { domainsWithVolume } from './domains-with-volume.ts';
import { makePoolVolume } from './make-pool-volume.ts';
import type { NewVolume } from './new-volume.ts';
import { noteFound } from './note-found.ts';
import { hostsOfVolume } from './hosts-of-volume.ts';

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
