/** What a request of no client says beside its method and path. */
export interface RequestContext {
  /** Sent as X-Auth-Token. */
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A reply of JSON, or of nothing: null. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** One request over TCP; redirects are not followed. */
export async function ask(
  url: string,
  method: string,
  path: string,
  asked: RequestContext = {},
): Promise<Reply> {
  const { token, body, headers = {} } = asked;
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(token === undefined ? {} : { 'x-auth-token': token }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : (JSON.parse(text) as unknown),
  };
}
