import { randomUUID } from 'node:crypto';
import type { HypervisorHost } from '@ferry/hypervisor';
import { directoryOf, type DomainFacts, guestAsks, type Host } from '@ferry/model';
import type { Services } from '../operations/engine/services.ts';

/** So many instances of one host are read in one round: a host is never asked for hundreds at once. */
const atOnce = 20;

/**
 * Reads the definitions of instances now and then, and sees which hosts have the same directories: what is needed when a
 * host is gone can only be asked while it lives.
 */
export async function keepDefinitions(services: Services, maxAgeMs: number): Promise<void> {
  const hosts = (await services.store.hosts.list()).filter((host) => host.service.state === 'up');
  await Promise.all(hosts.map((host) => keepOfHost(services, host, hosts, maxAgeMs)));
}

/** One host that cannot be read hides no other. */
async function keepOfHost(
  services: Services,
  host: Host,
  hosts: readonly Host[],
  maxAgeMs: number,
): Promise<void> {
  const { store, log } = services;
  const before = new Date(Date.now() - maxAgeMs).toISOString();
  try {
    const there = services.hypervisor.host(host.uri);
    const directories = new Set<string>();
    for (const id of await store.definitionBackups.stale(host.id, before, atOnce))
      for (const directory of await keepOne(services, host, id)) directories.add(directory);
    for (const directory of directories) await seeDirectory(services, { host, there }, hosts, directory);
  } catch (error) {
    log.debug({ err: error, host: host.name }, 'definitions could not be read; it is tried again');
  }
}

/** Reads one instance; gives the directories of its files. */
async function keepOne(services: Services, host: Host, instanceId: string): Promise<string[]> {
  const call = { deadlineMs: services.limits.inspectMs };
  const { domains } = services.hypervisor.host(host.uri);
  const seenAt = new Date().toISOString();
  const domain = await domains.domain(instanceId, call);
  if (domain === null) return [];
  const xml = await domains.definition(instanceId, call);
  const told = await domains.descriptions(instanceId, call);
  const kept = told === null ? domain : { ...domain, asks: guestAsks(domain, told) };
  await services.store.definitionBackups.keep({ instanceId, hostId: host.id, xml, domain: kept, seenAt });
  return filesOf(domain).map(directoryOf);
}

/** Files of its disks and what they stand on; devices are no files. */
function filesOf({ disks, extras }: DomainFacts): string[] {
  const all = extras.nvram === null ? disks : [...disks, extras.nvram];
  return all.flatMap(({ image, backing, path, kind }) => {
    const own = image !== null && image.device !== true ? [image.path] : kind === 'file' ? [path ?? ''] : [];
    return [...own, ...backing.filter(({ device }) => device !== true).map((base) => base.path)];
  });
}

/** A small file that the host makes is there for those who share the directory, and for nobody else. */
async function seeDirectory(
  services: Services,
  { host, there }: { host: Host; there: HypervisorHost },
  hosts: readonly Host[],
  directory: string,
): Promise<void> {
  const call = { deadlineMs: services.limits.inspectMs };
  const probe = `.ferry-probe-${randomUUID()}`;
  const asked: string[] = [];
  const sharing: string[] = [];
  const at = new Date().toISOString();
  await there.storage.ensureProbeFile(directory, probe, call);
  try {
    for (const peer of hosts.filter(({ id }) => id !== host.id)) {
      const sees = await services.hypervisor
        .host(peer.uri)
        .storage.seesProbeFile(directory, probe, call)
        .catch(() => null);
      if (sees === null) continue;
      asked.push(peer.id);
      if (sees) sharing.push(peer.id);
    }
  } finally {
    await there.storage.ensureNoProbeFile(directory, probe, call);
  }
  await services.store.definitionBackups.sawDirectory(host.id, directory, { asked, sharing }, at);
}
