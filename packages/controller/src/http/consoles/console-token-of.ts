import type { IncomingMessage } from 'node:http';
import type { ConsoleKind } from '@ferry/model';

/** An address in its parts. Not read as a URL, which not every text that a stranger sends is: nothing may be thrown here. */
export function partsOf({ url = '/' }: Pick<IncomingMessage, 'url'>): {
  readonly path: string;
  readonly query: URLSearchParams;
} {
  const [path = '/', ...rest] = url.split('?');
  return { path, query: new URLSearchParams(rest.join('?')) };
}

/**
 * The token of a console in a request, at whatever path, as Nova's proxies take it: in the query; in an address that is in
 * the query (`path=?token=…`, as noVNC is told by `vnc.html?path=`); in a cookie, which noVNC before 1.1 sends with
 * `/websockify`. Null: there is none.
 */
export function consoleTokenOf(request: Pick<IncomingMessage, 'url' | 'headers'>): string | null {
  const { query } = partsOf(request);
  const within = partsOf({ url: query.get('path') ?? '' }).query;
  return query.get('token') ?? within.get('token') ?? tokenInCookies(request.headers.cookie ?? '');
}

function tokenInCookies(cookies: string): string | null {
  for (const part of cookies.split(';')) {
    const [, value] = /^\s*token\s*=\s*"?([^"\s]*)"?\s*$/.exec(part) ?? [];
    if (value !== undefined && value !== '') return value;
  }
  return null;
}

/** Where a console's WebSocket is: of both kinds, the token says which. */
export const streamPath = '/console/stream';

/** The path of the WebSocket that a token opens. */
export function consoleStreamPath(token: string): string {
  return `${streamPath}?token=${token}`;
}

/** The page for a browser. */
export function consolePagePath(kind: ConsoleKind, token: string): string {
  return `/console/${kind}?token=${token}`;
}
