import { ChangedUserSchema, NewPasswordSchema, NewUserSchema } from '@ferry/api';
import { Type } from 'typebox';
import { clientAddress } from '../openstack/client-address.ts';
import type { App } from '../route-options.ts';
import { listBody, projectBody, userBody } from './bodies.ts';
import { filtered } from './filtered.ts';
import type { IdentityOptions } from './identity-controls.ts';
import { requireAdmin, requireSelfOrAdmin } from './identity-caller.ts';
import { IdentityFault } from './identity-fault.ts';
import { identityUrl } from './identity-url.ts';

const params = Type.Object({ id: Type.String() });
const one = { schema: { hide: true, params } } as const;

/** Users: list, make, show, change, delete; one's own password; one's own projects. */
export function userRoutes(app: App, { identity }: IdentityOptions): Promise<void> {
  app.get('/users', { schema: { hide: true } }, async (request) => {
    requireAdmin(request, 'list_users');
    const users = filtered(await identity.users(), request.query);
    return listBody(
      'users',
      users.map((user) => userBody(user, identityUrl(request))),
      `${identityUrl(request)}/users`,
    );
  });
  app.post('/users', { schema: { hide: true, body: NewUserSchema } }, async (request, reply) => {
    requireAdmin(request, 'create_user');
    const user = await identity.createUser(request.body.user);
    return reply.code(201).send({ user: userBody(user, identityUrl(request)) });
  });
  app.get('/users/:id', one, async (request) => {
    requireSelfOrAdmin(request, request.params.id, 'get_user');
    return { user: userBody(await identity.user(request.params.id), identityUrl(request)) };
  });
  app.patch('/users/:id', { schema: { hide: true, params, body: ChangedUserSchema } }, async (request) => {
    requireAdmin(request, 'update_user');
    const user = await identity.changeUser(request.params.id, request.body.user);
    return { user: userBody(user, identityUrl(request)) };
  });
  app.delete('/users/:id', one, async (request, reply) => {
    requireAdmin(request, 'delete_user');
    if (request.params.id === request.facts.user.id)
      throw new IdentityFault(403, 'Nobody deletes themselves: another administrator can.');
    await identity.deleteUser(request.params.id);
    return reply.code(204).send();
  });
  app.post(
    '/users/:id/password',
    { schema: { hide: true, params, body: NewPasswordSchema } },
    async (request, reply) => {
      requireSelfOrAdmin(request, request.params.id, 'change_password');
      const { original_password: original, password } = request.body.user;
      await identity.changeOwnPassword(request.params.id, { original, password }, clientAddress(request));
      return reply.code(204).send();
    },
  );
  app.get('/users/:id/projects', one, async (request) => {
    requireSelfOrAdmin(request, request.params.id, 'list_user_projects');
    const held = await identity.roleAssignments({ userId: request.params.id });
    const ids = new Set(held.map(({ target }) => (target.kind === 'project' ? target.id : '')));
    const projects = (await identity.projects()).filter(({ id }) => ids.has(id));
    const bodies = projects.map((project) => projectBody(project, identityUrl(request)));
    return listBody('projects', bodies, `${identityUrl(request)}/users/${request.params.id}/projects`);
  });
  // Ferry has no groups of users; clients ask for them all the same.
  app.get('/users/:id/groups', one, (request) =>
    listBody('groups', [], `${identityUrl(request)}/users/${request.params.id}/groups`),
  );
  app.get('/groups', { schema: { hide: true } }, (request) =>
    listBody('groups', [], `${identityUrl(request)}/groups`),
  );
  return Promise.resolve();
}
