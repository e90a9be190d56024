import { novaFaultBody } from '@ferry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authenticate } from '../openstack/authenticate.ts';
import { publicUrl } from '../openstack/public-url.ts';
import { giveRequestIds } from '../openstack/request-ids.ts';
import { sendNovaFault } from '../nova/nova-fault.ts';
import type { App, RouteOptions } from '../route-options.ts';
import { volumeRoutes } from './volume-routes.ts';

/** What of Cinder's API the clients ask for beside Nova's: the volumes of the catalogue. Lists of all else are empty. */
export async function volumeApi(app: App, options: RouteOptions): Promise<void> {
  app.setErrorHandler((error: unknown, request, reply) => sendNovaFault(request, reply, error));
  giveRequestIds(app);
  const everyone = { config: { role: null }, schema: { hide: true } } as const;
  for (const path of ['/volume', '/volume/', '/volume/v3', '/volume/v3/']) {
    app.get(path, everyone, (request, reply) =>
      reply.code(path.startsWith('/volume/v3') ? 200 : 300).send({ versions: [version(request)] }),
    );
  }
  // The project in the path is what clients of before 3.67 put in.
  await app.register(v3Routes, { ...options, prefix: '/volume/v3' });
  await app.register(v3Routes, { ...options, prefix: '/volume/v3/:project([0-9a-f-]{32,36})' });
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
  authenticate(app, options.controls);
  volumeRoutes(app, options);
  const hide = { schema: { hide: true } } as const;
  app.setNotFoundHandler((request, reply) => notFound(request, reply));
  for (const noun of ['snapshots', 'backups']) {
    app.get(`/${noun}`, hide, () => ({ [noun]: [] }));
    app.get(`/${noun}/detail`, hide, () => ({ [noun]: [] }));
  }
  app.get('/types', hide, () => ({ volume_types: [] }));
  app.get('/os-services', hide, () => ({ services: [] }));
  app.get('/os-availability-zone', hide, () => ({ availabilityZoneInfo: [] }));
  app.get('/limits', hide, () => ({ limits: { rate: [], absolute: noVolumes } }));
  return Promise.resolve();
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

const noVolumes = {
  maxTotalVolumes: 0,
  maxTotalVolumeGigabytes: 0,
  maxTotalSnapshots: 0,
  maxTotalBackups: 0,
  maxTotalBackupGigabytes: 0,
  totalVolumesUsed: 0,
  totalGigabytesUsed: 0,
  totalSnapshotsUsed: 0,
  totalBackupsUsed: 0,
  totalBackupGigabytesUsed: 0,
};
