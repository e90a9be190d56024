import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { refusalOfFailure } from '../operations/shared/refusal-of-failure.ts';
import type { Controls } from './controls.ts';
import { requireDeclaredAccess } from './access/require-access.ts';
import { auditRequests } from './audit/audit-requests.ts';
import { auditRoutes } from './audit/audit-routes.ts';
import { requireTokens } from './authentication.ts';
import { consolePages } from './consoles/console-pages.ts';
import { consoleSockets, wantsConsole } from './consoles/console-sockets.ts';
import { boundConnections } from './doors/connection-bounds.ts';
import { type DoorLimits, usualDoorLimits } from './doors/door-limits.ts';
import { headLimits, refuseSlowBodies, refuseUnreadable } from './doors/slow-requests.ts';
import { eventRoutes } from './events.ts';
import { flavorRoutes } from './flavors.ts';
import { healthRoutes } from './health.ts';
import { hostRoutes } from './hosts.ts';
import { refuseHostileRequests, takeJson } from './hostile-requests.ts';
import { imageRoutes } from './images.ts';
import { identityApi } from './identity/identity-api.ts';
import { instanceRoutes } from './instances.ts';
import { takeTurnsWithLongLists } from './long-lists.ts';
import { migrationRoutes } from './migrations.ts';
import { everybody } from './access/access.ts';
import { hidden } from './access/hidden.ts';
import { policyRoutes } from './policies.ts';
import { securityGroupRoutes } from './security-groups.ts';
import { glanceApi } from './glance/glance-api.ts';
import { networkApi } from './network/network-api.ts';
import { novaApi } from './nova/nova-api.ts';
import { askedPage } from './nova/asked-page.ts';
import { type Place, usualPlace } from './openstack/place.ts';
import { giveRequestIds } from './openstack/request-ids.ts';
import { sendProblem } from './problem-reply.ts';
import { schemaProblem } from './schema-problem.ts';
import { sharedCompilers } from './shared-compilers.ts';
import { volumeTypeRoutes } from './volume-types.ts';
import { volumeRoutes } from './volumes.ts';
import { volumeApi } from './volume/volume-api.ts';

/** All APIs, ready to listen: Ferry's own under /ferry/v1, Nova's under /v2.1, and what OpenStack's clients need beside it. */
export async function buildServer(
  controls: Controls,
  log: FastifyBaseLogger,
  place: Place = usualPlace,
  doors: DoorLimits = usualDoorLimits,
): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    // The defaults would turn `host: null` into "" and drop unknown fields in silence.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true } },
    schemaErrorFormatter: schemaProblem,
    schemaController: { compilersFactory: sharedCompilers },
    forceCloseConnections: true,
    // Without it, every request that offers an upgrade (h2c, for one) would be taken for a console's.
    http: { shouldUpgradeCallback: wantsConsole, ...headLimits(doors) },
    clientErrorHandler: refuseUnreadable(doors),
    rewriteUrl: askedPage,
    // As OpenStack's services route: `/os-simple-tenant-usage/` is the same page.
    routerOptions: { ignoreTrailingSlash: true },
  }).withTypeProvider<TypeBoxTypeProvider>();
  boundConnections(app, doors);
  refuseSlowBodies(app, doors);
  refuseHostileRequests(app);
  takeJson(app);
  app.setErrorHandler((error: unknown, request, reply) => {
    const refusal = refusalOfFailure(error);
    if (refusal !== null) return sendProblem(reply, refusal.code, refusal.message, refusal.findings);
    const status = statusOf(error);
    if (status >= 400 && status < 500) {
      return sendProblem(
        reply,
        status === 408 ? 'too-slow' : 'bad-request',
        error instanceof Error ? error.message : String(error),
      );
    }
    request.log.error({ err: error, url: request.url }, 'a request failed inside');
    return sendProblem(reply, 'internal');
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, 'route-not-found', `There is no page ${request.method} ${request.url}.`),
  );
  requireDeclaredAccess(app);
  app.decorate('place', place);
  takeTurnsWithLongLists(app);
  app.decorateRequest('role', 'reader');
  auditRequests(app, controls);
  await app.register(swagger, {
    openapi: {
      info: {
        title: 'Ferry',
        version: '1',
        description: 'Moves virtual machines between libvirt/QEMU hosts.',
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
  });
  await app.register(
    async (v1) => {
      giveRequestIds(v1);
      requireTokens(v1, controls);
      await v1.register(healthRoutes, { controls });
      await v1.register(hostRoutes, { controls });
      await v1.register(flavorRoutes, { controls });
      await v1.register(imageRoutes, { controls });
      await v1.register(instanceRoutes, { controls });
      await v1.register(migrationRoutes, { controls });
      await v1.register(policyRoutes, { controls });
      await v1.register(securityGroupRoutes, { controls });
      await v1.register(volumeRoutes, { controls });
      await v1.register(volumeTypeRoutes, { controls });
      await v1.register(eventRoutes, { controls });
      await v1.register(auditRoutes, { controls });
      v1.get('/openapi.json', hidden(everybody), () => app.swagger());
    },
    { prefix: '/ferry/v1' },
  );
  await app.register(glanceApi, { controls, prefix: '/image' });
  await app.register(novaApi, { controls });
  await app.register(identityApi, { controls });
  await app.register(networkApi, { controls });
  await app.register(volumeApi, { controls });
  await app.register(consolePages);
  consoleSockets(app, controls);
  return app;
}

function statusOf(error: unknown): number {
  const known = error !== null && typeof error === 'object' && 'statusCode' in error ? error.statusCode : 500;
  return typeof known === 'number' ? known : 500;
}
