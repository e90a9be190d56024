import { ProblemSchema, type SessionBody, SessionSchema, SignInSchema } from '@ferry/api';
import type { Caller } from '@ferry/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Refusal, TooManyAttempts } from '../../operations/engine/refusal.ts';
import { readToken } from '../../operations/identity/read-token.ts';
import { signIn, signOut } from '../../operations/identity/sign-in.ts';
import { everybody } from '../access/access.ts';
import { clientAddress } from '../openstack/public-url.ts';
import { tokenOf } from '../openstack/authenticate.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { endedCookie, sessionCookie, tokenInCookie, whyNotOwnPage } from './session-cookie.ts';

/** The dashboard's session: a token of the identity service in a cookie that scripts cannot read. */
export function sessionRoutes(app: App, { api }: RouteOptions): Promise<void> {
  app.post(
    '/session',
    {
      config: { access: everybody, audit: false },
      schema: {
        summary: 'Sign in to the dashboard: sets a cookie that stands for a token',
        body: SignInSchema,
        response: {
          201: SessionSchema,
          401: ProblemSchema,
          403: ProblemSchema,
          429: ProblemSchema,
          503: ProblemSchema,
        },
      },
    },
    async (request, reply) => {
      requireOwnPage(request);
      const { token, expiresAt } = await signedIn(api, request, reply);
      const shown = await sessionOf(api, token);
      if (shown.user === null || shown.user.role === null) {
        await signOut(api.identity, token);
        throw new Refusal('forbidden', noRole(shown.user));
      }
      const seconds = Math.max(1, Math.floor((Date.parse(expiresAt) - Date.parse(api.store.now())) / 1000));
      return reply
        .code(201)
        .header('Set-Cookie', sessionCookie(request, token, seconds))
        .send(shown);
    },
  );
  app.get(
    '/session',
    {
      config: { access: everybody },
      schema: {
        summary: 'Who is signed in, by the cookie or the token of the request',
        response: { 200: SessionSchema },
      },
    },
    (request) => sessionOf(api, tokenOf(request)),
  );
  app.delete(
    '/session',
    {
      config: { access: everybody },
      schema: {
        summary: 'Sign out of the dashboard: ends the token of the cookie, and takes the cookie away',
        response: { 204: Type.Null(), 403: ProblemSchema, 503: ProblemSchema },
      },
    },
    async (request, reply) => {
      const token = tokenInCookie(request);
      if (token !== null) requireOwnPage(request);
      // The browser forgets it also where a Keystone does not answer.
      void reply.header('Set-Cookie', endedCookie(request));
      if (token !== null) await signOut(api.identity, token);
      return reply.code(204).send(null);
    },
  );
  return Promise.resolve();
}

/** Nobody is signed in, or out, by a page of somebody else. */
function requireOwnPage(request: FastifyRequest): void {
  const why = whyNotOwnPage(request);
  if (why !== null) throw new Refusal('session-origin-refused', why);
}

async function signedIn(
  { identity }: Api,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<{ readonly token: string; readonly expiresAt: string }> {
  try {
    return await signIn(identity, request.body as Parameters<typeof signIn>[1], clientAddress(request));
  } catch (error) {
    if (error instanceof TooManyAttempts)
      void reply.header('Retry-After', String(Math.ceil(error.retryAfterMs / 1000)));
    throw error;
  }
}

async function sessionOf(api: Api, token: string | null): Promise<SessionBody> {
  const { identity, about } = api;
  const caller = token === null ? null : await api.callerOf(token);
  const user = token === null || caller === null ? null : await userOf(api, token, caller);
  return { user, identity: identity.kind, ...about };
}

async function userOf(api: Api, token: string, caller: Caller): Promise<SessionBody['user']> {
  const actor = await api.actorOf(token);
  const facts = api.identity.kind === 'own' ? await readToken(api.identity, token) : null;
  const projects = facts === null ? [] : await projectsOf(api, facts.user.id);
  return {
    id: actor?.userId ?? caller.userId,
    name: actor?.userName ?? caller.userName,
    role: await api.roleOf(token),
    roles: [...caller.roles],
    project: caller.projectName,
    projects,
    expiresAt: facts?.expiresAt ?? null,
  };
}

async function projectsOf({ store }: Api, userId: string): Promise<string[]> {
  const [held, projects] = await Promise.all([store.roleAssignments.list({ userId }), store.projects.list()]);
  const ids = new Set(held.map(({ target }) => (target.kind === 'project' ? target.id : '')));
  return projects.filter(({ id, enabled }) => enabled && ids.has(id)).map(({ name }) => name);
}

function noRole(user: SessionBody['user']): string {
  const held = user === null || user.roles.length === 0 ? 'no role' : `the roles ${user.roles.join(', ')}`;
  return `The dashboard shows what belongs to all projects. You have ${held} in ${user?.project ?? 'no project'}; what counts here is admin anywhere, or a role in the system or in the project "admin".`;
}
