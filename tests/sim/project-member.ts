import { type Answer, ask, type Asking } from './openstack-caller.ts';
import type { Stage } from './world.ts';

const domain = { id: 'default' };

/** A member of a project of their own; the stage listens on loopback. */
export interface Member {
  readonly projectId: string;
  readonly userId: string;
  ask(method: string, path: string, asking?: Asking): Promise<Answer>;
}

/** Makes a project and a user with a role in it, and signs in. */
export async function newMember(stage: Stage, name: string, role = 'member'): Promise<Member> {
  const identity = (method: string, path: string, body?: object) =>
    ask(stage, method, `/identity/v3${path}`, body === undefined ? {} : { body });
  const password = `${name}'s own word`;
  const projectId: string = (await identity('POST', '/projects', { project: { name } })).body.project.id;
  const userId: string = (await identity('POST', '/users', { user: { name, password } })).body.user.id;
  const roleId: string = (await identity('GET', `/roles?name=${role}`)).body.roles[0].id;
  await identity('PUT', `/projects/${projectId}/users/${userId}/roles/${roleId}`);
  const methods = { methods: ['password'], password: { user: { name, password, domain } } };
  const signedIn = await identity('POST', '/auth/tokens', {
    auth: { identity: methods, scope: { project: { id: projectId } } },
  });
  const token = signedIn.headers.get('x-subject-token') ?? '';
  return {
    projectId,
    userId,
    ask: (method, path, asking = {}) =>
      ask(stage, method, path, { ...asking, headers: { 'x-auth-token': token, ...asking.headers } }),
  };
}
