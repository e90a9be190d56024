import type { ControllerMetrics } from '../../observe/controller-metrics.ts';
import { apiOfRoute } from '../audit/audited-action.ts';
import type { App } from '../routing/route-options.ts';

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
