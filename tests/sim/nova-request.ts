import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControllerOptions } from '@ferry/controller';
import { Stage } from './world.ts';

/** A reply of the compute API. */
export interface NovaReply<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** Requests to the compute API with one of Ferry's own tokens, in one microversion. The stage listens on loopback. */
export class NovaRequests {
  readonly #stage: Stage;
  readonly #role: 'admin' | 'operator' | 'reader';
  readonly #minor: number;

  constructor(stage: Stage, minor = 96, role: 'admin' | 'operator' | 'reader' = 'admin') {
    this.#stage = stage;
    this.#minor = minor;
    this.#role = role;
  }

  /** The same in another microversion, or with another token. */
  as(minor: number, role = this.#role): NovaRequests {
    return new NovaRequests(this.#stage, minor, role);
  }

  get<Body = unknown>(path: string): Promise<NovaReply<Body>> {
    return this.send('GET', path);
  }

  post<Body = unknown>(path: string, body: unknown): Promise<NovaReply<Body>> {
    return this.send('POST', path, body);
  }

  put<Body = unknown>(path: string, body?: unknown): Promise<NovaReply<Body>> {
    return this.send('PUT', path, body);
  }

  delete(path: string): Promise<NovaReply> {
    return this.send('DELETE', path);
  }

  /** POST /servers/{id}/action. */
  action<Body = unknown>(id: string, body: unknown): Promise<NovaReply<Body>> {
    return this.post(`/servers/${id}/action`, body);
  }

  async send<Body>(method: string, path: string, body?: unknown): Promise<NovaReply<Body>> {
    const token = readFileSync(join(this.#stage.dataDirectory, `${this.#role}.token`), 'utf8').trim();
    const response = await fetch(`${this.#stage.url}/v2.1${path}`, {
      method,
      headers: {
        'x-auth-token': token,
        'openstack-api-version': `compute 2.${this.#minor}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? null : JSON.parse(text)) as Body,
    };
  }
}

/** A controller that listens on loopback, and requests to it. */
export async function listening(
  more: Partial<ControllerOptions> = {},
): Promise<{ stage: Stage; nova: NovaRequests }> {
  const stage = await Stage.open({}, { listen: { host: '127.0.0.1', port: 0 }, ...more });
  return { stage, nova: new NovaRequests(stage) };
}
