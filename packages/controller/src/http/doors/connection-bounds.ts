import type { FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { problemBody } from '../routing/problem-reply.ts';
import type { App } from '../routing/api.ts';

/** How long a controller waits for clients, and how many of them it has at once. Durations in milliseconds. */
export interface DoorLimits {
  /** For a connection's first byte, and from there for the whole head of a request. */
  readonly headMs: number;
  /** For the whole body of a request, from the end of its head. */
  readonly bodyMs: number;
  /** For the next bytes of an upload (`application/octet-stream`), which may take as long as it goes on. */
  readonly uploadIdleMs: number;
  /** Connections of the address and the socket together. */
  readonly maxConnections: number;
  /** Of them those by which no request has come whole. */
  readonly maxWaiting: number;
}

export const defaultDoorLimits: DoorLimits = {
  headMs: 20_000,
  bodyMs: 60_000,
  uploadIdleMs: 60_000,
  maxConnections: 4_000,
  maxWaiting: 1_000,
};

/**
 * Keeps connections within bounds, of whichever door: over a bound the one goes that has waited longest without a whole
 * request, so that whoever opens many of them and sends nothing shuts nobody out. Where all are at work, the new one is
 * refused. To be called before any route is added.
 */
export function boundConnections(app: App, limits: DoorLimits): void {
  const connections = new Connections(limits);
  const counted = new WeakSet<FastifyRequest>();
  // Over TLS requests come by the socket within; the one that carries it closes with it.
  const arrived = 'setSecureContext' in app.server ? 'secureConnection' : 'connection';
  app.server.on(arrived, (socket: Socket) => connections.add(socket));
  app.server.on('upgrade', ({ socket }) => connections.begin(socket));
  // Bodies have come by then, or, of an upload, its sender is known.
  app.addHook('preValidation', (request, _reply, done) => {
    counted.add(request);
    connections.begin(request.raw.socket);
    done();
  });
  app.addHook('onResponse', (request, _reply, done) => {
    if (counted.has(request)) connections.end(request.raw.socket);
    done();
  });
}

class Connections {
  readonly #limits: DoorLimits;
  /** Requests that are under way, of each connection. */
  readonly #requests = new Map<Socket, number>();
  /** Those with none, the longest waiting first. */
  readonly #waiting = new Set<Socket>();

  constructor(limits: DoorLimits) {
    this.#limits = limits;
  }

  add(socket: Socket): void {
    this.#requests.set(socket, 0);
    this.#waiting.add(socket);
    socket.once('close', () => this.#forget(socket));
    const { maxConnections, maxWaiting } = this.#limits;
    if (this.#waiting.size <= maxWaiting && this.#requests.size <= maxConnections) return;
    const [longest] = this.#waiting;
    if (longest !== undefined) this.#refuse(longest);
  }

  begin(socket: Socket): void {
    const before = this.#requests.get(socket);
    // Requests that tests put in come by no connection.
    if (before === undefined) return;
    this.#requests.set(socket, before + 1);
    this.#waiting.delete(socket);
  }

  end(socket: Socket): void {
    const before = this.#requests.get(socket);
    if (before === undefined) return;
    this.#requests.set(socket, before - 1);
    if (before === 1) this.#waiting.add(socket);
  }

  #refuse(socket: Socket): void {
    this.#forget(socket);
    const body = JSON.stringify(problemBody('too-many-connections'));
    socket.write(
      `HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    socket.destroySoon();
  }

  #forget(socket: Socket): void {
    this.#requests.delete(socket);
    this.#waiting.delete(socket);
  }
}
