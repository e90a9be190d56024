import type { AdoptInstanceBody } from '@ferry/api';
import { devicesOf, type DomainFacts, busyWith, type Instance, isAtPlace, vmStateOf } from '@ferry/model';
import { findInstance } from '../engine/find-instance.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { lookEverywhere } from '../facts/look-everywhere.ts';
import { noteFound } from '../volumes/take-into-catalogue.ts';

/** Takes in a domain that runs on a host. Changes nothing on the host. */
export async function adoptInstance(services: Services, body: AdoptInstanceBody): Promise<Instance> {
  const host = await services.store.hosts.byNameOrId(body.host);
  if (host === null) throw new Refusal('host-not-found', `There is no host "${body.host}".`);
  const domain = await find(services, host.uri, body.domain);
  if (domain === null) {
    throw new Refusal('domain-not-found', `${host.name} has no domain of the name or id "${body.domain}".`);
  }
  await requireAlone(services, host.id, domain);
  const instance: Instance = {
    id: domain.id,
    name: domain.name,
    hostId: host.id,
    powerState: domain.power,
    vmState: vmStateOf(domain.power),
    taskState: null,
    memoryBytes: domain.memoryBytes,
    vcpus: domain.vcpus,
    generation: 1,
    operationId: null,
    fault: null,
  };
  const result = await services.store.instances.add(instance);
  if (!result.added) {
    const owner = await services.store.hosts.byId(result.there.hostId);
    throw new Refusal(
      'instance-exists',
      `${result.there.name} (${result.there.id}) is adopted already, on ${owner?.name ?? result.there.hostId}.`,
    );
  }
  await services.store.devices.set(instance.id, host.id, devicesOf(domain));
  await noteVolumesOf(services, host.id, domain);
  return instance;
}

/** Two that run under one uuid would be taken for one that runs twice, and both be paused: that is told before. */
async function requireAlone(services: Services, hostId: string, { id, name }: DomainFacts): Promise<void> {
  const shown = await lookEverywhere(services, id);
  for (const other of await services.store.hosts.list()) {
    const there = shown.get(other.id);
    if (other.id === hostId || there?.kind !== 'present' || there.state !== 'running') continue;
    const message = `${other.name} runs a domain of the uuid of ${name} too (${id}, ${there.state}, ${there.reason}).`;
    throw new Refusal('runs-elsewhere', message);
  }
}

async function find(services: Services, uri: string, nameOrId: string): Promise<DomainFacts | null> {
  const call = { deadlineMs: services.limits.inspectMs };
  try {
    const { domains } = services.hypervisor.host(uri);
    const byName = await domains.idOf(nameOrId, call);
    if (byName !== null) return await domains.domain(byName, call);
    const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(nameOrId);
    return isId ? await domains.domain(nameOrId.toLowerCase(), call) : null;
  } catch (error) {
    throw refusalOf(error);
  }
}

/** Volumes of the catalogue that a domain of a host has when it is taken in. */
async function noteVolumesOf(services: Services, hostId: string, domain: DomainFacts): Promise<void> {
  const volumes = (await services.store.catalogue.list()).map(({ volume }) => volume);
  for (const disk of domain.disks) {
    const volume = volumes.find(
      ({ place, hostIds }) =>
        isAtPlace(disk, place) && (place.kind === 'network' || hostIds.includes(hostId)),
    );
    if (volume !== undefined) await noteFound(services, domain.id, volume, disk);
  }
}

/** Takes an instance out of Ferry's record; its domain and its files stay as they are, and it can be adopted again. */
export async function forgetInstance({ store }: Services, name: string): Promise<Instance> {
  const instance = await findInstance(store, name);
  const [volume] = await store.catalogue.ofInstance(instance.id);
  if (volume !== undefined)
    throw new Refusal(
      'instance-state',
      `${instance.name} has the volume ${volume.volume.name} of the catalogue: detach it first.`,
    );
  if (await store.deletions.forget(instance)) return instance;
  const now = await store.instances.byId(instance.id);
  const holder = now === null ? 'something else' : busyWith(now);
  throw new Refusal('instance-busy', `${instance.name} is busy with ${holder}.`);
}
