import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from './world.ts';

/** What a page of the OpenStack APIs answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Read, where it is JSON. */
  // eslint-disable-next-line typescript/no-explicit-any
  readonly body: any;
  readonly text: string;
}

/** What a request has beside its address. */
export interface Asking {
  /** N of the microversion 2.N; none is asked for when absent. */
  readonly minor?: number;
  /** Sent as JSON; bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly role?: 'admin' | 'operator' | 'reader';
}

/** Asks a page of the OpenStack APIs with one of Ferry's own tokens. The stage must listen on loopback. */
export async function ask(
  stage: Stage,
  method: string,
  path: string,
  { minor, body, headers = {}, role = 'admin' }: Asking = {},
): Promise<Answer> {
  const token = readFileSync(join(stage.dataDirectory, `${role}.token`), 'utf8').trim();
  const isBytes = body instanceof Uint8Array;
  const type = isBytes ? 'application/octet-stream' : 'application/json';
  const response = await fetch(`${stage.url}${path}`, {
    method,
    headers: {
      'x-auth-token': token,
      ...(minor === undefined ? {} : { 'openstack-api-version': `compute 2.${minor}` }),
      ...(body === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : null,
    text,
  };
}

/** A stage that listens on loopback. */
export const onLoopback = { listen: { host: '127.0.0.1', port: 0 } } as const;
