import { HealthSchema } from '@ferry/api';
import { everybody } from '../access/access.ts';
import type { App, RouteOptions } from '../routing/route-options.ts';

/** Whether the controller works, for people and for load balancers; needs no token. */
export function healthRoutes(app: App, { api }: RouteOptions): Promise<void> {
  app.get(
    '/health',
    {
      config: { access: everybody },
      schema: { summary: 'Whether the controller works', response: { 200: HealthSchema } },
    },
    async () => {
      const hosts = await api.store.hosts.list();
      const hostsUp = hosts.filter((host) => host.service.state === 'up').length;
      return {
        status: 'ok' as const,
        ...api.about,
        runningOperations: api.runner.runningCount,
        hostsUp,
        hostsDown: hosts.length - hostsUp,
      };
    },
  );
  return Promise.resolve();
}
