import { NewApplicationCredentialSchema } from '@ferry/api';
import { Type } from 'typebox';
import { ofUser } from '../access/access.ts';
import type { App } from '../routing/api.ts';
import { credentialBody, listBody } from './bodies.ts';
import type { IdentityOptions } from './identity-caller.ts';
import { identityUrl } from './identity-fault.ts';
import {
  createCredential,
  deleteCredential,
  findCredential,
} from '../../operations/identity/application-credentials.ts';

const userParams = Type.Object({ user: Type.String() });
const params = Type.Object({ user: Type.String(), id: Type.String() });

/** Application credentials of a user: list, make, show, delete. */
export function applicationCredentialRoutes(app: App, { identity }: IdentityOptions): Promise<void> {
  const path = '/users/:user/application_credentials';
  app.get(
    path,
    {
      config: { access: ofUser('list_application_credentials', 'user') },
      schema: { hide: true, params: userParams },
    },
    async (request) => {
      const { user } = request.params;
      const { name } = request.query as { name?: string };
      const found = (await identity.store.applicationCredentials.of(user)).filter(
        (one) => name === undefined || one.name === name,
      );
      const bodies = found.map((one) => credentialBody(one, identityUrl(request)));
      return listBody(
        'application_credentials',
        bodies,
        `${identityUrl(request)}/users/${user}/application_credentials`,
      );
    },
  );
  // Nobody makes one for somebody else, administrators included: it would act in that somebody's name.
  app.post(
    path,
    {
      config: { access: ofUser('create_application_credential', 'user', {}) },
      schema: { hide: true, params: userParams, body: NewApplicationCredentialSchema },
    },
    async (request, reply) => {
      const { credential, secret } = await createCredential(
        identity,
        request.facts,
        request.body.application_credential,
      );
      return reply
        .code(201)
        .send({ application_credential: credentialBody(credential, identityUrl(request), secret) });
    },
  );
  app.get(
    `${path}/:id`,
    { config: { access: ofUser('get_application_credential', 'user') }, schema: { hide: true, params } },
    async (request) => {
      const found = await findCredential(identity, request.params.user, request.params.id);
      return { application_credential: credentialBody(found, identityUrl(request)) };
    },
  );
  app.delete(
    `${path}/:id`,
    { config: { access: ofUser('delete_application_credential', 'user') }, schema: { hide: true, params } },
    async (request, reply) => {
      const found = await findCredential(identity, request.params.user, request.params.id);
      await deleteCredential(identity, request.facts, found);
      return reply.code(204).send();
    },
  );
  return Promise.resolve();
}
