import type { Caller } from '@ferry/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { needsToken } from '../access/require-access.ts';
import type { Api, App } from '../routing/api.ts';
import { publicUrl } from './public-url.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls one of the OpenStack APIs; set before any handler of theirs runs, on routes that need a token. */
    caller: Caller;
  }
}

/** Lets only those in whose `X-Auth-Token` says who they are. Routes for everybody are open. */
export function authenticate(app: App, api: Api): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!needsToken(request)) return;
    const token = authToken(request);
    const caller = token === null ? null : await api.callerOf(token);
    if (caller === null) return sendUnauthorized(request, reply);
    request.caller = caller;
    return undefined;
  });
}

/** The token of the caller; null without one. */
export function authToken(request: FastifyRequest): string | null {
  const token = request.headers['x-auth-token'];
  return typeof token === 'string' && token !== '' ? token : null;
}

/** The token that a request shows, as OpenStack's clients show it or as a bearer; null without one. */
export function tokenOf(request: FastifyRequest): string | null {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? authToken(request);
}

/** The refusal as Keystone's middleware words it, before any service of OpenStack. */
function sendUnauthorized(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(401)
    .header('WWW-Authenticate', `Keystone uri="${publicUrl(request)}/identity"`)
    .send({
      error: {
        code: 401,
        title: 'Unauthorized',
        message: 'The request you have made requires authentication.',
      },
    });
}
