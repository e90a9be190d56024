import { HealthSchema } from '@ferry/api';
import { everybody } from './access/access.ts';
import type { App, RouteOptions } from './route-options.ts';

/** Whether the controller works, for people and for load balancers; needs no token. */
export function healthRoutes(app: App, { controls }: RouteOptions): Promise<void> {
  app.get(
    '/health',
    {
      config: { access: everybody },
      schema: { summary: 'Whether the controller works', response: { 200: HealthSchema } },
    },
    () => controls.health(),
  );
  return Promise.resolve();
}
