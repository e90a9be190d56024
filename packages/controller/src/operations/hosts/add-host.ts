import type { AddHostBody, DomainSummaryBody, HostDetailBody } from '@ferry/api';
import type { HypervisorHost, UnreadDomain } from '@ferry/hypervisor';
import { type DomainFacts, type Host, hostActions, type HostFacts, type HostUse } from '@ferry/model';
import type { HostLoad } from '../../store/hosts/load-store.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** A libvirtd that has just begun finds out first what its QEMU can do, which takes it seconds. */
const firstContactMs = 30_000;

/** Takes a plain libvirt host as it is: reads what it says of itself and lists what runs there. Changes nothing on it. */
export async function addHost(services: Services, body: AddHostBody): Promise<HostDetailBody> {
  const uris = { uri: body.uri, peerUri: body.peerUri ?? body.uri };
  const why = services.hostUris.whyNotHost(uris);
  if (why !== null) throw new Refusal('bad-request', `The host is not added: ${why}.`);
  try {
    return await addReadHost(services, body, uris);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'bad-request')
      await forgetConnections(services, body.uri);
    throw error;
  }
}

async function addReadHost(
  services: Services,
  body: AddHostBody,
  uris: Pick<Host, 'uri' | 'peerUri'>,
): Promise<HostDetailBody> {
  const { facts, domains, unread } = await readHost(services, body.uri);
  const host: Host = {
    id: facts.hostUuid,
    name: body.name ?? facts.hostname,
    ...uris,
    trustedCopyAddress: body.trustedCopyAddress ?? null,
    networks: { map: {}, define: false },
    storage: { pools: {}, paths: {}, define: false },
    removeUnusedImages: false,
    imageDirectory: null,
    screenAddress: null,
    screenTls: false,
    allowedDirectories: [],
    labels: body.labels ?? {},
    fence: null,
    maintenance: null,
    service: { state: 'up', reason: '', status: 'enabled', lastSeenAt: new Date().toISOString() },
    facts,
  };
  const there = body.dryRun === true ? await alreadyThere(services, host) : await added(services, host);
  if (there !== null) throw new Refusal('host-exists', whyExists(host, there));
  return {
    host: hostBody(host),
    domains: await summaries(services, domains),
    unread: [...unread],
    problem: null,
  };
}

/** Null: it is added now. */
async function added({ store }: Services, host: Host): Promise<Host | null> {
  const result = await store.hosts.add(host);
  return result.added ? null : result.there;
}

/** The host that has its uuid or its name; null: none has, and its connections are not kept. */
async function alreadyThere(services: Services, { id, name, uri }: Host): Promise<Host | null> {
  const hosts = await services.store.hosts.list();
  const there = hosts.find((one) => one.id === id || one.name === name) ?? null;
  if (there === null) await forgetConnections(services, uri);
  return there;
}

/** Two machines with one uuid are told apart by nothing: libvirt itself refuses to migrate between them. */
function whyExists(host: Host, there: Host): string {
  if (there.id !== host.id)
    return `The host ${there.name} (${there.uri}) has the name "${host.name}" already: give this one another name (--name).`;
  const both = `${there.name} (${there.uri}) and ${host.name} (${host.uri}) have the same host uuid, ${host.id}`;
  return `${both}. If they are one machine, it is there already. If they are two (a cloned disk, a board without a serial number), set host_uuid in /etc/libvirt/libvirtd.conf of one of them to what uuidgen prints, restart its libvirtd, and add it again.`;
}

/** Connections to a host come back by themselves for ever; those to one that nobody looks after must not. */
export async function forgetConnections({ store, hypervisor }: Services, uri: string): Promise<void> {
  const known = (await store.hosts.byUri(uri)) !== null;
  if (!known) await hypervisor.host(uri).close();
}

/** One host with what it runs now; its domains are empty when it does not answer. */
export async function showHost(services: Services, nameOrId: string): Promise<HostDetailBody> {
  const host = await services.store.hosts.byNameOrId(nameOrId);
  if (host === null) throw new Refusal('host-not-found', `There is no host "${nameOrId}".`);
  const { domains } = services.hypervisor.host(host.uri);
  const call = { deadlineMs: services.limits.inspectMs };
  const shown = { host: await oneHost(services, host), domains: [], unread: [] };
  try {
    const [list, unread] = await Promise.all([domains.list(call), domains.unread(call)]);
    return { ...shown, domains: await summaries(services, list), unread: [...unread], problem: null };
  } catch (error) {
    services.log.info({ error, host: host.name }, 'domains could not be listed');
    return { ...shown, problem: error instanceof Error ? error.message : String(error) };
  }
}

async function readHost(
  services: Services,
  uri: string,
): Promise<{ facts: HostFacts; domains: readonly DomainFacts[]; unread: readonly UnreadDomain[] }> {
  const call = { deadlineMs: firstContactMs };
  try {
    const there: HypervisorHost = services.hypervisor.host(uri);
    return {
      facts: await there.facts(call),
      domains: await there.domains.list(call),
      unread: await there.domains.unread(call),
    };
  } catch (error) {
    throw refusalOf(error);
  }
}

/** The model's host in the API's shape. */
export function hostBody(host: Host): HostDetailBody['host'] {
  const { facts, ...rest } = host;
  return {
    ...rest,
    allowedDirectories: [...rest.allowedDirectories],
    facts: facts === null ? null : (structuredClone(facts) as never),
    load: null,
  };
}

/** What is recorded of hosts beside themselves, by id. */
export interface OnHosts {
  readonly uses: ReadonlyMap<string, HostUse>;
  readonly loads: ReadonlyMap<string, HostLoad>;
}

export async function onHosts({ store }: Services): Promise<OnHosts> {
  return { uses: await store.hosts.uses(), loads: await store.loads.hosts() };
}

/** The same, with what its guests use, and what may be done to it now. */
export function hostWithActions(host: Host, { uses, loads }: OnHosts): HostDetailBody['host'] {
  const use = uses.get(host.id) ?? { instances: 0, migrations: 0 };
  const load = loads.get(host.id)?.load ?? null;
  return {
    ...hostBody(host),
    load: load === null ? null : { at: load.at, cpus: load.cpus },
    actions: hostActions(host, use),
  };
}

/** The same, with its load by the hour of the day. */
async function oneHost(services: Services, host: Host): Promise<HostDetailBody['host']> {
  const recorded = await onHosts(services);
  const hours = recorded.loads.get(host.id)?.load?.hours ?? null;
  const body = hostWithActions(host, recorded);
  return body.load === null || hours === null ? body : { ...body, load: { ...body.load, hours: [...hours] } };
}

async function summaries(services: Services, domains: readonly DomainFacts[]): Promise<DomainSummaryBody[]> {
  const adopted = new Set((await services.store.instances.list()).map((one) => one.id));
  return domains.map(({ id, name, power, memoryBytes, vcpus }) => ({
    id,
    name,
    power,
    memoryBytes,
    vcpus,
    adopted: adopted.has(id),
  }));
}
