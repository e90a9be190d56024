import type { Call, HypervisorHost } from '@ferry/hypervisor';
import type { Host, PoolPlace, VolumeCandidate, VolumeType } from '@ferry/model';
import type { Services } from '../engine/services.ts';

/** A volume of a pool as one host has it; null where it has none. A pool that runs is looked at anew, one that does not stays off. */
export async function lookForVolume(
  { pools }: HypervisorHost,
  { pool, name }: PoolPlace,
  call: Call,
): Promise<{ readonly path: string; readonly format: string; readonly capacityBytes: number } | null> {
  const facts = await pools.pool(pool, call);
  if (facts?.active !== true) return null;
  await pools.ensureActive(pool, call);
  const found = await pools.volume(pool, name, call);
  if (found === null) return null;
  // Of a unit on the network libvirt says no format: it is what it is.
  return { ...found, format: found.format === 'unknown' ? 'raw' : found.format };
}

/** A host, its pool, and what that holds. */
export interface PoolSite {
  readonly candidate: VolumeCandidate;
  readonly has: 'active' | 'stopped' | 'absent' | 'silent';
  /** Its volumes are files, which can be laid out in any way. */
  readonly ofFiles: boolean;
}

/** What of a request keeps a volume from hosts. */
export interface WantedPlace {
  readonly zone: string | null;
  /** Ids of hosts on which what it is to be with is; null: nothing is named. */
  readonly only: ReadonlySet<string> | null;
  /** Ids of hosts on which what it is not to be with is. */
  readonly not: ReadonlySet<string>;
}

/** Asks the hosts of a type, side by side, for their pool. */
export async function lookForPools(
  services: Services,
  type: VolumeType,
  wanted: WantedPlace,
): Promise<PoolSite[]> {
  const { store } = services;
  const [all, zones] = await Promise.all([store.hosts.list(), store.creations.zones()]);
  const hosts = type.hostIds.length === 0 ? all : all.filter(({ id }) => type.hostIds.includes(id));
  return Promise.all(
    hosts.map(async (host) => {
      const site = await lookAt(services, host, type);
      const problems = [...unwantedFor(host, zones.of(host.id), wanted), ...site.candidate.problems];
      return { ...site, candidate: { ...site.candidate, problems } };
    }),
  );
}

function unwantedFor(host: Host, zone: string, wanted: WantedPlace): string[] {
  const problems: string[] = [];
  if (host.fence !== null) problems.push(`it is fenced, by ${host.fence.by}`);
  if (wanted.zone !== null && wanted.zone !== zone)
    problems.push(`it is in the zone ${zone}, and ${wanted.zone} was asked for`);
  if (wanted.only?.has(host.id) === false) problems.push('what it is to be with is elsewhere');
  if (wanted.not.has(host.id)) problems.push('what it is not to be with is there');
  return problems;
}

async function lookAt(services: Services, host: Host, { pool: name }: VolumeType): Promise<PoolSite> {
  // The watch over hosts asks it again and again: nobody waits for its deadline here.
  if (host.service.state === 'down') return silent(host, host.service.reason);
  const call = { deadlineMs: services.limits.inspectMs };
  const { pools } = services.hypervisor.host(host.uri);
  const empty = { host, room: null, promisedBytes: 0 };
  try {
    const facts = await pools.pool(name, call);
    if (facts === null)
      return {
        candidate: { ...empty, problems: [`it has no pool ${name}`] },
        has: 'absent',
        ofFiles: false,
      };
    const ofFiles = facts.directory !== null;
    if (!facts.active)
      return {
        candidate: { ...empty, problems: [`its pool ${name} is stopped (virsh pool-start ${name})`] },
        has: 'stopped',
        ofFiles,
      };
    const room = await pools.room(name, call);
    const promisedBytes = await services.store.volumeWork.promisedBytes(name, host.id);
    return { candidate: { host, room, promisedBytes, problems: [] }, has: 'active', ofFiles };
  } catch (error) {
    return silent(host, error instanceof Error ? error.message : String(error));
  }
}

function silent(host: Host, why: string): PoolSite {
  const problems = [`it did not tell what it has: ${why}`];
  return { candidate: { host, room: null, promisedBytes: 0, problems }, has: 'silent', ofFiles: false };
}
