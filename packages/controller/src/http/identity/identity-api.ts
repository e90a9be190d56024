import { giveRequestIds } from '../openstack/request-ids.ts';
import type { App, RouteOptions } from '../routing/api.ts';
import { applicationCredentialRoutes } from './application-credentials.ts';
import { authRoutes } from './auth.ts';
import { catalogRoutes } from './catalog-routes.ts';
import { type IdentityOptions, requireFacts } from './identity-caller.ts';
import type { Identity } from '../../operations/identity/known-callers.ts';
import { IdentityFault, sendIdentityFault, identityUrl } from './identity-fault.ts';
import { projectRoutes } from './projects.ts';
import { roleRoutes } from './roles.ts';
import { userRoutes } from './users.ts';
import type { FastifyRequest } from 'fastify';
import { everybody, ofAll, ofUser } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import { allRoles } from '@ferry/model';
import { Type } from 'typebox';
import { pageOfList } from './list-pages.ts';
import { listBody, roleBody } from './bodies.ts';

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
  app.addHook('preSerialization', (request, _reply, body, done) => {
    try {
      done(null, pageOfList(request, body));
    } catch (error) {
      done(error as Error);
    }
  });
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

/** Lists of what Keystone has and Ferry has not, by the path of each; the noun is its last part unless another is named. */
const lists: readonly (readonly [path: string, rule: string, noun?: string])[] = [
  ['credentials', 'list_credentials'],
  ['policies', 'list_policies'],
  ['limits', 'list_limits'],
  ['registered_limits', 'list_registered_limits'],
  ['OS-TRUST/trusts', 'list_trusts'],
  ['OS-FEDERATION/mappings', 'list_mappings'],
  ['OS-FEDERATION/identity_providers', 'list_identity_providers'],
  ['OS-FEDERATION/service_providers', 'list_service_providers'],
  ['OS-OAUTH1/consumers', 'list_consumers'],
  ['OS-EP-FILTER/endpoint_groups', 'list_endpoint_groups'],
];
/** The same of what a user has. */
const listsOfUser: typeof lists = [
  ['access_rules', 'list_access_rules'],
  ['credentials/OS-EC2', 'ec2_list_credentials', 'credentials'],
];

/** What clients list to show that there is none; and which roles include which. */
function emptyListRoutes(app: App): Promise<void> {
  for (const [path, rule] of lists) {
    const noun = path.split('/').at(-1) ?? path;
    app.get(`/${path}`, hidden(ofAll('admin', rule)), (request) =>
      listBody(noun, [], `${identityUrl(request)}/${path}`),
    );
  }
  for (const [path, rule, noun = path] of listsOfUser)
    app.get(
      `/users/:user/${path}`,
      {
        config: { access: ofUser(rule, 'user') },
        schema: { hide: true, params: Type.Object({ user: Type.String() }) },
      },
      (request) => listBody(noun, [], `${identityUrl(request)}/users/${request.params.user}/${path}`),
    );
  app.get('/role_inferences', hidden(ofAll('admin', 'list_role_inference_rules')), (request) => {
    const base = identityUrl(request);
    const rules = allRoles.flatMap((role, index) => {
      const next = allRoles[index + 1];
      return next === undefined
        ? []
        : [{ prior_role: roleBody(role, base), implies: [roleBody(next, base)] }];
    });
    return listBody('role_inferences', rules, `${base}/role_inferences`);
  });
  return Promise.resolve();
}
