import type { FastifyRequest } from 'fastify';

/**
 * Where a request came from, for counting failures. A proxy on the same machine is believed; one elsewhere is not, as
 * anybody can send that header. `local`: the controller's own socket.
 */
export function clientAddress(request: FastifyRequest): string {
  const peer = request.socket.remoteAddress;
  if (peer === undefined) return 'local';
  const forwarded = [request.headers['x-forwarded-for']].flat().join(',').split(',').at(-1)?.trim() ?? '';
  return isLoopback(peer) && forwarded !== '' ? forwarded.slice(0, 64) : peer;
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}
