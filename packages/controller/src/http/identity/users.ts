import { ChangedUserSchema, NewPasswordSchema, NewUserSchema } from '@ferry/api';
import { Type } from 'typebox';
import { clientAddress } from '../openstack/public-url.ts';
import { type Access, ofAll, ofNobody, ofUser } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import type { App } from '../routing/api.ts';
import { listBody, projectBody, userBody, filtered } from './bodies.ts';
import type { IdentityOptions } from './identity-caller.ts';
import { IdentityFault, identityUrl } from './identity-fault.ts';
import {
  changeOwnPassword,
  changeUser,
  createUser,
  deleteUser,
  findUser,
} from '../../operations/identity/users.ts';

const params = Type.Object({ id: Type.String() });
function one(access: Access) {
  return { config: { access }, schema: { hide: true, params } } as const;
}

/** Users: list, make, show, change, delete; one's own password; one's own projects. */
export function userRoutes(app: App, { identity }: IdentityOptions): Promise<void> {
  app.get('/users', hidden(ofAll('admin', 'list_users')), async (request) => {
    const users = filtered(await identity.store.users.list(), request.query);
    return listBody(
      'users',
      users.map((user) => userBody(user, identityUrl(request))),
      `${identityUrl(request)}/users`,
    );
  });
  app.post(
    '/users',
    { config: { access: ofAll('admin', 'create_user') }, schema: { hide: true, body: NewUserSchema } },
    async (request, reply) => {
      const user = await createUser(identity, request.body.user);
      return reply.code(201).send({ user: userBody(user, identityUrl(request)) });
    },
  );
  app.get('/users/:id', one(ofUser('get_user', 'id')), async (request) => {
    return { user: userBody(await findUser(identity, request.params.id), identityUrl(request)) };
  });
  app.patch(
    '/users/:id',
    {
      config: { access: ofAll('admin', 'update_user') },
      schema: { hide: true, params, body: ChangedUserSchema },
    },
    async (request) => {
      const user = await changeUser(identity, request.params.id, request.body.user);
      return { user: userBody(user, identityUrl(request)) };
    },
  );
  app.delete('/users/:id', one(ofAll('admin', 'delete_user')), async (request, reply) => {
    if (request.params.id === request.facts.user.id)
      throw new IdentityFault(403, 'Nobody deletes themselves: another administrator can.');
    await deleteUser(identity, request.params.id);
    return reply.code(204).send();
  });
  app.post(
    '/users/:id/password',
    {
      config: { access: ofUser('change_password', 'id') },
      schema: { hide: true, params, body: NewPasswordSchema },
    },
    async (request, reply) => {
      const { original_password: original, password } = request.body.user;
      await changeOwnPassword(identity, request.params.id, { original, password }, clientAddress(request));
      return reply.code(204).send();
    },
  );
  app.get('/users/:id/projects', one(ofUser('list_user_projects', 'id')), async (request) => {
    const held = await identity.store.roleAssignments.list({ userId: request.params.id });
    const ids = new Set(held.map(({ target }) => (target.kind === 'project' ? target.id : '')));
    const projects = (await identity.store.projects.list()).filter(({ id }) => ids.has(id));
    const bodies = projects.map((project) => projectBody(project, identityUrl(request)));
    return listBody('projects', bodies, `${identityUrl(request)}/users/${request.params.id}/projects`);
  });
  // Ferry has no groups of users; clients ask for them all the same.
  app.get('/users/:id/groups', one(ofNobody('list_groups_for_user')), (request) =>
    listBody('groups', [], `${identityUrl(request)}/users/${request.params.id}/groups`),
  );
  app.get('/groups', hidden(ofNobody('list_groups')), (request) =>
    listBody('groups', [], `${identityUrl(request)}/groups`),
  );
  return Promise.resolve();
}
