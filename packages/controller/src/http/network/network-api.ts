import { problems } from '@ferry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { refusalOfFailure } from '../../operations/engine/refusal-of-failure.ts';
import { authenticate } from '../openstack/authenticate.ts';
import { publicUrl } from '../openstack/public-url.ts';
import { giveRequestIds } from '../openstack/request-ids.ts';
import { everybody, inProject } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import type { App, RouteOptions } from '../routing/api.ts';
import { networkRoutes, neutronError } from './networks.ts';
import { networkSecurityGroupRoutes } from './security-groups.ts';
import { Type } from 'typebox';

/** What of Neutron's API the clients ask for beside Nova's: read, not changed. What Ferry has nothing of is an empty list. */
export async function networkApi(app: App, options: RouteOptions): Promise<void> {
  app.setErrorHandler((error: unknown, request, reply) => sendNeutronError(request, reply, error));
  giveRequestIds(app);
  const everyone = hidden(everybody);
  app.get('/network', everyone, (request) => {
    const links = [{ rel: 'self', href: `${publicUrl(request)}/network/v2.0/` }];
    return { versions: [{ id: 'v2.0', status: 'CURRENT', links }] };
  });
  await app.register(v2Routes, { ...options, prefix: '/network/v2.0' });
}

async function v2Routes(app: App, { api }: RouteOptions): Promise<void> {
  authenticate(app, api);
  app.setNotFoundHandler((request, reply) =>
    neutronError(reply, 404, 'HTTPNotFound', `The resource could not be found: ${request.url}.`),
  );
  await app.register(networkRoutes, { api });
  await app.register(networkSecurityGroupRoutes, { api });
  await app.register(emptyNetworkRoutes);
}

function sendNeutronError(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const refusal = refusalOfFailure(error);
  if (refusal !== null)
    return neutronError(reply, problems[refusal.code].status, refusal.code, refusal.message);
  const known = error !== null && typeof error === 'object' && 'statusCode' in error ? error.statusCode : 500;
  if (typeof known === 'number' && known >= 400 && known < 500)
    return neutronError(
      reply,
      known,
      'HTTPBadRequest',
      error instanceof Error ? error.message : String(error),
    );
  request.log.error({ err: error, url: request.url }, 'a request of the network API failed inside');
  return neutronError(
    reply,
    500,
    'HTTPInternalServerError',
    `Request Failed: internal server error. Ferry's log has the reason under ${request.requestId}.`,
  );
}

/** Lists of what Neutron has and Ferry has not, by the path of each; its noun is the path's last part in Python's writing. */
const paths = [
  'ports',
  'subnets',
  'routers',
  'floatingips',
  'extensions',
  'trunks',
  'agents',
  'address-groups',
  'address-scopes',
  'availability_zones',
  'flavors',
  'local_ips',
  'metering/metering-label-rules',
  'metering/metering-labels',
  'network-ip-availabilities',
  'qos/policies',
  'qos/rule-types',
  'quotas',
  'rbac-policies',
  'segments',
  'service-providers',
  'service_profiles',
  'subnetpools',
] as const;

/** Nothing is counted: networks are the hosts', and security groups belong to no project. */
const quota = {
  floatingip: -1,
  network: -1,
  port: -1,
  rbac_policy: -1,
  router: -1,
  security_group: -1,
  security_group_rule: -1,
  subnet: -1,
  subnetpool: -1,
};

/** What clients list to show that there is none, and quotas, which are none either. */
function emptyNetworkRoutes(app: App): Promise<void> {
  for (const path of paths) {
    const noun = path.replace(/^.*\//, '').replaceAll('-', '_');
    app.get(`/${path}`, hidden(inProject('token', `get_${noun}`)), () => ({ [noun]: [] }));
  }
  const ofProject = {
    config: { access: inProject('token', 'get_quota') },
    schema: { hide: true, params: Type.Object({ project: Type.String() }) },
  } as const;
  for (const path of ['/quotas/:project', '/quotas/:project/default'])
    app.get(path, ofProject, () => ({ quota }));
  app.get('/quotas/:project/details', ofProject, () => ({
    quota: Object.fromEntries(
      Object.entries(quota).map(([name, limit]) => [name, { limit, used: 0, reserved: 0 }]),
    ),
  }));
  return Promise.resolve();
}
