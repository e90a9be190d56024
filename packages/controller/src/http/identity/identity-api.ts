import { giveRequestIds } from '../openstack/request-ids.ts';
import type { App, RouteOptions } from '../routing/route-options.ts';
import { applicationCredentialRoutes } from './application-credentials.ts';
import { authRoutes } from './auth.ts';
import { catalogRoutes } from './catalog-routes.ts';
import { emptyListRoutes } from './empty-lists.ts';
import { type IdentityOptions, requireFacts } from './identity-caller.ts';
import type { Identity } from '../../operations/identity/known-callers.ts';
import { IdentityFault, sendIdentityFault } from './identity-fault.ts';
import { projectRoutes } from './projects.ts';
import { roleRoutes } from './roles.ts';
import { userRoutes } from './users.ts';
import type { FastifyRequest } from 'fastify';
import { everybody } from '../access/access.ts';
import { hidden } from '../access/hidden.ts';
import { identityUrl } from './identity-url.ts';

/** The identity API under /identity, as much of Keystone's as clients need; a pointer where a real Keystone knows the users. */
export async function identityApi(app: App, { api }: RouteOptions): Promise<void> {
  const { identity } = api;
  app.setErrorHandler((error: unknown, request, reply) => sendIdentityFault(request, reply, error));
  giveRequestIds(app);
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.header('Vary', 'X-Auth-Token');
    done();
  });
  identityVersionRoutes(app, identity.kind === 'own' ? null : identity.url);
  await app.register(v3Routes, { identity, prefix: '/identity/v3' });
}

async function v3Routes(app: App, { identity }: { identity: Identity }): Promise<void> {
  app.setNotFoundHandler((request, reply) => {
    const message =
      identity.kind === 'own'
        ? `Could not find: ${request.method} ${request.url}.`
        : `This Ferry takes its users from the Keystone at ${identity.url}: ask there.`;
    return sendIdentityFault(request, reply, new IdentityFault(404, message));
  });
  if (identity.kind !== 'own') return;
  requireFacts(app, identity);
  const options: IdentityOptions = { identity };
  await app.register(authRoutes, options);
  await app.register(userRoutes, options);
  await app.register(applicationCredentialRoutes, options);
  await app.register(projectRoutes, options);
  await app.register(roleRoutes, options);
  await app.register(catalogRoutes, options);
  await app.register(emptyListRoutes);
}

/** What of Keystone's API this is like. */
const version = {
  id: 'v3.14',
  status: 'stable',
  updated: '2020-04-07T00:00:00Z',
  'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
};

/** What clients ask before they sign in. `v3`: where it is; null: here. */
function identityVersionRoutes(app: App, v3: string | null): void {
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
