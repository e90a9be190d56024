import type { Call } from '@ferry/hypervisor';
import { type Host, judgeDeletion, type PoolPlace } from '@ferry/model';
import { lookForUsers } from '../facts/files/look-for-users.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { domainsWithVolume } from './domains-with-volume.ts';

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
