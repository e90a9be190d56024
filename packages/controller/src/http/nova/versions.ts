import { newestMicroversion } from '@ferry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { publicUrl } from '../openstack/public-url.ts';
import { everybody } from '../access/access.ts';
import { hidden } from '../access/hidden.ts';
import type { App } from '../route-options.ts';

/** When Nova's v2.1 came to be: clients compare it. */
const updated = '2013-07-23T11:33:21Z';

/** What the API's root and /v2.1 say of versions; both are open to everyone, as clients ask before they log in. */
export function versionRoutes(app: App): void {
  const everyone = hidden(everybody);
  app.get('/', everyone, (request) => ({ versions: [versionEntry(request)] }));
  app.get('/v2.1', everyone, sendVersion);
  app.get('/v2.1/', everyone, sendVersion);
}

function sendVersion(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.send({ version: describedEntry(request) });
}

interface VersionEntry {
  readonly id: string;
  readonly links: readonly object[];
}

function versionEntry(request: FastifyRequest): VersionEntry & Record<string, unknown> {
  return {
    id: 'v2.1',
    status: 'CURRENT',
    version: `2.${newestMicroversion}`,
    min_version: '2.1',
    updated,
    links: [{ rel: 'self', href: `${publicUrl(request)}/v2.1/` }],
  };
}

function describedEntry(request: FastifyRequest): VersionEntry {
  const entry = versionEntry(request);
  return {
    ...entry,
    links: [...entry.links, { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' }],
  } as VersionEntry;
}
