import { requireAccess, hidden } from '../access/require-access.ts';
import { authenticate } from '../openstack/authenticate.ts';
import { refuseNameless } from '../openstack/refuse-nameless.ts';
import { giveRequestIds } from '../openstack/request-ids.ts';
import type { App, RouteOptions } from '../routing/api.ts';
import { actionRoutes } from './actions/action-routes.ts';
import { createRoutes } from './servers/create-routes.ts';
import { migrationRoutes } from './migrations/migration-routes.ts';
import { serverMigrationRoutes } from './migrations/server-migration-routes.ts';
import { aggregateRoutes, zoneRoutes } from './aggregates/aggregate-routes.ts';
import { hypervisorRoutes } from './hypervisors/hypervisor-routes.ts';
import { consoleRoutes } from './consoles/console-routes.ts';
import { quotaRoutes } from './quota-routes.ts';
import { limitRoutes } from './limit-routes.ts';
import { detailRoutes } from './servers/detail-routes.ts';
import { instanceActionRoutes } from './servers/instance-action-routes.ts';
import { metadataRoutes } from './servers/metadata-routes.ts';
import { volumeAttachmentRoutes } from './servers/volume-attachment-routes.ts';
import { tagRoutes } from './servers/tag-routes.ts';
import { oldHostRoutes, serviceRoutes } from './services/service-routes.ts';
import { serverRoutes } from './servers/server-routes.ts';
import { honourMicroversions, spoken } from './microversions.ts';
import { NovaFault, sendNovaFault, policyFault } from './nova-fault.ts';
import { extraSpecRoutes, flavorAccessRoutes } from './flavors/extra-spec-routes.ts';
import { flavorRoutes } from './flavors/flavor-routes.ts';
import { keypairRoutes } from './keypairs/keypair-routes.ts';
import { projectInPath } from './project-in-path.ts';
import { serverGroupRoutes } from './server-groups/server-group-routes.ts';
import { usageRoutes } from './usage-routes.ts';
import { newestMicroversion } from '@ferry/api';
import type { FastifyRequest } from 'fastify';
import { publicUrl } from '../openstack/public-url.ts';
import { sendDashboard, wantsDashboard } from '../dashboard/dashboard-pages.ts';
import { everybody, ofAll } from '../access/access.ts';
import { groupBody } from '../ferry/views/security-group-view.ts';
import { firstProject } from '@ferry/model';
import { securityGroupView } from './servers/flavor-view.ts';

/** The Nova-compatible API: versions at the root, everything else under /v2.1. */
export async function novaApi(app: App, options: RouteOptions): Promise<void> {
  app.setErrorHandler((error: unknown, request, reply) => sendNovaFault(request, reply, error));
  giveRequestIds(app, ['x-compute-request-id']);
  versionRoutes(app);
  await app.register(computeApi, { ...options, prefix: '/v2.1' });
}

/** Each route here is asked for by microversion and with a token, also where there is no such route. */
function computeApi(app: App, options: RouteOptions): Promise<void> {
  const { api } = options;
  authenticate(app, api);
  requireOwnProject(app);
  honourMicroversions(app);
  refuseNameless(app, () => new NovaFault(404, 'The resource could not be found.'));
  requireAccess(
    app,
    ({ caller }) => caller,
    ({ rule }) => policyFault(rule),
  );
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({
      message: 'The resource could not be found.<br /><br />\n\n\n',
      code: '404 Not Found',
      title: 'Not Found',
    }),
  );
  flavorRoutes(app, options);
  extraSpecRoutes(app, options);
  flavorAccessRoutes(app, options);
  keypairRoutes(app, options);
  serverGroupRoutes(app, options);
  serverRoutes(app, options);
  createRoutes(app, options);
  volumeAttachmentRoutes(app, options);
  metadataRoutes(app, options);
  tagRoutes(app, options);
  detailRoutes(app, options);
  instanceActionRoutes(app, options);
  actionRoutes(app, options);
  migrationRoutes(app, options);
  serverMigrationRoutes(app, options);
  serviceRoutes(app, options);
  oldHostRoutes(app, options);
  hypervisorRoutes(app, options);
  aggregateRoutes(app, options);
  zoneRoutes(app, options);
  limitRoutes(app, options);
  quotaRoutes(app, options);
  usageRoutes(app, options);
  securityGroupRoutes(app, options);
  consoleRoutes(app, options);
  return Promise.resolve();
}

/** The project that an address names must be the token's. */
function requireOwnProject(app: App): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const named = projectInPath(request.originalUrl);
    if (named === null || request.is404 || named === request.caller.projectId) return done();
    const own = request.caller.projectId ?? 'none';
    return done(
      new NovaFault(
        400,
        `Malformed request URL: URL's project_id '${named}' doesn't match Context's project_id '${own}'.`,
      ),
    );
  });
}

/** When Nova's versions came to be: clients compare it. */
const updated = { 'v2.0': '2011-01-21T11:33:21Z', 'v2.1': '2013-07-23T11:33:21Z' } as const;
/** The first is answered as 2.1, and has no microversions. */
const versions = ['v2.0', 'v2.1'] as const;
type Version = (typeof versions)[number];

/** What the API's root, /v2 and /v2.1 say of versions; all are open to everyone, as clients ask before they log in. */
function versionRoutes(app: App): void {
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

/** Up to this microversion, and no longer: clients ask the network API since. */
const until = 35;

/** Security groups as Nova told of them, for clients that look for a group by name before they put it before a server. */
function securityGroupRoutes(app: App, { api }: RouteOptions): void {
  app.get('/os-security-groups', spoken(ofAll('token', 'os-security-groups:get'), 1, until), async () => ({
    security_groups: (await api.store.securityGroups.list()).map((one) =>
      securityGroupView(groupBody(one), firstProject.id),
    ),
  }));
  app.get<{ Params: { id: string } }>(
    '/os-security-groups/:id',
    spoken(ofAll('token', 'os-security-groups:show'), 1, until),
    async ({ params: { id } }) => {
      const group = (await api.store.securityGroups.list()).map(groupBody).find((one) => one.id === id);
      if (group === undefined) throw new NovaFault(404, `Security group ${id} not found.`);
      return { security_group: securityGroupView(group, firstProject.id) };
    },
  );
}
