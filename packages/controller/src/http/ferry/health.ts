import { HealthSchema, ReadinessSchema } from '@ferry/api';
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
  app.get(
    '/ready',
    {
      config: { access: everybody },
      schema: {
        summary: 'Whether the controller can do its work, part by part; 503 while one cannot',
        response: { 200: ReadinessSchema, 503: ReadinessSchema },
      },
    },
    async (_request, reply) => {
      const parts = (await api.readiness.state()).map(({ part, reason }) => ({
        part,
        ready: reason === null,
        reason,
      }));
      const ready = parts.every((one) => one.ready);
      return reply.code(ready ? 200 : 503).send({ ready, parts });
    },
  );
  return Promise.resolve();
}
