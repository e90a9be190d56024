import { HealthSchema } from '@ferry/api';
import type { App, RouteOptions } from './route-options.ts';

/** Whether the controller works, for people and for load balancers; needs no token. */
export function healthRoutes(app: App, { controls }: RouteOptions): Promise<void> {
  app.get(
    '/health',
    {
      config: { role: null },
      schema: { summary: 'Whether the controller works', response: { 200: HealthSchema } },
    },
    () => controls.health(),
  );
  return Promise.resolve();
}
