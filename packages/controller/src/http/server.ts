import swagger from '@fastify/swagger';
import Fastify from 'fastify';
import { components } from '@ferry/api';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { refusalOfFailure } from '../operations/engine/refusal-of-failure.ts';
import type { Api } from './routing/api.ts';
import { requireDeclaredAccess, hidden } from './access/require-access.ts';
import { auditRequests } from './audit/audit-requests.ts';
import { auditRoutes } from './audit/audit-routes.ts';
import { requireTokens } from './ferry/authentication.ts';
import { consolePages } from './consoles/console-pages.ts';
import { consoleSockets, wantsConsole } from './consoles/console-sockets.ts';
import { boundConnections, type DoorLimits, defaultDoorLimits } from './doors/connection-bounds.ts';
import { headLimits, refuseSlowBodies, refuseUnreadable } from './doors/slow-requests.ts';
import { dashboardPages, sendDashboard, wantsDashboard } from './dashboard/dashboard-pages.ts';
import { eventRoutes } from './ferry/events.ts';
import { flavorRoutes } from './ferry/flavors.ts';
import { forecastRoutes } from './ferry/forecasts.ts';
import { healthRoutes, doctorRoutes } from './ferry/health.ts';
import { countRequests, metricsRoute } from './metrics/metrics-routes.ts';
import { hostRoutes } from './ferry/hosts.ts';
import { refuseHostileRequests, takeJson } from './routing/hostile-requests.ts';
import { imageRoutes } from './ferry/images.ts';
import { identityApi } from './identity/identity-api.ts';
import { instanceRoutes } from './ferry/instances.ts';
import { screenRoutes } from './ferry/screens.ts';
import { takeTurnsWithLongLists } from './routing/long-lists.ts';
import { migrationRoutes } from './ferry/migrations.ts';
import { everybody } from './access/access.ts';
import { planRoutes } from './ferry/plans.ts';
import { balancerRoutes } from './ferry/balancers.ts';
import { policyRoutes } from './ferry/policies.ts';
import { securityGroupRoutes } from './ferry/security-groups.ts';
import { glanceApi } from './glance/glance-api.ts';
import { networkApi } from './network/network-api.ts';
import { novaApi } from './nova/nova-api.ts';
import { askedPage } from './nova/project-in-path.ts';
import { type Endpoint, defaultPlace } from './openstack/public-url.ts';
import { giveRequestIds, nameRequests } from './openstack/request-ids.ts';
import { takeSessionCookies } from './session/session-cookie.ts';
import { sessionRoutes } from './session/session-routes.ts';
import { schemaProblem, sendProblem } from './routing/problem-reply.ts';
import { sharedCompilers } from './routing/shared-compilers.ts';
import { volumeRoutes, volumeTypeRoutes } from './ferry/volumes.ts';
import { webhookRoutes } from './ferry/webhooks.ts';
import { volumeApi } from './volume/volume-api.ts';
import type { TlsCertificate } from '../tls-certificate.ts';

/** All APIs, ready to listen: Ferry's own under /ferry/v1, Nova's under /v2.1, and what OpenStack's clients need beside it. */
export async function buildServer(
  api: Api,
  log: FastifyBaseLogger,
  place: Endpoint = defaultPlace,
  doors: DoorLimits = defaultDoorLimits,
  tls: TlsCertificate | null = null,
): Promise<FastifyInstance> {
  const connection = { shouldUpgradeCallback: wantsConsole, ...headLimits(doors) };
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    // Each line tells its request by the log's own context.
    childLoggerFactory: (logger) => logger,
    // The defaults would turn `host: null` into "" and drop unknown fields in silence.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true } },
    schemaErrorFormatter: schemaProblem,
    schemaController: { compilersFactory: sharedCompilers },
    forceCloseConnections: true,
    // Without it, every request that offers an upgrade (h2c, for one) would be taken for a console's.
    ...(tls === null
      ? { http: connection }
      : { https: { ...connection, cert: tls.cert, key: tls.key, ...tlsBounds } as never }),
    clientErrorHandler: refuseUnreadable(doors),
    rewriteUrl: askedPage,
    // As OpenStack's services route: a slash behind a page's name is the same page.
    routerOptions: { ignoreTrailingSlash: true },
  }).withTypeProvider<TypeBoxTypeProvider>();
  nameRequests(app);
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
    wantsDashboard(request)
      ? sendDashboard(reply)
      : sendProblem(reply, 'route-not-found', `There is no page ${request.method} ${request.url}.`),
  );
  requireDeclaredAccess(app);
  app.decorate('place', place);
  takeTurnsWithLongLists(app);
  app.decorateRequest('role', 'reader');
  takeSessionCookies(app);
  auditRequests(app, api);
  countRequests(app, api.metrics);
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
    // Schemas keep their names among the components; the plugin would number them.
    refResolver: {
      buildLocalReference: ({ $id }, _base, _fragment, at) =>
        typeof $id === 'string' ? $id : `schema-${at}`,
    },
  });
  await app.register(
    async (v1) => {
      for (const schema of components.values()) v1.addSchema(schema);
      giveRequestIds(v1);
      requireTokens(v1, api);
      await v1.register(healthRoutes, { api });
      await v1.register(sessionRoutes, { api });
      await v1.register(hostRoutes, { api });
      await v1.register(doctorRoutes, { api });
      await v1.register(flavorRoutes, { api });
      await v1.register(imageRoutes, { api });
      await v1.register(instanceRoutes, { api });
      await v1.register(screenRoutes, { api });
      await v1.register(migrationRoutes, { api });
      await v1.register(forecastRoutes, { api });
      await v1.register(planRoutes, { api });
      await v1.register(policyRoutes, { api });
      await v1.register(balancerRoutes, { api });
      await v1.register(securityGroupRoutes, { api });
      await v1.register(volumeRoutes, { api });
      await v1.register(volumeTypeRoutes, { api });
      await v1.register(eventRoutes, { api });
      await v1.register(webhookRoutes, { api });
      await v1.register(auditRoutes, { api });
      v1.get('/openapi.json', hidden(everybody), () => app.swagger());
    },
    { prefix: '/ferry/v1' },
  );
  await app.register(metricsRoute, { api });
  await app.register(glanceApi, { api, prefix: '/image' });
  await app.register(novaApi, { api });
  await app.register(identityApi, { api });
  await app.register(networkApi, { api });
  await app.register(volumeApi, { api });
  await app.register(consolePages);
  await app.register(dashboardPages);
  consoleSockets(app, api);
  return app;
}

/** TLS 1.2 is what the oldest clients speak (RFC 9325); who opens a connection has as long for it as for a head. */
const tlsBounds = { minVersion: 'TLSv1.2', handshakeTimeout: 20_000 } as const;

function statusOf(error: unknown): number {
  const known = error !== null && typeof error === 'object' && 'statusCode' in error ? error.statusCode : 500;
  return typeof known === 'number' ? known : 500;
}
