import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { EventBody } from '../ferry/event.ts';
import { ApiError } from './api-error.ts';
import { http, secureRequest } from './node-http.ts';

/**
 * A name or id as a part of a path. Nothing, and the dots that mean a folder, would be another page: `GET /hosts/` is the
 * list of them, `DELETE /volumes/x/..` is about all. Throws ApiError `bad-request` for those: there is nothing of that name.
 */
export function pathSegment(nameOrId: string): string {
  if (nameOrId === '') throw refused('A name or an id is wanted, and nothing was given.');
  if (nameOrId === '.' || nameOrId === '..') throw refused(`"${nameOrId}" is no name of anything.`);
  if (!nameOrId.isWellFormed()) throw refused('A name has half of a character (a lone surrogate).');
  return encodeURIComponent(nameOrId);
}

function refused(message: string): ApiError {
  return new ApiError('bad-request', 0, message, 'See the list of them for names and ids.');
}

/** The `data` of each event of a text/event-stream; comments (keep-alives) are passed over. */
export async function* readServerSentEvents(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const part of source) {
    rest += decoder.decode(part, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice('data:'.length).trimStart());
      if (data.length > 0) yield data.join('\n');
    }
  }
}

/** A check asks several hosts, one of which may be slow: an answer is worth waiting for, as what was asked goes on anyway. */
const defaultTimeoutMs = 120_000;

/** Which of the controller's APIs is asked: they differ in where they are and how the token is sent. */
type Api = 'ferry' | 'identity';

/** Requests to one controller over TCP or over its unix socket (which Node's fetch cannot use). */
export class HttpTransport {
  readonly #url: string;
  readonly #token: string;
  readonly #timeoutMs: number;
  readonly #api: Api;
  readonly #authority: string | undefined;

  constructor(
    options: { url: string; token: string; timeoutMs?: number; authority?: string | undefined },
    api: Api = 'ferry',
  ) {
    this.#authority = options.authority;
    this.#api = api;
    this.#url = options.url;
    this.#token = options.token;
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  }

  async json<T>(method: string, path: string, body?: unknown, timeoutMs = this.#timeoutMs): Promise<T> {
    const response = await this.#send(method, path, body, AbortSignal.timeout(timeoutMs));
    const text = await readAll(response).catch((cause: unknown) => {
      throw this.#unreachable(cause);
    });
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) throw ApiError.fromBody(status, text, problemOf(response));
    if (status === 204) return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch {
      throw ApiError.fromBody(status, text);
    }
  }

  /** An answer that is no JSON. */
  async text(path: string): Promise<string> {
    const response = await this.#send('GET', path, undefined, AbortSignal.timeout(this.#timeoutMs));
    const text = await readAll(response).catch((cause: unknown) => {
      throw this.#unreachable(cause);
    });
    const status = response.statusCode ?? 0;
    if (status !== 200) throw ApiError.fromBody(status, text, problemOf(response));
    return text;
  }

  async *events(path: string, after: number | null, signal: AbortSignal): AsyncGenerator<EventBody> {
    const response = await this.#send('GET', path, undefined, signal, {
      accept: 'text/event-stream',
      ...(after === null ? {} : { 'last-event-id': String(after) }),
    });
    const status = response.statusCode ?? 0;
    if (status !== 200) throw ApiError.fromBody(status, await readAll(response));
    for await (const data of readServerSentEvents(response)) yield JSON.parse(data) as EventBody;
  }

  #send(
    method: string,
    path: string,
    body: unknown,
    signal: AbortSignal,
    headers: Record<string, string> = {},
  ): Promise<IncomingMessage> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const options: RequestOptions = {
      method,
      signal,
      // A connection of its own for each request: one kept from before a restart of the controller would break it.
      agent: false,
      headers: {
        ...(this.#api === 'ferry'
          ? { authorization: `Bearer ${this.#token}` }
          : { 'x-auth-token': this.#token }),
        accept: 'application/json',
        ...headers,
        ...(payload === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) }),
      },
    };
    return new Promise((resolve, reject) => {
      const outgoing = this.#open(`${this.#api === 'ferry' ? '/ferry/v1' : '/identity/v3'}${path}`, options);
      outgoing.on('response', resolve);
      outgoing.on('error', (cause) => reject(this.#unreachable(cause)));
      outgoing.end(payload);
    });
  }

  #open(path: string, options: RequestOptions): ClientRequest {
    if (this.#url.startsWith('unix:')) {
      return http.request({ ...options, socketPath: this.#url.slice('unix:'.length), path });
    }
    const url = new URL(path, this.#url);
    if (url.protocol !== 'https:') return http.request(url, options);
    return secureRequest(url, options, this.#authority);
  }

  #unreachable(cause: unknown): ApiError {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new ApiError(
      'controller-unreachable',
      0,
      `No answer from the controller at ${this.#url}: ${why}`,
      isNotBelieved(cause)
        ? 'If it has a certificate authority of its own, name that with --cacert or FERRY_CACERT.'
        : 'Start it with `ferry serve`, or name it with --url or FERRY_URL.',
      [],
      cause,
    );
  }
}

/** The other side speaks TLS, with a certificate that nobody known has signed. */
function isNotBelieved(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /CERT|UNABLE_TO_(?:VERIFY|GET_ISSUER)/.test(code);
}

/** The name of a refusal that the identity API tells beside a body like Keystone's. */
function problemOf(response: IncomingMessage): string | null {
  const name = response.headers['x-ferry-problem'];
  return typeof name === 'string' ? name : null;
}

async function readAll(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
