import { type Caller, firstProject, type Role } from '@ferry/model';
import type { FastifyReply } from 'fastify';
import { needsToken } from '../access/require-access.ts';
import type { Api, App } from '../routing/api.ts';
import { tokenOf } from '../openstack/authenticate.ts';
import { sendProblem } from '../routing/problem-reply.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the authentication hook before any handler runs. */
    role: Role;
  }
}

const strength: Record<Role, number> = { reader: 0, operator: 1, admin: 2 };

/** Lets only known tokens in, and only to routes that their role may call. */
export function requireTokens(app: App, api: Api): void {
  app.addHook('onRequest', async (request, reply) => {
    const { access } = request.routeOptions.config;
    if (!needsToken(request)) return;
    const token = tokenOf(request);
    const role = token === null ? null : await api.roleOf(token);
    if (role === null) return refuse(reply, token === null ? null : await api.callerOf(token));
    request.role = role;
    const needed = access?.kind === 'ferry' ? access.role : 'admin';
    if (strength[role] >= strength[needed]) return undefined;
    return sendProblem(reply, 'forbidden', `This needs the role ${needed}; the token has the role ${role}.`);
  });
}

/** `caller`: whose token it is; null when it is nobody's. */
function refuse(reply: FastifyReply, caller: Caller | null): FastifyReply {
  if (caller === null) return sendProblem(reply, 'unauthorized');
  const held = caller.roles.length === 0 ? 'no role' : `the roles ${caller.roles.join(', ')}`;
  return sendProblem(
    reply,
    'forbidden',
    `Ferry's own API shows what belongs to all projects. The token has ${held} in ${caller.projectName ?? 'no project'}; what counts here is admin anywhere, or a role in the system or in the project "${firstProject.name}".`,
  );
}
