import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { everybody } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import type { App } from '../routing/api.ts';

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
