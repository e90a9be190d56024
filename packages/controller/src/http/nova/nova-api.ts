import { requireAccess } from '../access/require-access.ts';
import { authenticate } from '../openstack/authenticate.ts';
import { giveRequestIds } from '../openstack/request-ids.ts';
import type { App, RouteOptions } from '../routing/route-options.ts';
import { actionRoutes } from './actions/action-routes.ts';
import { createRoutes } from './servers/create-routes.ts';
import { migrationRoutes } from './migrations/migration-routes.ts';
import { serverMigrationRoutes } from './migrations/server-migration-routes.ts';
import { aggregateRoutes } from './aggregates/aggregate-routes.ts';
import { zoneRoutes } from './aggregates/zone-routes.ts';
import { hypervisorRoutes } from './hypervisors/hypervisor-routes.ts';
import { consoleRoutes } from './consoles/console-routes.ts';
import { limitRoutes } from './limit-routes.ts';
import { detailRoutes } from './servers/detail-routes.ts';
import { instanceActionRoutes } from './servers/instance-action-routes.ts';
import { metadataRoutes } from './servers/metadata-routes.ts';
import { volumeAttachmentRoutes } from './servers/volume-attachment-routes.ts';
import { tagRoutes } from './servers/tag-routes.ts';
import { oldHostRoutes } from './services/host-routes.ts';
import { serviceRoutes } from './services/service-routes.ts';
import { serverRoutes } from './servers/server-routes.ts';
import { honourMicroversions } from './microversions.ts';
import { NovaFault, sendNovaFault } from './nova-fault.ts';
import { extraSpecRoutes } from './flavors/extra-spec-routes.ts';
import { flavorAccessRoutes } from './flavors/flavor-access-routes.ts';
import { flavorRoutes } from './flavors/flavor-routes.ts';
import { keypairRoutes } from './keypairs/keypair-routes.ts';
import { policyFault } from './require-role.ts';
import { projectInPath } from './project-in-path.ts';
import { securityGroupRoutes } from './security-group-routes.ts';
import { serverGroupRoutes } from './server-groups/server-group-routes.ts';
import { usageRoutes } from './usage-routes.ts';
import { versionRoutes } from './versions.ts';

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
