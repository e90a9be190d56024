import { newestMicroversion } from '@ferry/api';
import type { FastifyRequest } from 'fastify';
import { publicUrl } from '../openstack/public-url.ts';
import { sendDashboard, wantsDashboard } from '../dashboard/dashboard-pages.ts';
import { everybody } from '../access/access.ts';
import { hidden } from '../access/hidden.ts';
import type { App } from '../routing/route-options.ts';

/** When Nova's versions came to be: clients compare it. */
const updated = { 'v2.0': '2011-01-21T11:33:21Z', 'v2.1': '2013-07-23T11:33:21Z' } as const;
/** The first is answered as 2.1, and has no microversions. */
const versions = ['v2.0', 'v2.1'] as const;
type Version = (typeof versions)[number];

/** What the API's root, /v2 and /v2.1 say of versions; all are open to everyone, as clients ask before they log in. */
export function versionRoutes(app: App): void {
  const everyone = hidden(everybody);
  // A browser is shown the dashboard there; clients of OpenStack ask for JSON, or for nothing in particular.
  app.get('/', everyone, (request, reply) =>
    wantsDashboard(request)
      ? sendDashboard(reply)
      : reply.header('Vary', 'Accept').send({ versions: versions.map((id) => versionEntry(request, id)) }),
  );
  app.get('/v2', everyone, (request) => ({ version: describedEntry(request, 'v2.0') }));
  app.get('/v2.1', everyone, (request) => ({ version: describedEntry(request, 'v2.1') }));
}

interface VersionEntry {
  readonly id: string;
  readonly links: readonly object[];
}

function versionEntry(request: FastifyRequest, id: Version): VersionEntry & Record<string, unknown> {
  const isFirst = id === 'v2.0';
  return {
    id,
    status: isFirst ? 'SUPPORTED' : 'CURRENT',
    version: isFirst ? '' : `2.${newestMicroversion}`,
    min_version: isFirst ? '' : '2.1',
    updated: updated[id],
    links: [{ rel: 'self', href: `${publicUrl(request)}/${isFirst ? 'v2' : id}/` }],
  };
}

function describedEntry(request: FastifyRequest, id: Version): VersionEntry {
  const entry = versionEntry(request, id);
  const type = `application/vnd.openstack.compute+json;version=${id === 'v2.0' ? '2' : '2.1'}`;
  return {
    ...entry,
    links: [...entry.links, { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' }],
    'media-types': [{ base: 'application/json', type }],
  } as VersionEntry;
}
