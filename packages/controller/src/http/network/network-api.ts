import { problems } from '@ferry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { refusalOfFailure } from '../../operations/engine/refusal-of-failure.ts';
import { authenticate } from '../openstack/authenticate.ts';
import { publicUrl } from '../openstack/public-url.ts';
import { giveRequestIds } from '../openstack/request-ids.ts';
import { everybody } from '../access/access.ts';
import { hidden } from '../access/hidden.ts';
import type { App, RouteOptions } from '../routing/route-options.ts';
import { emptyNetworkRoutes } from './empty-lists.ts';
import { networkRoutes } from './networks.ts';
import { neutronError } from './neutron-error.ts';
import { networkSecurityGroupRoutes } from './security-groups.ts';

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
