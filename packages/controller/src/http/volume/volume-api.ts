import { zonesOfHosts } from './volume-view.ts';
import { novaFaultBody } from '@ferry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requireAccess, type Hidden, hidden } from '../access/require-access.ts';
import { policyFault, NovaFault, sendNovaFault } from '../nova/nova-fault.ts';
import { authenticate } from '../openstack/authenticate.ts';
import { publicUrl } from '../openstack/public-url.ts';
import { refuseNameless } from '../openstack/refuse-nameless.ts';
import { giveRequestIds } from '../openstack/request-ids.ts';
import { Refusal } from '../../operations/engine/refusal.ts';
import { everybody, inProject } from '../access/access.ts';
import type { App, RouteOptions } from '../routing/api.ts';
import { volumeChangeRoutes } from './volume-change-routes.ts';
import { volumeLimitRoutes } from './volume-limit-routes.ts';
import { volumeRoutes, volumeTypeApiRoutes } from './volume-routes.ts';

/** Cinder's API for volumes that hold nothing when they are made: those of the catalogue. Snapshots and backups there are none. */
export async function volumeApi(app: App, options: RouteOptions): Promise<void> {
  app.setErrorHandler((error: unknown, request, reply) =>
    sendNovaFault(request, reply, inCindersWords(error)),
  );
  giveRequestIds(app);
  const everyone = hidden(everybody);
  for (const path of ['/volume', '/volume/v3']) {
    app.get(path, everyone, (request, reply) =>
      reply.code(path.startsWith('/volume/v3') ? 200 : 300).send({ versions: [version(request)] }),
    );
  }
  // The project in the path is what clients of before 3.67 put in.
  await app.register(v3Routes, { ...options, prefix: '/volume/v3' });
  await app.register(v3Routes, { ...options, prefix: '/volume/v3/:project([0-9a-f-]{32,36})' });
}

/** What Nova forbids for a quota, Cinder calls too large (its OverQuota), and what is in use is asked for in vain (its InvalidVolume). */
function inCindersWords(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  if (error.code === 'quota-exceeded') return new NovaFault(413, error.message);
  if (error.code === 'volume-in-use' || error.code === 'volume-state')
    return new NovaFault(400, `Invalid volume: ${error.message}`);
  return error;
}

function version(request: FastifyRequest): object {
  return {
    id: 'v3.0',
    status: 'CURRENT',
    version: '3.0',
    min_version: '3.0',
    updated: '2016-02-08T12:20:21Z',
    links: [{ rel: 'self', href: `${publicUrl(request)}/volume/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.volume+json;version=3' }],
  };
}

function v3Routes(app: App, options: RouteOptions): Promise<void> {
  authenticate(app, options.api);
  requireAccess(
    app,
    ({ caller }) => caller,
    ({ rule }) => policyFault(rule),
  );
  refuseNameless(app, () => new NovaFault(404, 'The resource could not be found.'));
  volumeRoutes(app, options);
  volumeChangeRoutes(app, options);
  volumeTypeApiRoutes(app, options);
  volumeLimitRoutes(app, options);
  app.setNotFoundHandler((request, reply) => notFound(request, reply));
  for (const noun of ['snapshots', 'backups']) {
    app.get(`/${noun}`, none(`volume:get_all_${noun}`), () => ({ [noun]: [] }));
    app.get(`/${noun}/detail`, none(`volume:get_all_${noun}`), () => ({ [noun]: [] }));
    app.post(`/${noun}`, hidden(inProject('member', `volume:create_${noun}`)), () => {
      throw new NovaFault(501, `Ferry has no ${noun}.`);
    });
  }
  app.get('/os-services', none('volume_extension:services:index'), () => ({ services: [] }));
  app.get('/os-availability-zone', none('volume:availability_zone_list'), async () => ({
    availabilityZoneInfo: (await zonesOfHosts(options.api)).all.map((zoneName) => ({
      zoneName,
      zoneState: { available: true },
    })),
  }));
  return Promise.resolve();
}

/** A list that is empty for everybody. */
function none(rule: string): Hidden {
  return hidden(inProject('token', rule));
}

function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .send(
      novaFaultBody(
        404,
        `There is nothing at ${request.url}: Ferry has of the volume API what clients need.`,
      ),
    );
}
