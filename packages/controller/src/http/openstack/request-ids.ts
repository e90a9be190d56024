import { randomUUID } from 'node:crypto';
import type { App } from '../routing/route-options.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** `req-…`, by which the caller, the log and the instance's actions name one request. */
    requestId: string;
  }
}

/** Gives each request an id and tells it in the reply. `also`: further headers that tell it. */
export function giveRequestIds(app: App, also: readonly string[] = []): void {
  app.addHook('onRequest', (request, reply, done) => {
    request.requestId = `req-${randomUUID()}`;
    for (const name of ['x-openstack-request-id', ...also]) void reply.header(name, request.requestId);
    done();
  });
}
