import type { FastifyRequest } from 'fastify';
import type { HostRecord } from '../../../store/hosts/host-services.ts';
import type { Api, App, RouteOptions } from '../../routing/api.ts';
import { ofAll } from '../../access/access.ts';
import { speaks, spoken } from '../microversions.ts';
import { NovaFault, requireUuid } from '../nova-fault.ts';
import {
  maxEntries,
  nextLink,
  pageOf,
  type Query,
  requireKnown,
  requireOnePage,
  valuesOf,
} from '../paging.ts';
import { isLooseBoolean, isYes } from '../require-body.ts';
import { hypervisorStatistics, hypervisorSummary, hypervisorView } from './hypervisor-view.ts';

type One = { Params: { id: string }; Querystring: Query };
type Listed = { Querystring: Query };
type View = (record: HostRecord, minor: number) => Record<string, unknown>;

const pagesSince = 33;

/** Hosts as hypervisors. */
export function hypervisorRoutes(app: App, { api }: RouteOptions): void {
  const path = '/os-hypervisors';
  app.get<Listed>(path, spoken(ofAll('admin', 'os-hypervisors:list')), (request) =>
    list(request, api, hypervisorSummary),
  );
  app.get<Listed>(`${path}/detail`, spoken(ofAll('admin', 'os-hypervisors:list-detail')), (request) =>
    list(request, api, hypervisorView),
  );
  app.get(`${path}/statistics`, spoken(ofAll('admin', 'os-hypervisors:statistics'), 1, 87), () =>
    statistics(api),
  );
  app.get<One>(`${path}/:id`, spoken(ofAll('admin', 'os-hypervisors:show')), (request) => show(request, api));
  app.get<One>(`${path}/:id/uptime`, spoken(ofAll('admin', 'os-hypervisors:uptime'), 1, 87), (request) =>
    uptime(request, api),
  );
  app.get<One>(`${path}/:id/search`, spoken(ofAll('admin', 'os-hypervisors:search'), 1, 52), (request) =>
    search(request, api, false),
  );
  app.get<One>(`${path}/:id/servers`, spoken(ofAll('admin', 'os-hypervisors:servers'), 1, 52), (request) =>
    search(request, api, true),
  );
}

async function list(request: FastifyRequest<Listed>, api: Api, view: View): Promise<object> {
  const { query, microversion: minor } = request;
  if (minor >= 75)
    requireKnown(query, new Set(['limit', 'marker', 'hypervisor_hostname_pattern', 'with_servers']));
  const pattern = minor >= 53 ? valuesOf(query, 'hypervisor_hostname_pattern')[0] : undefined;
  const paged = minor >= 33 && (query['limit'] !== undefined || query['marker'] !== undefined);
  if (pattern !== undefined && paged)
    throw new NovaFault(
      400,
      'Paging over hypervisors with the hypervisor_hostname_pattern query parameter is not supported.',
    );
  const withServers = asksServers(query, minor);
  const all = matching(await api.store.hostServices.list(), pattern);
  const hasPages = minor >= pagesSince;
  if (!hasPages) requireOnePage(all, 'hypervisors', pagesSince);
  const { limit, marker } = hasPages ? pageOf(query) : { limit: maxEntries, marker: null };
  const page = pageAfter(all, minor, marker).slice(0, limit);
  const hypervisors = await Promise.all(
    page.map(async (one) => ({
      ...view(one, minor),
      ...(await serversOf(api, one, withServers, minor)),
    })),
  );
  const last = page.at(-1);
  const next = hasPages && last !== undefined ? nextLink(request, page, limit, idOf(last, minor)) : null;
  return next === null ? { hypervisors } : { hypervisors, hypervisors_links: next };
}

async function show(request: FastifyRequest<One>, api: Api): Promise<object> {
  const { microversion: minor } = request;
  const withServers = asksServers(request.query, minor);
  const record = await found(request, api);
  return {
    hypervisor: {
      ...hypervisorView(record, minor),
      ...(await serversOf(api, record, withServers, minor)),
    },
  };
}

async function statistics(api: Api): Promise<object> {
  return { hypervisor_statistics: hypervisorStatistics(await api.store.hostServices.list()) };
}

/** libvirt does not tell how long a host has been up, and nothing else of Ferry's is there. */
async function uptime(request: FastifyRequest<One>, api: Api): Promise<object> {
  const { host } = await found(request, api);
  if (host.service.state === 'down')
    throw new NovaFault(
      400,
      `Service is unavailable: ${host.name} does not answer (${host.service.reason}).`,
    );
  throw new NovaFault(501, `libvirt does not tell how long ${host.name} has been up.`);
}

/** Up to 2.52: those whose names have a word in them. */
async function search(request: FastifyRequest<One>, api: Api, withServers: boolean): Promise<object> {
  const { microversion: minor } = request;
  const all = matching(await api.store.hostServices.list(), request.params.id);
  const hypervisors = await Promise.all(
    all.map(async (one) => ({
      ...hypervisorSummary(one, minor),
      ...(await serversOf(api, one, withServers, minor)),
    })),
  );
  return { hypervisors };
}

function asksServers(query: Query, minor: number): boolean {
  const [value] = minor >= 53 ? valuesOf(query, 'with_servers') : [];
  if (value === undefined) return false;
  if (!isLooseBoolean(value))
    throw new NovaFault(
      400,
      `Invalid input for query parameters with_servers. Value: ${value}. It must be a boolean.`,
    );
  return isYes(value);
}

/** Before 2.75 a hypervisor without servers has no such field. */
async function serversOf(api: Api, { host }: HostRecord, asked: boolean, minor: number): Promise<object> {
  if (!asked) return {};
  const servers = (await api.store.hostServices.instancesOf(host.id)).map(({ id, domainName }) => ({
    name: domainName,
    uuid: id,
  }));
  return servers.length === 0 && minor < 75 ? {} : { servers };
}

function matching(records: readonly HostRecord[], pattern: string | undefined): readonly HostRecord[] {
  if (pattern === undefined) return records;
  const fitting = records.filter(({ host }) => host.name.toLowerCase().includes(pattern.toLowerCase()));
  if (fitting.length === 0) throw new NovaFault(404, `No hypervisor matching '${pattern}' could be found.`);
  return fitting;
}

function pageAfter(
  records: readonly HostRecord[],
  minor: number,
  marker: string | null,
): readonly HostRecord[] {
  if (marker === null) return records;
  const at = records.findIndex((one) => idOf(one, minor) === marker);
  if (at === -1) throw new NovaFault(400, `marker [${marker}] not found`);
  return records.slice(at + 1);
}

function idOf({ host, number }: HostRecord, minor: number): string {
  return minor >= 53 ? host.id : String(number);
}

async function found(request: FastifyRequest<One>, api: Api): Promise<HostRecord> {
  const { id } = request.params;
  if (speaks(request, 53)) requireUuid(id);
  const record = (await api.store.hostServices.list()).find((one) => idOf(one, request.microversion) === id);
  if (record === undefined) throw new NovaFault(404, `Hypervisor with ID '${id}' could not be found.`);
  return record;
}
