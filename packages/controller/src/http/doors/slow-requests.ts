import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problems } from '@ferry/api';
import { problemBody } from '../routing/problem-reply.ts';
import type { App } from '../routing/api.ts';
import type { DoorLimits } from './connection-bounds.ts';

const msPerSecond = 1000;

/** A request whose sender is too slow. */
class SlowRequest extends Error {
  override readonly name = 'SlowRequest';
  /** Fastify's field, and that of each API's error handler. */
  readonly statusCode = 408;
}

/** Options of the server for heads that do not come; how they are refused is `refuseUnreadable`. */
export function headLimits({ headMs }: DoorLimits): {
  headersTimeout: number;
  connectionsCheckingInterval: number;
} {
  return { headersTimeout: headMs, connectionsCheckingInterval: Math.ceil(headMs / 4) };
}

/** Answers a connection by which no request came that can be read. No API has seen it: the form is Ferry's own. */
export function refuseUnreadable({ headMs }: DoorLimits): (error: Error, socket: Socket) => void {
  return (error, socket) => {
    const code = 'code' in error ? error.code : undefined;
    if (code !== 'ECONNRESET' && socket.writable) {
      const [status, body] =
        code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? [408, problemBody('too-slow', `No whole head of a request has come within ${seconds(headMs)}.`)]
          : code === 'HPE_HEADER_OVERFLOW'
            ? [431, problemBody('bad-request', 'The head of the request is longer than 16 KiB.')]
            : [400, problemBody('bad-request', 'This is no request of HTTP/1.1.')];
      const text = JSON.stringify(body);
      socket.write(
        `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
      );
    }
    socket.destroy(error);
  };
}

/** Ends requests whose bodies do not come in time; answers may take as long as they like. To be called before any route is added. */
export function refuseSlowBodies(app: App, limits: DoorLimits): void {
  const watches = new WeakMap<FastifyRequest, BodyWatch>();
  app.addHook('onRequest', (request, reply, done) => {
    if (hasBody(request.raw)) watches.set(request, new BodyWatch(request, reply, limits));
    done();
  });
  // Who sends is known by then: what is sent by nobody who may is given no more than the time of a body.
  app.addHook('preParsing', (request, _reply, payload, done) => {
    done(null, watches.get(request)?.watched(payload as Readable) ?? payload);
  });
}

/** RFC 9112, 6: a request has a body when its head says so. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function seconds(ms: number): string {
  return `${ms / msPerSecond} s`;
}

/** The time that the body of one request has. */
class BodyWatch {
  readonly #raw: IncomingMessage;
  readonly #reply: FastifyReply;
  readonly #limits: DoorLimits;
  #timer: NodeJS.Timeout;
  #tooSlow: string;
  #passed: PassThrough | null = null;

  constructor({ raw }: FastifyRequest, reply: FastifyReply, limits: DoorLimits) {
    this.#raw = raw;
    this.#reply = reply;
    this.#limits = limits;
    this.#tooSlow = `The whole body of the request has not come within ${seconds(limits.bodyMs)}.`;
    this.#timer = this.#wait(limits.bodyMs);
    const stop = (): void => clearTimeout(this.#timer);
    raw.once('end', stop).once('close', stop);
  }

  /** The same bytes; they end with an error when they take too long, and the connection is still good for an answer. */
  watched(payload: Readable): Readable {
    const passed = new PassThrough();
    this.#passed = passed;
    payload.on('error', (error) => passed.destroy(error));
    // Whoever was to read it may have gone before.
    passed.on('error', () => undefined);
    // What came whole may still have to be read; what broke off has no end of its own.
    payload.once('close', () => {
      if (!payload.readableEnded) passed.destroy(new Error('The body of the request broke off.'));
    });
    if (/^application\/octet-stream\b/i.test(this.#raw.headers['content-type'] ?? '')) {
      clearTimeout(this.#timer);
      this.#tooSlow = `No more bytes have come within ${seconds(this.#limits.uploadIdleMs)}.`;
      this.#timer = this.#wait(this.#limits.uploadIdleMs);
      payload.on('data', () => this.#timer.refresh());
    }
    return payload.pipe(passed);
  }

  #wait(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#end(), ms).unref();
  }

  #end(): void {
    // All is there, and nobody has taken it yet.
    if (this.#raw.complete) return;
    const passed = this.#passed;
    // Answered, or waiting for something else: nobody will read what is still to come.
    if (passed === null || this.#reply.raw.headersSent) {
      this.#raw.socket.destroy();
      return;
    }
    // The controller's own disk is what is slow.
    if (passed.readableLength > 0) {
      this.#timer.refresh();
      return;
    }
    void this.#reply.header('Connection', 'close');
    passed.destroy(new SlowRequest(`${this.#tooSlow} ${problems['too-slow'].remedy}`));
  }
}
