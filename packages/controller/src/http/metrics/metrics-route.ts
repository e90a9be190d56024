import { metricsContentType } from '../../observe/controller-metrics.ts';
import { ferry } from '../access/access.ts';
import { requireTokens } from '../ferry/authentication.ts';
import { giveRequestIds } from '../openstack/request-ids.ts';
import type { App, RouteOptions } from '../routing/route-options.ts';

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
