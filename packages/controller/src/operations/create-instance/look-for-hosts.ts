import { type Call, HypervisorError, type HypervisorHost, type NewInterface } from '@ferry/hypervisor';
import {
  type GroupMember,
  groupPlacement,
  type Host,
  type HostFacts,
  libraryBasePath,
  type PlacementCandidate,
} from '@ferry/model';
import { readHost } from '../facts/read-host.ts';
import { imageDirectoryOf } from '../hosts/image-directory-of.ts';
import type { Services } from '../engine/services.ts';
import type { NewServer } from './new-server.ts';
import type { ResolvedServer } from './resolve-server.ts';

/** What a network is plugged into on one host: all but the hardware address. */
type WantedInterface = Omit<NewInterface, 'mac'>;

/** A host with what placing asks for and what creating there takes. */
export interface HostSite {
  /** Its availability zone. */
  readonly zone: string;
  readonly candidate: PlacementCandidate;
  readonly directory: string;
  /** Bytes that the directory has free, promised ones included. */
  readonly availableBytes: number;
  /** Of the base: 0 where it is there. */
  readonly baseBytes: number;
  readonly interfaces: readonly WantedInterface[];
}

/** Asks all hosts, side by side, for what placing a server takes to know. */
export async function lookForHosts(
  services: Services,
  wanted: NewServer,
  resolved: ResolvedServer,
  networks: readonly string[],
): Promise<HostSite[]> {
  const [hosts, zones] = await Promise.all([services.store.hosts.list(), services.store.creations.zones()]);
  const members =
    resolved.serverGroup === null ? [] : await services.store.serverGroups.members(resolved.serverGroup.id);
  return Promise.all(
    hosts.map(async (host) => {
      const zone = zones.of(host.id);
      const problems = unwantedFor(host, zone, wanted, resolved);
      const group = placementOf(resolved, members, host.id, hosts);
      const site = await lookAt(services, host, resolved, networks);
      return {
        ...site,
        zone,
        candidate: { ...site.candidate, group, problems: [...problems, ...site.candidate.problems] },
      };
    }),
  );
}

/** What the server group says of a host. */
export function placementOf(
  { serverGroup }: ResolvedServer,
  members: readonly GroupMember[],
  hostId: string,
  hosts: readonly Host[],
): PlacementCandidate['group'] {
  if (serverGroup === null) return { kind: 'allowed', preference: 0 };
  const nameOf = (id: string): string => hosts.find((host) => host.id === id)?.name ?? id;
  return groupPlacement(serverGroup, members, hostId, nameOf);
}

/** What of the request itself keeps it from a host. */
function unwantedFor(host: Host, zone: string, wanted: NewServer, resolved: ResolvedServer): string[] {
  const problems: string[] = [];
  if (host.fence !== null) problems.push(`it is fenced, by ${host.fence.by}`);
  if (wanted.host !== null && wanted.host !== host.name) problems.push(`${wanted.host} was asked for`);
  if (wanted.zone !== null && wanted.zone !== zone)
    problems.push(`it is in the zone ${zone}, and ${wanted.zone} was asked for`);
  for (const other of resolved.sameHost)
    if (other.hostId !== host.id) problems.push(`${other.name}, which it is to be with, is elsewhere`);
  for (const other of resolved.differentHost)
    if (other.hostId === host.id) problems.push(`${other.name}, which it is not to be with, is there`);
  return problems;
}

async function lookAt(
  services: Services,
  host: Host,
  resolved: ResolvedServer,
  networks: readonly string[],
): Promise<Omit<HostSite, 'zone'>> {
  // The watch over hosts asks it again and again: nobody waits for its deadline here.
  if (host.service.state === 'down') return silent(host, host.service.reason);
  const call = { deadlineMs: services.limits.inspectMs };
  const reading = await readHost(services, host, call);
  if (reading.kind !== 'answers') return silent(host, reading.reason);
  const { facts, hypervisor: there } = reading;
  try {
    const directory = await imageDirectoryOf(host, there, call);
    const base = await there.storage.image(libraryBasePath(directory, resolved.content.sha256), call);
    const { availableBytes } = await there.storage.room(directory, call);
    const { interfaces, problems } = await interfacesOf(there, facts, networks, call);
    const { creations } = services.store;
    const claimed = (await creations.claimedRoom(host.id)).get(directory) ?? 0;
    const baseBytes = base === null ? resolved.content.lengthBytes : 0;
    return {
      directory,
      availableBytes: availableBytes ?? 0,
      baseBytes,
      interfaces,
      candidate: {
        host,
        facts,
        claimedMemoryBytes: await creations.claimedMemoryBytes(host.id),
        instanceMemoryBytes: await creations.instanceMemoryBytes(host.id),
        diskBytes: resolved.diskBytes + baseBytes,
        roomBytes: availableBytes === null ? null : availableBytes - claimed,
        group: { kind: 'allowed', preference: 0 },
        problems: [...problems, ...(await filterProblems(there, resolved, call))],
      },
    };
  } catch (error) {
    if (!(error instanceof HypervisorError)) throw error;
    return silent(host, error.message);
  }
}

function silent(host: Host, why: string): Omit<HostSite, 'zone'> {
  return {
    directory: '',
    availableBytes: 0,
    baseBytes: 0,
    interfaces: [],
    candidate: {
      host,
      facts: null,
      claimedMemoryBytes: 0,
      instanceMemoryBytes: 0,
      diskBytes: 0,
      roomBytes: null,
      group: { kind: 'allowed', preference: 0 },
      problems: [`it did not tell what it has: ${why}`],
    },
  };
}

/** Each network as the host has it: one of its hypervisor, or a bridge. */
async function interfacesOf(
  there: HypervisorHost,
  facts: HostFacts,
  networks: readonly string[],
  call: Call,
): Promise<{ interfaces: WantedInterface[]; problems: string[] }> {
  const interfaces: WantedInterface[] = [];
  const problems: string[] = [];
  for (const name of networks) {
    const network = facts.networks.find((one) => one.name === name);
    if (network?.active === true) interfaces.push({ kind: 'network', source: name });
    else if (network !== undefined) problems.push(`its network ${name} is not started`);
    else if ((await there.networks.device(name, call))?.isBridge === true)
      interfaces.push({ kind: 'bridge', source: name });
    else problems.push(`it has no network and no bridge ${name}`);
  }
  return { interfaces, problems };
}

async function filterProblems(
  there: HypervisorHost,
  { securityGroups }: ResolvedServer,
  call: Call,
): Promise<string[]> {
  if (securityGroups.length === 0) return [];
  if ((await there.firewall.filters(call)) === null) return ['it has no packet filters for security groups'];
  if ((await there.firewall.inForce(call)) === false)
    return ['it shows packet filters nothing of what passes its bridges'];
  return [];
}
