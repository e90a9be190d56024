import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { inLogContext } from '../../observe/log-context.ts';
import type { App } from '../routing/route-options.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** `req-…`, by which the caller, the log and the instance's actions name one request. */
    requestId: string;
  }
}

/** As OpenStack's services hand on the id of what takes several requests (oslo.middleware). */
const globalId = /^req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Names each request, and has all lines of the log that come of it tell that. Before any other hook. */
export function nameRequests(app: App): void {
  app.decorateRequest('requestId', '');
  app.addHook('onRequest', (request, _reply, done) => {
    request.requestId = `req-${randomUUID()}`;
    inLogContext(contextOf(request), done);
  });
  // What comes with the last bytes of a body comes from the connection, which belongs to no request.
  app.addHook('preValidation', (request, _reply, done) => inLogContext(contextOf(request), done));
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions, is404 } = request;
    const told = {
      ...contextOf(request),
      method,
      route: is404 ? '(none)' : routeOptions.url,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
    };
    const isChange = method !== 'GET' && method !== 'HEAD' && !is404;
    request.log[isChange ? 'info' : 'debug'](told, 'answered');
    done();
  });
}

function contextOf({ requestId, headers }: FastifyRequest): { requestId: string; globalRequestId?: string } {
  const given = headers['x-openstack-request-id'];
  return typeof given === 'string' && globalId.test(given)
    ? { requestId, globalRequestId: given }
    : { requestId };
}

/** Tells each caller the id of its request. `also`: further headers that tell it. */
export function giveRequestIds(app: App, also: readonly string[] = []): void {
  app.addHook('onRequest', (request, reply, done) => {
    for (const name of ['x-openstack-request-id', ...also]) void reply.header(name, request.requestId);
    done();
  });
}
