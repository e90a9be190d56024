import { hasRole, type TokenFacts } from '@ferry/model';
import type { FastifyRequest } from 'fastify';
import { authToken } from '../openstack/authenticate.ts';
import type { App } from '../route-options.ts';
import { IdentityFault } from './identity-fault.ts';
import type { OwnIdentity } from './identity-controls.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the caller's token stands for; set before any handler of the identity API runs, on routes that need one. */
    facts: TokenFacts;
  }
}

/** Lets only those in whose `X-Auth-Token` is good. Routes with `role: null` are for everyone. */
export function requireFacts(app: App, identity: OwnIdentity): void {
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.role === null || request.is404) return;
    const token = authToken(request);
    const facts = token === null ? null : await identity.facts(token);
    if (facts === null) throw new IdentityFault(401, 'no token');
    request.facts = facts;
  });
}

/**
 * Throws unless the caller is an administrator, in whichever project, as in Keystone's own policy. `action` as Keystone
 * names it.
 */
export function requireAdmin(request: FastifyRequest, action: string): void {
  if (!isAdmin(request)) throw forbidden(action);
}

/** Throws unless the caller is that user, or an administrator. */
export function requireSelfOrAdmin(request: FastifyRequest, userId: string, action: string): void {
  if (request.facts.user.id !== userId && !isAdmin(request)) throw forbidden(action);
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
