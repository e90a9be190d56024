import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import type { Server as SecureServer } from 'node:https';
import { createServer, type Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Api } from './http/routing/api.ts';
import type { DoorLimits } from './http/doors/connection-bounds.ts';
import { metricsDoor } from './http/metrics/metrics-routes.ts';
import type { Endpoint } from './http/openstack/public-url.ts';
import { buildServer } from './http/server.ts';
import { StartError } from './start-error.ts';
import { followRenewals, readTlsCertificate, type TlsCertificate, type TlsFiles } from './tls-certificate.ts';

/** Where clients come in. */
export interface Doors {
  readonly socketPath: string;
  /** For the address; null: plain HTTP. */
  readonly tls: TlsFiles | null;
  /** Null: by the socket alone. */
  readonly address: { readonly host: string; readonly port: number } | null;
  /** For metrics alone, without a token; null: there is none. */
  readonly metricsAddress: { readonly host: string; readonly port: number } | null;
}

/** The APIs as they are served. */
export interface Listening {
  /** Of the address; its port may have been chosen by the system. */
  readonly url: string | null;
  readonly metricsUrl: string | null;
  /** How many there are, those of consoles included. */
  connections(): Promise<number>;
  /** Ends all connections, and takes no new ones. */
  close(): Promise<void>;
}

/** Serves the APIs on a unix socket that is its owner's alone, and on an address; throws a `StartError` where that cannot be had. */
export async function listen(
  api: Api,
  log: Logger,
  { socketPath, address, tls, metricsAddress }: Doors,
  place: Endpoint,
  limits: DoorLimits,
): Promise<Listening> {
  const certificate = address === null || tls === null ? null : readTlsCertificate(tls);
  const server = await buildServer(api, log.child({ part: 'http' }), place, limits, certificate);
  if (tls !== null && certificate !== null) {
    let endsAt = certificate.validTo;
    api.readiness.add('certificate', () =>
      Promise.resolve(endsAt > new Date() ? null : `that of the APIs ended on ${endsAt.toISOString()}`),
    );
    const inUse = ({ validTo }: TlsCertificate): void => {
      endsAt = validTo;
      api.metrics.set(
        'ferry_certificate_expiry_timestamp_seconds',
        { certificate: 'api' },
        Number(validTo) / 1000,
      );
    };
    inUse(certificate);
    const renewals = followRenewals(server.server as unknown as SecureServer, tls, log, inUse);
    server.addHook('onClose', () => renewals.stop());
  }
  const metrics = metricsAddress === null ? null : metricsDoor(api.metrics, log);
  server.addHook('onClose', () => {
    metrics?.closeAllConnections();
    metrics?.close();
  });
  const door = socketDoor(server, certificate === null ? 'connection' : 'secureConnection');
  try {
    rmSync(socketPath, { force: true });
    if (address !== null) {
      await orStartError(`${address.host}:${address.port}`, server.listen(address));
      door.listen(socketPath);
      await orStartError(socketPath, once(door, 'listening'));
    } else await orStartError(socketPath, server.listen({ path: socketPath }));
    chmodSync(socketPath, 0o600);
    if (metrics !== null && metricsAddress !== null) {
      metrics.listen(metricsAddress);
      const { host, port } = metricsAddress;
      await orStartError(`${host}:${port} for metrics`, once(metrics, 'listening'));
    }
    const counted = [server.server, door];
    const connections = async (): Promise<number> =>
      (await Promise.all(counted.map((one) => connectionsOf(one)))).reduce((sum, count) => sum + count, 0);
    return {
      url: urlOf(server.server),
      metricsUrl: metrics === null ? null : urlOf(metrics),
      connections,
      close: () => server.close(),
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** Hands connections to a server that listens on an address, and closes with it: a second server would hold all pages twice. */
function socketDoor(server: FastifyInstance, arrived: 'connection' | 'secureConnection'): Server {
  // As a server of HTTP sets its own.
  const door = createServer({ allowHalfOpen: true }, (socket) => {
    // The socket is its owner's alone, and has no need of TLS.
    server.server.emit(arrived, socket);
  });
  let closed: Promise<unknown> = Promise.resolve();
  server.addHook('preClose', (done) => {
    // Ends when its connections do, which the server's own end takes with it.
    if (door.listening) closed = once(door.close(), 'close');
    done();
  });
  server.addHook('onClose', () => closed);
  return door;
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.getConnections((error, count) => resolve(error === null ? count : 0));
  });
}

async function orStartError(what: string, listening: Promise<unknown>): Promise<void> {
  try {
    await listening;
  } catch (cause) {
    throw new StartError(
      'cannot-listen',
      `Cannot listen on ${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    );
  }
}

function urlOf(server: Server): string | null {
  const address = server.address();
  if (address === null || typeof address === 'string') return null;
  const scheme = 'setSecureContext' in server ? 'https' : 'http';
  return `${scheme}://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

/** The address for clients on this machine, where the controller listens on all of its addresses. */
export function reachable(url: string | null): string | null {
  return url?.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:') ?? null;
}
