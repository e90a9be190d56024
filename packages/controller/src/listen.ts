import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { controlsOf } from './controls.ts';
import type { Place } from './http/openstack/place.ts';
import { buildServer } from './http/server.ts';
import { StartError } from './start-error.ts';

/** Serves the APIs on a unix socket or an address; throws a `StartError` where that cannot be had. */
export async function listen(
  controls: ReturnType<typeof controlsOf>,
  log: Logger,
  where: { path: string } | { host: string; port: number },
  place: Place,
): Promise<FastifyInstance> {
  const server = await buildServer(controls, log.child({ part: 'http' }), place);
  try {
    await server.listen(where);
    return server;
  } catch (cause) {
    const what = 'path' in where ? where.path : `${where.host}:${where.port}`;
    throw new StartError(
      'cannot-listen',
      `Cannot listen on ${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    );
  }
}

/** The address a server listens on; its port may have been chosen by the system. */
export function urlOf(server: FastifyInstance | undefined): string | null {
  const address = server?.server.address();
  if (address === null || address === undefined || typeof address === 'string') return null;
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

/** The address for clients on this machine, where the controller listens on all of its addresses. */
export function reachable(url: string | null): string | null {
  return url?.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:') ?? null;
}
