import { type Host, judgeDeletion, type PoolPlace, type Volume } from '@ferry/model';
import type { VolumeRecord } from '../../store/catalogue-store.ts';
import { lookForUsers } from '../shared/files/look-for-users.ts';
import { refusalOf } from '../shared/host-error.ts';
import { Refusal } from '../shared/refusal.ts';
import type { Services } from '../shared/services.ts';
import { domainsWithVolume } from './domains-with-volume.ts';

/**
 * Takes a volume out of the catalogue, unless an instance has it. What Ferry made goes with it; what was there before, or is
 * on the network, is only forgotten. `content`: a pool's volume goes whoever made it.
 */
export async function deleteVolume(
  services: Services,
  { volume, attachments }: VolumeRecord,
  content: boolean,
): Promise<void> {
  const { store } = services;
  if (attachments.length > 0) throw await inUse(services, { volume, attachments });
  const begun = await store.catalogue.beginDeletion(volume.id);
  if (begun === null) return;
  if (begun.attachments.length > 0) throw await inUse(services, begun);
  const { place } = volume;
  try {
    if (place.kind === 'pool' && (volume.made || content)) await removeContent(services, volume, place);
  } catch (error) {
    await store.catalogue.change(volume.id, { state: volume.state });
    throw refusalOf(error);
  }
  await store.catalogue.remove(volume.id);
}

/** Removes it where one of its hosts has it, unless a domain that Ferry does not look after has it too. */
async function removeContent(services: Services, volume: Volume, place: PoolPlace): Promise<void> {
  const hosts = await hostsBy(services, volume.hostIds);
  const call = { deadlineMs: services.limits.prepareMs };
  for (const host of hosts) {
    const [user] = await domainsWithVolume(services, host, place, call);
    if (user !== undefined)
      throw new Refusal(
        'volume-in-use',
        `The domain ${user.domain.name} on ${host.name} has ${volume.name} as ${user.disk.target}.`,
      );
  }
  for (const host of hosts) await requireUnused(services, host, volume, place);
  for (const host of hosts) {
    const { pools } = services.hypervisor.host(host.uri);
    const pool = await pools.pool(place.pool, call);
    if (pool === null) continue;
    // A pool that is stopped knows no volumes, and what it says of them after its start may be old.
    await pools.ensureActive(place.pool, call);
    await pools.ensureNoVolume(place.pool, place.name, call);
  }
}

/** Nor may anything stand on its file, or name it in another way. */
async function requireUnused(
  services: Services,
  host: Host,
  volume: Volume,
  place: PoolPlace,
): Promise<void> {
  const call = { deadlineMs: services.limits.prepareMs };
  const path = await services.hypervisor.host(host.uri).pools.volumePath(place.pool, place.name, call);
  if (path === null || path.startsWith('/dev/') || !path.startsWith('/')) return;
  const asking = { instanceId: '', migrationId: null, volumeId: volume.id };
  const [naming] = await lookForUsers(services, host, [path], asking, call);
  const verdict = naming === undefined ? null : judgeDeletion(naming);
  if (verdict?.kind === 'keep')
    throw new Refusal('volume-in-use', `${path} on ${host.name} stays: ${verdict.because}.`);
}

/** Those of the ids that Ferry still looks after. */
async function hostsBy({ store }: Services, ids: readonly string[]): Promise<Host[]> {
  return (await store.hosts.list()).filter(({ id }) => ids.includes(id));
}

async function inUse({ store }: Services, { volume, attachments }: VolumeRecord): Promise<Refusal> {
  const users = attachments.map(async ({ instanceId, target }) => {
    const instance = await store.instances.byId(instanceId);
    return `${instance?.name ?? instanceId} has it as /dev/${target}`;
  });
  return new Refusal(
    'volume-in-use',
    `Volume ${volume.name} (${volume.id}) is attached: ${(await Promise.all(users)).join(', ')}.`,
  );
}
