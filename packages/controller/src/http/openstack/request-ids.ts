import { randomUUID } from 'node:crypto';
import { context } from '@opentelemetry/api';
import type { FastifyRequest } from 'fastify';
import { inLogContext } from '../../observe/log-context.ts';
import { beginRequestSpan, type RequestSpan } from '../../observe/traces.ts';
import type { App } from '../routing/api.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** `req-…`, by which the caller, the log and the instance's actions name one request. */
    requestId: string;
    /** Null before it has one. */
    span: RequestSpan | null;
  }
}

/** As OpenStack's services hand on the id of what takes several requests (oslo.middleware). */
const globalId = /^req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Names each request, and has all lines of the log that come of it tell that. Before any other hook. */
export function nameRequests(app: App): void {
  app.decorateRequest('requestId', '');
  app.decorateRequest('span', null);
  app.addHook('onRequest', (request, _reply, done) => {
    request.requestId = `req-${randomUUID()}`;
    request.span = beginRequestSpan({
      method: request.method,
      route: routeOf(request),
      requestId: request.requestId,
      headers: request.headers,
    });
    within(request, done);
  });
  // What comes with the last bytes of a body comes from the connection, which belongs to no request.
  app.addHook('preValidation', (request, _reply, done) => within(request, done));
  app.addHook('onResponse', (request, reply, done) => {
    const { method, is404, span } = request;
    span?.end(reply.statusCode);
    const told = {
      ...contextOf(request),
      method,
      route: routeOf(request),
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
    };
    const isChange = method !== 'GET' && method !== 'HEAD' && !is404;
    request.log[isChange ? 'info' : 'debug'](told, 'answered');
    done();
  });
}

/** What comes of it tells that it does, in the log and as spans. */
function within(request: FastifyRequest, done: () => void): void {
  inLogContext(contextOf(request), () =>
    request.span === null ? done() : context.with(request.span.context, done),
  );
}

function routeOf({ is404, routeOptions }: FastifyRequest): string {
  return is404 ? '(none)' : (routeOptions.url ?? '(none)');
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
