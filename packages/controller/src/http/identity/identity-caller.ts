import { hasRole, type TokenFacts } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import type { Who } from '../access/access.ts';
import { needsToken, requireAccess } from '../access/require-access.ts';
import { authToken } from '../openstack/authenticate.ts';
import type { App } from '../routing/api.ts';
import { IdentityFault } from './identity-fault.ts';
import type { OwnIdentity } from '../../operations/identity/known-callers.ts';
import { readToken } from '../../operations/identity/read-token.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the caller's token stands for; set before any handler of the identity API runs, on routes that need one. */
    facts: TokenFacts;
  }
}

/** Lets only those in whose `X-Auth-Token` is good. Routes for everybody are open. */
export function requireFacts(app: App, identity: OwnIdentity): void {
  app.addHook('onRequest', async (request) => {
    if (!needsToken(request)) return;
    const token = authToken(request);
    const facts = token === null ? null : await readToken(identity, token);
    if (facts === null) throw new IdentityFault(401, 'no token');
    request.facts = facts;
  });
  requireAccess(app, whoOf, ({ rule }) => forbidden(rule));
}

/** An administrator is one in whichever project, as in Keystone's own policy. */
function whoOf({ facts: { user, target, roles } }: FastifyRequest): Who {
  return { roles, userId: user.id, projectId: target?.kind === 'project' ? target.id : null };
}

export function isAdmin(request: FastifyRequest): boolean {
  return hasRole(request.facts, 'admin');
}

/** The refusal, in Keystone's words. */
export function forbidden(action: string): IdentityFault {
  return new IdentityFault(
    403,
    `You are not authorized to perform the requested action: identity:${action}.`,
  );
}

/** What each file of routes of the identity API gets. */
export interface IdentityOptions {
  readonly identity: OwnIdentity;
}
