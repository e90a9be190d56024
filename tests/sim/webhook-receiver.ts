import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { until } from './world.ts';

/** A message as it came. */
export interface Received {
  readonly id: string;
  readonly kind: string;
  readonly signature: string;
  readonly body: string;
  readonly message: {
    readonly id: string;
    readonly sequence: number;
    readonly kind: string;
    readonly message: string;
  };
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Takes it. */
export const accept: Answer = (response) => response.writeHead(204).end();

/** A receiver of webhooks on loopback, that does what a test says. */
export class WebhookReceiver implements AsyncDisposable {
  readonly received: Received[] = [];
  /** Other pages that were asked for. */
  readonly elsewhere: string[] = [];
  answer: Answer = accept;
  readonly #server = createServer((request, response) => void this.#take(request, response));

  static async open(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** Waits until a message came that is wanted. */
  got(what: string, wanted: (one: Received) => boolean): Promise<Received> {
    return until(`a message came: ${what}`, () => this.received.find(wanted) ?? null);
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url !== '/hook') this.elsewhere.push(request.url ?? '');
    const body = await text(request);
    const head = (name: string): string => String(request.headers[name] ?? '');
    this.received.push({
      id: head('ferry-delivery'),
      kind: head('ferry-event'),
      signature: head('ferry-signature'),
      body,
      message: JSON.parse(body === '' ? '{}' : body) as Received['message'],
    });
    this.answer(response, request);
  }
}

/** As docs/observe/webhooks.md has a receiver do it. */
export function isSigned({ signature, body }: Received, secret: string): boolean {
  const [, seconds = '', given = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  const own = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return given === own && Math.abs(Date.now() / 1000 - Number(seconds)) < 300;
}
