import type { FastifyRequest } from 'fastify';

/** Where a request came from, for counting failures and for what is written down; `local`: the controller's own socket. */
export function clientAddress(request: FastifyRequest): string {
  return request.server.place.proxies.clientAddress(request.raw);
}
