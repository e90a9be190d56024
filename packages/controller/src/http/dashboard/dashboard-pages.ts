import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { everybody } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import type { App } from '../routing/api.ts';

const compress = promisify(gzip);

/** Beside the bundle of an installation, or where `make web` builds it among the sources. */
const folders = [
  join(import.meta.dirname, 'dashboard'),
  join(import.meta.dirname, '../../../../web/dist'),
] as const;

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/**
 * Nothing but what this controller serves, and nothing inline. Frames: the pages of consoles, which are of this controller;
 * they have a policy of their own, as their viewers set styles by themselves.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What people see who open the controller of a checkout in which the page was never built. */
const notBuilt = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ferry</title></head><body>
<h1>The dashboard is not built</h1><p>Run <code>make web</code> in the checkout, then load this page again. The APIs work without it.</p>
</body></html>`;

/** Files of the dashboard, whose names change with what is in them: browsers keep them for ever. */
export function dashboardPages(app: App): Promise<void> {
  const made = new Map<string, Asset>();
  app.get<{ Params: { file: string } }>('/assets/:file', hidden(everybody), async (request, reply) => {
    const { file } = request.params;
    const asset = made.get(file) ?? (await readAsset(file));
    if (asset === null) return reply.callNotFound();
    made.set(file, asset);
    const packed = asset.gzip !== null && takesGzip(request);
    if (packed) void reply.header('Content-Encoding', 'gzip');
    return reply
      .type(types[extname(file)] ?? 'application/octet-stream')
      .header('Cache-Control', 'public, max-age=31536000, immutable')
      .header('X-Content-Type-Options', 'nosniff')
      .header('Vary', 'Accept-Encoding')
      .send(packed ? asset.gzip : asset.bytes);
  });
  return Promise.resolve();
}

/** Where the APIs and their files are: what is not there is no page of the dashboard. */
const notPages = /^\/(?:ferry|v2|v2\.0|v2\.1|identity|image|network|volume|console|assets)(?:[/?]|$)/;

/** Whether somebody looks with a browser, and not at an API: programs do not ask for HTML. */
export function wantsDashboard({ method, url, headers }: FastifyRequest): boolean {
  return method === 'GET' && !notPages.test(url) && /\btext\/html\b/i.test(headers.accept ?? '');
}

/** The dashboard's one page, at whatever address of it; it finds out by itself which is meant. */
export function sendDashboard(reply: FastifyReply): FastifyReply {
  const folder = builtIn();
  return reply
    .code(200)
    .type('text/html; charset=utf-8')
    .header('Content-Security-Policy', policy)
    .header('Referrer-Policy', 'no-referrer')
    .header('X-Content-Type-Options', 'nosniff')
    .header('Cross-Origin-Opener-Policy', 'same-origin')
    .header('Cache-Control', 'no-store')
    .header('Vary', 'Accept')
    .send(folder === null ? notBuilt : readFileSync(join(folder, 'index.html')));
}

interface Asset {
  readonly bytes: Buffer;
  /** Null: of a kind that is packed already. */
  readonly gzip: Buffer | null;
}

/** A file by its bare name: a name with a slash, or that begins with a dot, is none. */
async function readAsset(file: string): Promise<Asset | null> {
  const folder = builtIn();
  if (folder === null || !/^[\w-][\w.-]{0,127}$/.test(file)) return null;
  const bytes = await readFile(join(folder, 'assets', file)).catch(() => null);
  if (bytes === null) return null;
  return { bytes, gzip: file.endsWith('.woff2') ? null : await compress(bytes, { level: 9 }) };
}

function builtIn(): string | null {
  return folders.find((one) => existsSync(join(one, 'index.html'))) ?? null;
}

function takesGzip({ headers }: FastifyRequest): boolean {
  return /\bgzip\b/.test([headers['accept-encoding']].flat().join(','));
}
