import type { FastifyRequest } from 'fastify';
import { everybody } from '../access/access.ts';
import { hidden } from '../access/hidden.ts';
import type { App } from '../route-options.ts';
import { identityUrl } from './identity-url.ts';

/** What of Keystone's API this is like. */
const version = {
  id: 'v3.14',
  status: 'stable',
  updated: '2020-04-07T00:00:00Z',
  'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
};

/** What clients ask before they sign in. `v3`: where it is; null: here. */
export function identityVersionRoutes(app: App, v3: string | null): void {
  const everyone = hidden(everybody);
  const entry = (request: FastifyRequest): object => ({
    ...version,
    links: [{ rel: 'self', href: `${v3 ?? identityUrl(request)}/` }],
  });
  app.get('/identity', everyone, (request, reply) =>
    reply
      .code(300)
      .header('Location', `${v3 ?? identityUrl(request)}/`)
      .send({ versions: { values: [entry(request)] } }),
  );
  app.get('/identity/v3', everyone, (request) => ({ version: entry(request) }));
}
