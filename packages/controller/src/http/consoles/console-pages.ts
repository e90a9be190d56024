import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConsoleKind } from '@ferry/model';
import { everybody } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import type { App } from '../routing/api.ts';

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

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** Nothing but what this controller serves; the viewers set styles of elements by themselves. The dashboard shows them in frames. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'self'";

const open = hidden(everybody);

/** Pages that show a console in a browser. They hold no secret: the token is in the address of whoever was given one. */
export function consolePages(app: App): Promise<void> {
  for (const kind of ['serial', 'vnc'] as const) {
    const page = readFileSync(join(import.meta.dirname, `pages/${kind}.html`));
    app.get(`/console/${kind}`, open, (_request, reply) =>
      reply
        .type('text/html; charset=utf-8')
        .header('Content-Security-Policy', policy)
        .header('Referrer-Policy', 'no-referrer')
        .header('Cache-Control', 'no-store')
        .send(page),
    );
  }
  const files = assets();
  app.get<{ Params: { '*': string } }>('/console/assets/*', open, async (request, reply) => {
    const file = files.get(request.params['*']);
    if (file === undefined) return reply.callNotFound();
    return reply.type(types[extname(file)] ?? 'application/octet-stream').send(await readFile(file));
  });
  return Promise.resolve();
}

/** Files that browsers get, by their address: those that are listed here and no others, whatever an address says. */
function assets(): ReadonlyMap<string, string> {
  const novnc = dirname(dirname(fileURLToPath(import.meta.resolve('@novnc/novnc'))));
  const xterm = dirname(dirname(fileURLToPath(import.meta.resolve('@xterm/xterm'))));
  const scripts = ['core', 'vendor'].flatMap((directory) =>
    readdirSync(join(novnc, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && extname(entry.name) === '.js')
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return new Map([
    ...['serial.js', 'vnc.js'].map((name): [string, string] => [
      name,
      join(import.meta.dirname, 'pages', name),
    ]),
    ['xterm.mjs', join(xterm, 'lib/xterm.mjs')],
    ['xterm.css', join(xterm, 'css/xterm.css')],
    ...scripts.map((file): [string, string] => [`novnc/${relative(novnc, file)}`, file]),
  ]);
}
