import type { Call } from '@ferry/hypervisor';
import {
  type DiskFacts,
  type DomainFacts,
  type Host,
  isAtPlace,
  judgeDeletion,
  type PoolPlace,
  type VolumePlace,
} from '@ferry/model';
import type { VolumeRecord } from '../../store/storage/catalogue-store.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { lookForUsers } from '../facts/files/look-for-users.ts';

/** A domain of a host that has a volume, whoever looks after the domain. */
interface VolumeUser {
  readonly host: Host;
  readonly domain: DomainFacts;
  readonly disk: DiskFacts;
}

/** The domains of a host that have the volume of a place, by the pool's name or by the path of its file. Throws what the host throws. */
export async function domainsWithVolume(
  { hypervisor }: Services,
  host: Host,
  place: VolumePlace,
  call: Call,
): Promise<VolumeUser[]> {
  const { domains, pools } = hypervisor.host(host.uri);
  const path = place.kind === 'pool' ? await pools.volumePath(place.pool, place.name, call) : null;
  const has = (disk: DiskFacts): boolean => isAtPlace(disk, place) || (path !== null && disk.path === path);
  return (await domains.list(call)).flatMap((domain) =>
    domain.disks.filter(has).map((disk) => ({ host, domain, disk })),
  );
}

/** What keeps a volume from being deleted as the catalogue has it; null: nothing. */
export async function whyNotDeleted(
  { store }: Services,
  { volume, attachments }: VolumeRecord,
): Promise<{ readonly code: 'volume-in-use' | 'volume-state'; readonly message: string } | null> {
  const which = `Volume ${volume.name} (${volume.id})`;
  if (attachments.length > 0) {
    const users = attachments.map(async ({ instanceId, target }) => {
      const instance = await store.instances.byId(instanceId);
      return `${instance?.name ?? instanceId} has it as /dev/${target}`;
    });
    return {
      code: 'volume-in-use',
      message: `${which} is attached: ${(await Promise.all(users)).join(', ')}.`,
    };
  }
  if (volume.operationId === null) return null;
  return {
    code: 'volume-state',
    message: `${which} is ${volume.state}, and operation ${volume.operationId} has it.`,
  };
}

/** What of a volume tells whose its content is. */
interface OwnVolume {
  readonly id: string;
  readonly name: string;
  readonly hostIds: readonly string[];
}

/**
 * Refuses where a domain of its hosts has the volume, whoever looks after that, or where anything stands on its file or
 * names it in another way. Throws what a host throws: one that does not answer may have a user.
 */
export async function requireVolumeUnused(
  services: Services,
  volume: OwnVolume,
  place: PoolPlace,
  call: Call,
): Promise<void> {
  const hosts = await hostsBy(services, volume.hostIds);
  for (const host of hosts) {
    const [user] = await domainsWithVolume(services, host, place, call);
    if (user !== undefined)
      throw new Refusal(
        'volume-in-use',
        `The domain ${user.domain.name} on ${host.name} has ${volume.name} as ${user.disk.target}.`,
      );
  }
  for (const host of hosts) await requireUnnamed(services, host, volume, place, call);
}

/** Removes it from its pool where one of its hosts has it, unless anybody has it or its file. */
export async function removeContent(
  services: Services,
  volume: OwnVolume,
  place: PoolPlace,
  call: Call,
): Promise<void> {
  await requireVolumeUnused(services, volume, place, call);
  for (const host of await hostsBy(services, volume.hostIds)) {
    const { pools } = services.hypervisor.host(host.uri);
    const pool = await pools.pool(place.pool, call);
    if (pool === null) continue;
    // A pool that is stopped knows no volumes, and what it says of them after its start may be old.
    await pools.ensureActive(place.pool, call);
    await pools.ensureNoVolume(place.pool, place.name, call);
  }
}

async function requireUnnamed(
  services: Services,
  host: Host,
  volume: OwnVolume,
  place: PoolPlace,
  call: Call,
): Promise<void> {
  const path = await services.hypervisor.host(host.uri).pools.volumePath(place.pool, place.name, call);
  if (path === null || path.startsWith('/dev/') || !path.startsWith('/')) return;
  const asking = { instanceId: '', migrationId: null, volumeId: volume.id, anew: true } as const;
  const [naming] = await lookForUsers(services, host, [path], asking, call);
  const verdict = naming === undefined ? null : judgeDeletion(naming);
  if (verdict?.kind === 'keep')
    throw new Refusal('volume-in-use', `${path} on ${host.name} stays: ${verdict.because}.`);
}

/** Those of the ids that Ferry still looks after. */
async function hostsBy({ store }: Services, ids: readonly string[]): Promise<Host[]> {
  return (await store.hosts.list()).filter(({ id }) => ids.includes(id));
}

/**
 * Takes a volume out of the catalogue, unless an instance or an operation has it. What Ferry made goes with it; what was
 * there before, or is on the network, is only forgotten. `content`: a pool's volume goes whoever made it.
 */
export async function deleteVolume(
  services: Services,
  { volume, attachments }: VolumeRecord,
  content: boolean,
): Promise<void> {
  const { store, limits } = services;
  await requireDeletable(services, { volume, attachments });
  const begun = await store.catalogue.beginDeletion(volume.id);
  if (begun === null) return;
  await requireDeletable(services, begun);
  const { place } = volume;
  try {
    if (place.kind === 'pool' && (volume.made || content))
      await removeContent(services, volume, place, { deadlineMs: limits.prepareMs });
  } catch (error) {
    await store.catalogue.change(volume.id, { state: volume.state });
    throw refusalOf(error);
  }
  await store.catalogue.remove(volume.id);
}

async function requireDeletable(services: Services, record: VolumeRecord): Promise<void> {
  const why = await whyNotDeleted(services, record);
  if (why !== null) throw new Refusal(why.code, why.message);
}
