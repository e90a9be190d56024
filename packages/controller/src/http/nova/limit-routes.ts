import { hasRole } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { quotasOf } from '../../operations/engine/quotas.ts';
import { inProject, ofNobody } from '../access/access.ts';
import { type Query, valuesOf } from './paging.ts';
import { spoken } from './microversions.ts';
import { type Told, toldQuotas, usedByProject } from './told-quotas.ts';

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
/** Limits, with what is used; and the extensions, which are no more than names since 2.1. */
export function limitRoutes(app: App, { api }: RouteOptions): void {
  app.get<{ Querystring: Query }>('/limits', spoken(inProject('reader', 'limits')), (request) =>
    showLimits(request, api),
  );
  app.get('/extensions', spoken(ofNobody('extensions')), () => ({ extensions: [] }));
}

async function showLimits(request: FastifyRequest<{ Querystring: Query }>, api: Api): Promise<object> {
  const { caller, microversion: minor } = request;
  const [asked] = valuesOf(request.query, 'tenant_id');
  const project = asked !== undefined && hasRole(caller, 'admin') ? asked : (caller.projectId ?? '');
  const used = await usedByProject(api, project);
  return {
    limits: {
      rate: [],
      absolute: {
        ...toldQuotas(limits, minor, await quotasOf(api.services, project), (value) => value),
        totalRAMUsed: used.ram,
        totalCoresUsed: used.cores,
        totalInstancesUsed: used.instances,
        ...(minor < 36 ? { totalFloatingIpsUsed: 0, totalSecurityGroupsUsed: 0 } : {}),
        totalServerGroupsUsed: used.serverGroups,
      },
    },
  };
}
