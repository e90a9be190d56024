import { type Host, type PlacementCandidate, placeServer, whyTakesNone } from '@ferry/model';
import type { NewCreation } from '../../store/creations/creation-store.ts';
import type { ProjectUsage } from '../../store/instances/server-record.ts';
import { noValidHost, Refusal } from '../engine/refusal.ts';
import { type Quotas, quotasOf, requireQuota, whyOverQuota } from '../engine/quotas.ts';
import type { Services } from '../engine/services.ts';
import { chooseNetworks, type NewServer } from './new-server.ts';
import { type HostSite, lookForHosts, placementOf } from './look-for-hosts.ts';
import { type AskedToCreate, newCreation } from './new-creation.ts';
import { type ResolvedServer, resolveServer } from './resolve-server.ts';

/** So often hosts are looked at anew when others were faster. */
const tries = 3;
const mebibyte = 1024 ** 2;

/** An instance that was accepted: its operation is to be started. */
export interface AcceptedServer {
  readonly instanceId: string;
  readonly operationId: string;
}

/**
 * Accepts the creation of instances or refuses it, with all that is wrong or with why no host will do. The hosts are chosen
 * here, on what they show now; accepting is one transaction, in which what was claimed meanwhile is counted once more.
 */
export async function submitCreate(
  services: Services,
  asked: AskedToCreate,
  wanted: NewServer,
): Promise<readonly AcceptedServer[]> {
  const quotas = await quotasOf(services, asked.caller.projectId);
  requireQuota(quotas.metadataItems, Object.keys(wanted.metadata).length, 'metadata items');
  const resolved = await resolveServer(services, asked.caller, wanted);
  await requireRoomInGroup(services, resolved, quotas, wanted.minCount);
  const whyNotMore = (used: ProjectUsage, count: number): string | null =>
    whyOverQuota(
      quotas,
      { instances: used.instances, cores: used.vcpus, ram: Math.ceil(used.memoryBytes / mebibyte) },
      {
        instances: count,
        cores: count * resolved.flavor.vcpus,
        ram: count * resolved.flavor.memoryMib,
      },
    );
  // Before any host is asked: what its project may not have is no matter of hosts.
  const now = await services.store.servers.usageOf(asked.caller.projectId ?? '');
  const over = whyNotMore(now, wanted.minCount);
  if (over !== null) throw new Refusal('quota-exceeded', `${over}.`);
  const networks = await chooseNetworks(services, asked.caller, wanted.networks);
  let busy = '';
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const sites = await lookForHosts(services, wanted, resolved, networks);
    const creations = await place(services, asked, wanted, resolved, sites);
    const refused = await services.store.creations.begin(resolved.image.id, creations, (used) =>
      whyNotMore(used, creations.length),
    );
    if (refused === null)
      return creations.map(({ instance, operation }) => ({
        instanceId: instance.id,
        operationId: operation.id,
      }));
    if (refused.because === 'quota') throw new Refusal('quota-exceeded', `${refused.message}.`);
    if (refused.because === 'image-gone')
      throw new Refusal('server-refused', `Image ${wanted.imageId} could not be found.`);
    busy = refused.message;
  }
  throw noValidHost(services.log, asked.caller, '', `Others were faster, again and again: ${busy}.`);
}

async function requireRoomInGroup(
  { store }: Services,
  { serverGroup }: ResolvedServer,
  quotas: Quotas,
  more: number,
): Promise<void> {
  if (serverGroup === null) return;
  const { length } = await store.serverGroups.members(serverGroup.id);
  requireQuota(quotas.serverGroupMembers, length + more, 'servers in group');
}

/** A host for each of them, as many as fit; each takes what those before it leave. */
async function place(
  services: Services,
  asked: AskedToCreate,
  wanted: NewServer,
  resolved: ResolvedServer,
  sites: readonly HostSite[],
): Promise<NewCreation[]> {
  const { serverGroup, flavor, image } = resolved;
  const members =
    serverGroup === null ? [] : [...(await services.store.serverGroups.members(serverGroup.id))];
  const needs = {
    memoryBytes: flavor.memoryMib * 1024 ** 2,
    vcpus: flavor.vcpus,
    arch: image.properties['hw_architecture'] ?? image.properties['architecture'] ?? null,
  };
  const hosts = sites.map(({ candidate }) => candidate.host);
  const taken = new Map<string, number>();
  const creations: NewCreation[] = [];
  for (let index = 0; index < wanted.maxCount; index += 1) {
    const left = sites.map(({ candidate }): PlacementCandidate => {
      const before = taken.get(candidate.host.id) ?? 0;
      const group = placementOf(resolved, members, candidate.host.id, hosts);
      return withoutTaken({ ...candidate, group }, before, needs.memoryBytes, resolved.diskBytes);
    });
    const placed = placeServer(needs, left);
    const site = sites.find(({ candidate }) => candidate.host.id === placed.candidate?.host.id);
    if (site === undefined) {
      if (index >= wanted.minCount) break;
      const which = wanted.maxCount === 1 ? '' : ` for instance ${index + 1} of ${wanted.minCount}`;
      throw noValidHost(services.log, asked.caller, which, `${placed.because}.`);
    }
    const creation = newCreation(
      asked,
      wanted,
      resolved,
      site,
      { index, reservationId: creations[0]?.profile.reservationId ?? null },
      factsOf(sites),
    );
    creations.push(creation);
    const { id: hostId } = site.candidate.host;
    taken.set(hostId, (taken.get(hostId) ?? 0) + 1);
    members.push({ id: creation.instance.id, name: creation.instance.name, hostIds: [hostId] });
  }
  return creations;
}

/** What a host has left behind those that this very request puts there; its base is brought once. */
function withoutTaken(
  candidate: PlacementCandidate,
  count: number,
  memoryBytes: number,
  diskBytes: number,
): PlacementCandidate {
  const { claimedMemoryBytes, instanceMemoryBytes, roomBytes } = candidate;
  return {
    ...candidate,
    claimedMemoryBytes: claimedMemoryBytes + count * memoryBytes,
    instanceMemoryBytes: instanceMemoryBytes + count * memoryBytes,
    roomBytes: roomBytes === null ? null : roomBytes - count * diskBytes,
  };
}

/** Of the hosts that answered and may get instances: what is made on one is to be able to move to any other. */
function factsOf(sites: readonly HostSite[]): NonNullable<Host['facts']>[] {
  return sites.flatMap(({ candidate: { facts, host } }) =>
    facts === null || whyTakesNone(host) !== null ? [] : [facts],
  );
}
