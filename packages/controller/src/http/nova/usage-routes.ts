import { usedHours } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import type { InstanceUsage, UsageQuery } from '../../store/instances/usage-store.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { inProject, ofAll } from '../access/access.ts';
import { speaks, spoken } from './microversions.ts';
import { NovaFault } from './nova-fault.ts';
import { microsecondsTime, queryTime } from './nova-time.ts';
import { maxEntries, nextLink, pageOf, type Query, requireOnePage, valuesOf } from './paging.ts';

type OfAll = { Querystring: Query };
type OfOne = OfAll & { Params: { project: string } };
type Period = Pick<UsageQuery, 'start' | 'end'>;

/** Of one's own project, or of any for an administrator. */
const oneProject = {
  ...inProject('reader', 'os-simple-tenant-usage:show'),
  owner: 'project',
  beyond: 'admin',
} as const;
const pagesSince = 40;
const mebibyte = 1024 * 1024;
const msPerSecond = 1000;

/** What instances of projects have taken in a period: of all projects, or of one, each instance told. */
export function usageRoutes(app: App, { api }: RouteOptions): void {
  const path = '/os-simple-tenant-usage';
  app.get<OfAll>(path, spoken(ofAll('admin', 'os-simple-tenant-usage:list')), (request) =>
    listUsage(request, api),
  );
  app.get<OfOne>(`${path}/:project`, spoken(oneProject), (request) => showUsage(request, api));
}

async function listUsage(request: FastifyRequest<OfAll>, api: Api): Promise<object> {
  const { period, page, links } = await usagePage(request, api, null);
  const detailed = valuesOf(request.query, 'detailed')[0] === '1';
  const projects = [...Map.groupBy(page, ({ projectId }) => projectId)];
  const tenant_usages = projects.map(([project, usages]) => projectView(project, usages, period, detailed));
  return { tenant_usages, ...(links === null ? {} : { tenant_usages_links: links }) };
}

async function showUsage(request: FastifyRequest<OfOne>, api: Api): Promise<object> {
  const { project } = request.params;
  const { period, page, links } = await usagePage(request, api, project);
  const tenant_usage = page.length === 0 ? {} : projectView(project, page, period, true);
  return { tenant_usage, ...(links === null ? {} : { tenant_usage_links: links }) };
}

async function usagePage(
  request: FastifyRequest<OfAll>,
  api: Api,
  projectId: string | null,
): Promise<{ period: Period; page: readonly InstanceUsage[]; links: object | null }> {
  const { query } = request;
  const period = periodOf(query);
  const hasPages = speaks(request, pagesSince);
  const { limit, marker } = hasPages ? pageOf(query) : { limit: maxEntries + 1, marker: null };
  const page = await api.store.usage.page({ projectId, ...period, limit, marker });
  if (page === 'no-marker') throw new NovaFault(400, `marker [${marker ?? ''}] not found`);
  if (!hasPages) return { period, page: requireOnePage(page, 'servers', pagesSince), links: null };
  return { period, page, links: nextLink(request, page, limit, page.at(-1)?.id) };
}

/** A period of which nothing is said ends now, and has no length. */
function periodOf(query: Query): Period {
  const now = new Date().toISOString();
  const start = queryTime(query, 'start') ?? now;
  const end = queryTime(query, 'end') ?? now;
  if (start > end || (start === end && start !== now))
    throw new NovaFault(400, 'Invalid start time. The start time cannot occur after the end time.');
  return { start, end };
}

/** Nova's fields, in Nova's order. */
function projectView(
  project: string,
  usages: readonly InstanceUsage[],
  { start, end }: Period,
  detailed: boolean,
): Record<string, unknown> {
  const servers = usages.map((usage) => serverView(usage, { start, end }));
  const total = (of: (server: ServerUsage) => number): number =>
    servers.reduce((sum, server) => sum + of(server) * server.hours, 0);
  return {
    ...(detailed ? { server_usages: servers } : {}),
    start: microsecondsTime(start),
    stop: microsecondsTime(end),
    tenant_id: project,
    total_hours: total(() => 1),
    total_local_gb_usage: total((server) => server.local_gb),
    total_memory_mb_usage: total((server) => server.memory_mb),
    total_vcpus_usage: total((server) => server.vcpus),
  };
}

type ServerUsage = ReturnType<typeof serverView>;

function serverView(usage: InstanceUsage, { start, end }: Period) {
  const { launchedAt, deletedAt, flavor } = usage;
  const until = deletedAt === null ? Date.now() : Date.parse(deletedAt);
  return {
    ended_at: deletedAt === null ? null : microsecondsTime(deletedAt),
    flavor: flavor?.name ?? 'adopted',
    hours: usedHours(usage, start, end),
    instance_id: usage.id,
    local_gb: flavor === null ? 0 : flavor.rootGib + flavor.ephemeralGib,
    memory_mb: Math.ceil(usage.memoryBytes / mebibyte),
    name: usage.name,
    started_at: microsecondsTime(launchedAt),
    state: deletedAt === null ? usage.vmState : 'terminated',
    tenant_id: usage.projectId,
    uptime: Math.floor((until - Date.parse(launchedAt)) / msPerSecond),
    vcpus: usage.vcpus,
  };
}
