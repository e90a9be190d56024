import {
  allRoles,
  namedRole,
  type RoleAssignment,
  type RoleTarget,
  theDomain,
  withIncludedRoles,
} from '@ferry/model';
import { Type } from 'typebox';
import { publicUrl } from '../openstack/public-url.ts';
import { ofAll } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import type { App } from '../routing/api.ts';
import { assignmentBody, listBody, type Names, roleBody } from './bodies.ts';
import type { IdentityOptions } from './identity-caller.ts';
import { IdentityFault, identityUrl } from './identity-fault.ts';
import { grantRole, holdsRole, revokeRole } from '../../operations/identity/projects.ts';

/** The four roles, who has which, and giving and taking them. */
export function roleRoutes(app: App, options: IdentityOptions): Promise<void> {
  app.get('/roles', hidden(ofAll('admin', 'list_roles')), (request) => {
    const { name } = request.query as { name?: string };
    const roles = allRoles.filter((role) => name === undefined || role.name === name);
    return listBody(
      'roles',
      roles.map((role) => roleBody(role, identityUrl(request))),
      `${identityUrl(request)}/roles`,
    );
  });
  app.get(
    '/roles/:id',
    {
      config: { access: ofAll('admin', 'get_role') },
      schema: { hide: true, params: Type.Object({ id: Type.String() }) },
    },
    (request) => {
      const role = allRoles.find(({ id }) => id === request.params.id);
      if (role === undefined) throw new IdentityFault(404, `Could not find role: ${request.params.id}.`);
      return { role: roleBody(role, identityUrl(request)) };
    },
  );
  app.post('/roles', hidden(ofAll('nobody', 'create_role')), () => {
    throw new IdentityFault(
      403,
      `Roles are not made: there are ${allRoles.map(({ name }) => name).join(', ')}.`,
    );
  });
  assignmentRoutes(app, options);
  grantRoutes(app, options, '/projects/:target', (id) => ({ kind: 'project', id }));
  grantRoutes(app, options, '/domains/:target', (id) => {
    if (id !== theDomain.id) throw new IdentityFault(404, `Could not find domain: ${id}.`);
    return { kind: 'domain' };
  });
  grantRoutes(app, options, '/system', () => ({ kind: 'system' }));
  return Promise.resolve();
}

function assignmentRoutes(app: App, { identity }: IdentityOptions): void {
  app.get('/role_assignments', hidden(ofAll('admin', 'list_role_assignments')), async (request) => {
    const query = request.query as Record<string, string | undefined>;
    const base = identityUrl(request);
    const userId = query['user.id'];
    const target = targetOf(query);
    const found = await identity.store.roleAssignments.list({
      ...(userId === undefined ? {} : { userId }),
      ...(target === null ? {} : { target }),
    });
    const all = isSet(query, 'effective') ? found.flatMap(effective) : found;
    const role = query['role.id'];
    const wanted = all.filter((one) => role === undefined || namedRole(one.role).id === role);
    const names = isSet(query, 'include_names') ? await namesOf() : null;
    const bodies = wanted.map((one) => assignmentBody(one, base, names));
    return listBody('role_assignments', bodies, `${base}/role_assignments`);
  });

  async function namesOf(): Promise<Names> {
    const [users, projects] = await Promise.all([
      identity.store.users.list(),
      identity.store.projects.list(),
    ]);
    return { users: namesById(users), projects: namesById(projects) };
  }
}

function namesById(items: readonly { readonly id: string; readonly name: string }[]): Map<string, string> {
  return new Map(items.map(({ id, name }) => [id, name]));
}

/** Giving, looking for and taking roles of users in one kind of target. */
function grantRoutes(
  app: App,
  { identity }: IdentityOptions,
  path: string,
  targetAt: (id: string) => RoleTarget,
): void {
  const params = Type.Object({
    target: Type.Optional(Type.String()),
    user: Type.String(),
    role: Type.String(),
  });
  const listed = Type.Object({ target: Type.Optional(Type.String()), user: Type.String() });
  const grant = `${path}/users/:user/roles/:role`;
  const read = (given: { target?: string; user: string; role: string }): Parameters<typeof grantRole>[1] => ({
    userId: given.user,
    target: targetAt(given.target ?? ''),
    roleId: given.role,
  });
  app.put(
    grant,
    { config: { access: ofAll('admin', 'create_grant') }, schema: { hide: true, params } },
    async (request, reply) => {
      await grantRole(identity, read(request.params));
      return reply.code(204).send();
    },
  );
  app.get(
    grant,
    { config: { access: ofAll('admin', 'check_grant') }, schema: { hide: true, params } },
    async (request, reply) => {
      if (!(await holdsRole(identity, read(request.params))))
        throw new IdentityFault(404, 'The user does not have that role there.');
      return reply.code(204).send();
    },
  );
  app.delete(
    grant,
    { config: { access: ofAll('admin', 'revoke_grant') }, schema: { hide: true, params } },
    async (request, reply) => {
      await revokeRole(identity, read(request.params));
      return reply.code(204).send();
    },
  );
  app.get(
    `${path}/users/:user/roles`,
    { config: { access: ofAll('admin', 'list_grants') }, schema: { hide: true, params: listed } },
    async (request) => {
      const { target, user } = request.params;
      const base = identityUrl(request);
      const held = await identity.store.roleAssignments.list({
        userId: user,
        target: targetAt(target ?? ''),
      });
      const roles = held.map(({ role }) => roleBody(namedRole(role), base));
      return listBody('roles', roles, `${publicUrl(request)}${request.url}`);
    },
  );
}

function targetOf(query: Readonly<Record<string, string | undefined>>): RoleTarget | null {
  const project = query['scope.project.id'];
  if (project !== undefined) return { kind: 'project', id: project };
  if (query['scope.domain.id'] !== undefined) return { kind: 'domain' };
  return query['scope.system'] === undefined ? null : { kind: 'system' };
}

/** A role with those that it includes. */
function effective(assignment: RoleAssignment): RoleAssignment[] {
  return withIncludedRoles([assignment.role]).map((role) => ({ ...assignment, role }));
}

/** Keystone's flags of a query: there is on, unless it says no. */
function isSet(query: Readonly<Record<string, string | undefined>>, name: string): boolean {
  const value = query[name];
  return value !== undefined && !/^(?:false|0|no|off)$/i.test(value);
}
