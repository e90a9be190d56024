import { hasRole } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { type Quotas, quotasOf } from '../../operations/engine/quotas.ts';
import { inProject, ofAll, ofNobody } from '../access/access.ts';
import { NovaFault } from './nova-fault.ts';
import { type Query, valuesOf } from './paging.ts';
import { spoken } from './microversions.ts';

/** Of what Ferry does not limit, or has not: Nova's word for that. */
const unlimited = -1;
const mebibyte = 1024 * 1024;
type OfProject = { Params: { id: string } };

/** Name of a limit, until which 2.N the compute API tells it, and which quota it is. */
type Told = readonly [name: string, until: number, quota?: keyof Quotas | undefined, since?: number];

const limits: readonly Told[] = [
  ['maxTotalInstances', Infinity, 'instances'],
  ['maxTotalCores', Infinity, 'cores'],
  ['maxTotalRAMSize', Infinity, 'ram'],
  ['maxServerMeta', Infinity, 'metadataItems'],
  ['maxImageMeta', 38, 'metadataItems'],
  ['maxPersonality', 56],
  ['maxPersonalitySize', 56],
  ['maxTotalKeypairs', Infinity, 'keyPairs'],
  ['maxServerGroups', Infinity, 'serverGroups'],
  ['maxServerGroupMembers', Infinity, 'serverGroupMembers'],
  ['maxTotalFloatingIps', 35],
  ['maxSecurityGroups', 35],
  ['maxSecurityGroupRules', 35],
];
/** The same of quotas. */
const quotas: readonly Told[] = [
  ['cores', Infinity, 'cores'],
  ['fixed_ips', 35],
  ['floating_ips', 35],
  ['injected_file_content_bytes', 56],
  ['injected_file_path_bytes', 56],
  ['injected_files', 56],
  ['instances', Infinity, 'instances'],
  ['key_pairs', Infinity, 'keyPairs'],
  ['metadata_items', Infinity, 'metadataItems'],
  ['ram', Infinity, 'ram'],
  ['security_group_rules', 35],
  ['security_groups', 35],
  ['server_group_members', Infinity, 'serverGroupMembers'],
  ['server_groups', Infinity, 'serverGroups'],
];
/** The same of the class of quotas that there is; which of them it has changed at other microversions. */
const classQuotas: readonly Told[] = quotas.map(([name, until, quotaName]) => [
  name,
  until === 35 ? 49 : until,
  quotaName,
  name.startsWith('server_group') ? 50 : 1,
]);
/** Of one's own project, or of any for an administrator. */
const quota = {
  ...inProject('reader', 'os-quota-sets:show'),
  owner: 'id',
  beyond: 'admin',
} as const;
const projectId = /^[0-9a-f]{32}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Limits and quotas, with what is used; and the extensions, which are no more than names since 2.1. */
export function limitRoutes(app: App, { api }: RouteOptions): void {
  app.get<{ Querystring: Query }>('/limits', spoken(inProject('reader', 'limits')), (request) =>
    showLimits(request, api),
  );
  app.get<OfProject>('/os-quota-sets/:id', spoken(quota), (request) =>
    showQuotas(request, quotasOf(api.services.limits.quotas, request.params.id), (value) => value),
  );
  app.get<OfProject>('/os-quota-sets/:id/defaults', spoken(quota), (request) =>
    showQuotas(request, api.services.limits.quotas, (value) => value),
  );
  app.get<OfProject>('/os-quota-sets/:id/detail', spoken(quota), async (request) => {
    const used = await usedBy(api, request.params.id);
    return showQuotas(request, quotasOf(api.services.limits.quotas, request.params.id), (limit, name) => ({
      in_use: (name === undefined ? undefined : used[name]) ?? 0,
      limit,
      reserved: 0,
    }));
  });
  app.put<OfProject>('/os-quota-sets/:id', spoken(ofAll('admin', 'os-quota-sets:update')), refuseChange);
  // They are what the controller was started with, which is what a project has that nobody gave others.
  app.delete<OfProject>('/os-quota-sets/:id', spoken(ofAll('admin', 'os-quota-sets:delete')), (_, reply) =>
    reply.code(202).send(),
  );
  app.get<OfProject>(
    '/os-quota-class-sets/:id',
    spoken(ofAll('admin', 'os-quota-class-sets:show')),
    (request) => ({
      quota_class_set: {
        ...told(classQuotas, request.microversion, api.services.limits.quotas, (value) => value),
        id: request.params.id,
      },
    }),
  );
  app.put<OfProject>(
    '/os-quota-class-sets/:id',
    spoken(ofAll('admin', 'os-quota-class-sets:update')),
    refuseChange,
  );
  app.get('/extensions', spoken(ofNobody('extensions')), () => ({ extensions: [] }));
}

function refuseChange(): never {
  throw new NovaFault(
    501,
    'Quotas are settings of the controller, the same for each project: ferry serve --quota instances=20,ram=-1 changes them.',
  );
}

async function showLimits(request: FastifyRequest<{ Querystring: Query }>, api: Api): Promise<object> {
  const { caller, microversion: minor } = request;
  const [asked] = valuesOf(request.query, 'tenant_id');
  const project = asked !== undefined && hasRole(caller, 'admin') ? asked : (caller.projectId ?? '');
  const used = await usedBy(api, project);
  return {
    limits: {
      rate: [],
      absolute: {
        ...told(limits, minor, quotasOf(api.services.limits.quotas, project), (value) => value),
        totalRAMUsed: used.ram,
        totalCoresUsed: used.cores,
        totalInstancesUsed: used.instances,
        ...(minor < 36 ? { totalFloatingIpsUsed: 0, totalSecurityGroupsUsed: 0 } : {}),
        totalServerGroupsUsed: used.serverGroups,
      },
    },
  };
}

/** What a project has of that which is counted by project. */
async function usedBy(
  api: Api,
  id: string,
): Promise<Partial<Quotas> & { instances: number; cores: number; ram: number; serverGroups: number }> {
  const { instances, vcpus: cores, memoryBytes } = await api.store.servers.usageOf(id);
  const groups = await api.store.serverGroups.list();
  const ram = Math.ceil(memoryBytes / mebibyte);
  return { instances, cores, ram, serverGroups: groups.filter((one) => one.projectId === id).length };
}

type Shown = (value: number, name: keyof Quotas | undefined) => unknown;

function showQuotas(request: FastifyRequest<OfProject>, values: Quotas, shown: Shown): object {
  const { microversion: minor, params } = request;
  if (!projectId.test(params.id)) throw new NovaFault(400, `Project ID ${params.id} is not a valid project.`);
  return { quota_set: { ...told(quotas, minor, values, shown), id: params.id } };
}

function told(names: readonly Told[], minor: number, values: Quotas, shown: Shown): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap(([name, until, quotaName, since = 1]) =>
      minor >= since && minor <= until
        ? [[name, shown(quotaName === undefined ? unlimited : values[quotaName], quotaName)]]
        : [],
    ),
  );
}
