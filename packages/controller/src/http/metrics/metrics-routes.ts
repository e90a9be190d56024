import { metricsContentType, type ControllerMetrics } from '../../observe/controller-metrics.ts';
import { ferry } from '../access/access.ts';
import { requireTokens } from '../ferry/authentication.ts';
import { giveRequestIds } from '../openstack/request-ids.ts';
import type { App, RouteOptions } from '../routing/api.ts';
import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { apiOfRoute } from '../audit/audit-requests.ts';

/** `/metrics`, where Prometheus looks for it, for whoever may read all of Ferry. */
export function metricsRoute(app: App, { api }: RouteOptions): Promise<void> {
  giveRequestIds(app);
  requireTokens(app, api);
  app.get(
    '/metrics',
    { config: { access: ferry('reader') }, schema: { hide: true } },
    async (_request, reply) =>
      reply
        .header('content-type', metricsContentType)
        .header('cache-control', 'no-store')
        .send(await api.metrics.text()),
  );
  return Promise.resolve();
}

/** Whoever asks for metrics comes alone, and quickly. */
const bounds = { requestTimeout: 5_000, headersTimeout: 5_000, keepAliveTimeout: 30_000 } as const;
const maxConnections = 32;

/** Metrics by an address of their own, without a token and without anything else: who reaches it may read them. */
export function metricsDoor(metrics: ControllerMetrics, log: Logger): Server {
  const server = createServer(bounds, (request, response) => {
    const isMetrics = request.method === 'GET' && request.url?.split('?')[0] === '/metrics';
    if (!isMetrics) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is GET /metrics here.\n');
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metricsContentType }).end(text),
      (error: unknown) => {
        log.error({ err: error }, 'metrics could not be told');
        response
          .writeHead(500, { 'content-type': 'text/plain' })
          .end('They could not be told: see the log.\n');
      },
    );
  });
  server.maxConnections = maxConnections;
  return server;
}

/** Counts what was answered, by route and status. What is no route is one: addresses are the askers' to make up. */
export function countRequests(app: App, metrics: ControllerMetrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? '(none)' : (request.routeOptions.url ?? '(none)');
    const api = apiOfRoute(route);
    metrics.count('ferry_http_requests_total', {
      api,
      method: request.method,
      route,
      status: String(reply.statusCode),
    });
    const type = reply.getHeader('content-type');
    // A stream of events lasts as long as its reader likes.
    if (!String(type ?? '').startsWith('text/event-stream'))
      metrics.observe('ferry_http_request_duration_seconds', { api, route }, reply.elapsedTime / 1000);
    done();
  });
}
