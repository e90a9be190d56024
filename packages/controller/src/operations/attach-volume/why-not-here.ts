import type { Host, Instance, NetworkPlace, PoolPlace, Volume } from '@ferry/model';
import type { Services } from '../engine/services.ts';
import { domainsWithVolume } from '../volumes/domains-with-volume.ts';
import { lookForVolume } from '../volumes/volume-pool.ts';

/** All that keeps a host from giving an instance a volume, a sentence each, with what to do; none: it can. */
export async function whyNotHere(
  services: Services,
  volume: Volume,
  instance: Instance,
  host: Host,
): Promise<string[]> {
  const { place } = volume;
  const reasons =
    place.kind === 'pool'
      ? await whyNoPool(services, volume, place, host)
      : await whyNoSecret(services, place, host);
  if (volume.shareable) return reasons;
  return [...reasons, ...(await otherUsers(services, volume, instance, host))];
}

async function whyNoPool(
  services: Services,
  volume: Volume,
  place: PoolPlace,
  host: Host,
): Promise<string[]> {
  if (!volume.hostIds.includes(host.id)) {
    const hosts = (await services.store.hosts.list()).filter(({ id }) => volume.hostIds.includes(id));
    const names = hosts.map(({ name }) => name).join(', ');
    return [`It is on ${names}, and the instance on ${host.name}: move the instance there.`];
  }
  const reached = services.hypervisor.host(host.uri);
  const call = { deadlineMs: services.limits.inspectMs };
  const pool = await reached.pools.pool(place.pool, call);
  if (pool === null) return [`${host.name} has no pool ${place.pool}: define and start it there.`];
  // One that is stopped is started, and shows then what it has.
  if (!pool.active || (await lookForVolume(reached, place, call)) !== null) return [];
  return [`${host.name} has no volume ${place.name} in its pool ${place.pool} any more.`];
}

async function whyNoSecret(services: Services, { auth }: NetworkPlace, host: Host): Promise<string[]> {
  if (auth === null) return [];
  const { secrets } = services.hypervisor.host(host.uri);
  const found = await secrets.secret(auth.secret, { deadlineMs: services.limits.inspectMs });
  const { usageType, uuid, usage } = auth.secret;
  const name = `${usageType} ${uuid ?? usage ?? ''}`;
  if (found === null)
    return [`${host.name} has no secret ${name}: define it there (virsh secret-define) and set its value.`];
  return found.hasValue === false
    ? [`The secret ${name} of ${host.name} has no value: virsh secret-set-value.`]
    : [];
}

/** Domains that have it without Ferry's doing; those of a disk on the network are looked for on this host alone. */
async function otherUsers(
  services: Services,
  volume: Volume,
  instance: Instance,
  host: Host,
): Promise<string[]> {
  const call = { deadlineMs: services.limits.inspectMs };
  const others = (await services.store.hosts.list()).filter(({ id }) => volume.hostIds.includes(id));
  const hosts = others.some(({ id }) => id === host.id) ? others : [host];
  const reasons: string[] = [];
  for (const one of hosts) {
    try {
      for (const { domain, disk } of await domainsWithVolume(services, one, volume.place, call)) {
        const who = domain.id === instance.id ? 'The instance' : `The domain ${domain.name} on ${one.name}`;
        reasons.push(`${who} has it as ${disk.target} already.`);
      }
    } catch (error) {
      // Another host that is away for a while keeps nobody from their volumes; this one has to answer.
      if (one.id === host.id) throw error;
      services.log.warn({ err: error, host: one.name }, 'it is not known who has a volume there');
    }
  }
  return reasons;
}
