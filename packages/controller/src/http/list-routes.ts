import { pino } from 'pino';
import type { Api } from './routing/api.ts';
import { buildServer } from './server.ts';
import type { DeclaredRoute } from './access/require-access.ts';
import { routesDocument } from './access/routes-document.ts';

/** All routes of a controller that knows its users itself. None is called. */
export async function listRoutes(): Promise<readonly DeclaredRoute[]> {
  const app = await buildServer(nothing, pino({ level: 'silent' }));
  try {
    await app.ready();
    return [...app.declaredRoutes];
  } finally {
    await app.close();
  }
}

/** docs/routes.md as it is to be. */
export async function writtenRoutes(): Promise<string> {
  return routesDocument(await listRoutes());
}

/** Stands for whatever routes take when they are declared: an identity service of Ferry's own, and functions that are not called. */
const nothing: Api = new Proxy((() => Promise.reject(new Error('not called'))) as unknown as Api, {
  get: (_, name): unknown => (name === 'kind' ? 'own' : nothing),
});
