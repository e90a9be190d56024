import { hasRole } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import type { Controls } from '../controls.ts';
import { inProject, ofNobody } from '../access/access.ts';
import type { App, RouteOptions } from '../route-options.ts';
import { NovaFault } from './nova-fault.ts';
import { type Query, valuesOf } from './paging.ts';
import { spoken } from './spoken.ts';

/** Ferry limits no project: Nova's word for that. */
const unlimited = -1;
const mebibyte = 1024 * 1024;

/** Limits, and for how long the compute API has told each. */
const limits: readonly (readonly [string, number])[] = [
  ['maxTotalInstances', Infinity],
  ['maxTotalCores', Infinity],
  ['maxTotalRAMSize', Infinity],
  ['maxServerMeta', Infinity],
  ['maxImageMeta', 38],
  ['maxPersonality', 56],
  ['maxPersonalitySize', 56],
  ['maxTotalKeypairs', Infinity],
  ['maxServerGroups', Infinity],
  ['maxServerGroupMembers', Infinity],
  ['maxTotalFloatingIps', 35],
  ['maxSecurityGroups', 35],
  ['maxSecurityGroupRules', 35],
];
/** The same of quotas. */
const quotas: readonly (readonly [string, number])[] = [
  ['cores', Infinity],
  ['fixed_ips', 35],
  ['floating_ips', 35],
  ['injected_file_content_bytes', 56],
  ['injected_file_path_bytes', 56],
  ['injected_files', 56],
  ['instances', Infinity],
  ['key_pairs', Infinity],
  ['metadata_items', Infinity],
  ['ram', Infinity],
  ['security_group_rules', 35],
  ['security_groups', 35],
  ['server_group_members', Infinity],
  ['server_groups', Infinity],
];
/** Of one's own project, or of any for an administrator. */
const quota = {
  ...inProject('reader', 'os-quota-sets:show'),
  owner: 'id',
  beyond: 'admin',
} as const;
const projectId = /^[0-9a-f]{32}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Limits and quotas: none, with what is used; and the extensions, which are no more than names since 2.1. */
export function limitRoutes(app: App, { controls }: RouteOptions): void {
  app.get<{ Querystring: Query }>('/limits', spoken(inProject('reader', 'limits')), (request) =>
    showLimits(request, controls),
  );
  for (const path of ['/os-quota-sets/:id', '/os-quota-sets/:id/defaults'])
    app.get<{ Params: { id: string } }>(path, spoken(quota), (request) => showQuotas(request, unlimited));
  app.get<{ Params: { id: string } }>('/os-quota-sets/:id/detail', spoken(quota), (request) =>
    showQuotas(request, { in_use: 0, limit: unlimited, reserved: 0 }),
  );
  app.get('/extensions', spoken(ofNobody('extensions')), () => ({ extensions: [] }));
}

async function showLimits(
  request: FastifyRequest<{ Querystring: Query }>,
  controls: Controls,
): Promise<object> {
  const { caller, microversion: minor } = request;
  const [asked] = valuesOf(request.query, 'tenant_id');
  const project = asked !== undefined && hasRole(caller, 'admin') ? asked : (caller.projectId ?? '');
  const used = await controls.usageOf(project);
  return {
    limits: {
      rate: [],
      absolute: {
        ...told(limits, minor, unlimited),
        totalRAMUsed: Math.ceil(used.memoryBytes / mebibyte),
        totalCoresUsed: used.vcpus,
        totalInstancesUsed: used.instances,
        ...(minor < 36 ? { totalFloatingIpsUsed: 0, totalSecurityGroupsUsed: 0 } : {}),
        totalServerGroupsUsed: 0,
      },
    },
  };
}

async function showQuotas(
  request: FastifyRequest<{ Params: { id: string } }>,
  value: unknown,
): Promise<object> {
  const { microversion: minor, params } = request;
  if (!projectId.test(params.id)) throw new NovaFault(400, `Project ID ${params.id} is not a valid project.`);
  return Promise.resolve({ quota_set: { ...told(quotas, minor, value), id: params.id } });
}

function told(
  names: readonly (readonly [string, number])[],
  minor: number,
  value: unknown,
): Record<string, unknown> {
  return Object.fromEntries(names.flatMap(([name, until]) => (minor <= until ? [[name, value]] : [])));
}
