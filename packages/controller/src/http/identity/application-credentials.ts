import { NewApplicationCredentialSchema } from '@ferry/api';
import { Type } from 'typebox';
import type { App } from '../route-options.ts';
import { credentialBody, listBody } from './bodies.ts';
import type { IdentityOptions } from './identity-controls.ts';
import { forbidden, requireSelfOrAdmin } from './identity-caller.ts';
import { identityUrl } from './identity-url.ts';

const ofUser = Type.Object({ user: Type.String() });
const params = Type.Object({ user: Type.String(), id: Type.String() });

/** Application credentials of a user: list, make, show, delete. */
export function applicationCredentialRoutes(app: App, { identity }: IdentityOptions): Promise<void> {
  const path = '/users/:user/application_credentials';
  app.get(path, { schema: { hide: true, params: ofUser } }, async (request) => {
    const { user } = request.params;
    requireSelfOrAdmin(request, user, 'list_application_credentials');
    const { name } = request.query as { name?: string };
    const found = (await identity.applicationCredentials(user)).filter(
      (one) => name === undefined || one.name === name,
    );
    const bodies = found.map((one) => credentialBody(one, identityUrl(request)));
    return listBody(
      'application_credentials',
      bodies,
      `${identityUrl(request)}/users/${user}/application_credentials`,
    );
  });
  app.post(
    path,
    { schema: { hide: true, params: ofUser, body: NewApplicationCredentialSchema } },
    async (request, reply) => {
      // Nobody makes one for somebody else, administrators included: it would act in that somebody's name.
      if (request.facts.user.id !== request.params.user) throw forbidden('create_application_credential');
      const { credential, secret } = await identity.createApplicationCredential(
        request.facts,
        request.body.application_credential,
      );
      return reply
        .code(201)
        .send({ application_credential: credentialBody(credential, identityUrl(request), secret) });
    },
  );
  app.get(`${path}/:id`, { schema: { hide: true, params } }, async (request) => {
    requireSelfOrAdmin(request, request.params.user, 'get_application_credential');
    const found = await identity.applicationCredential(request.params.user, request.params.id);
    return { application_credential: credentialBody(found, identityUrl(request)) };
  });
  app.delete(`${path}/:id`, { schema: { hide: true, params } }, async (request, reply) => {
    requireSelfOrAdmin(request, request.params.user, 'delete_application_credential');
    const found = await identity.applicationCredential(request.params.user, request.params.id);
    await identity.deleteApplicationCredential(request.facts, found);
    return reply.code(204).send();
  });
  return Promise.resolve();
}
