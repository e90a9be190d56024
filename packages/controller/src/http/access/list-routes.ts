import { pino } from 'pino';
import type { Controls } from '../controls.ts';
import { buildServer } from '../server.ts';
import type { DeclaredRoute } from './require-access.ts';
import { routesDocument } from './routes-document.ts';

/** All routes of a controller that knows its users itself. None is called. */
export async function listRoutes(): Promise<readonly DeclaredRoute[]> {
  const identity = new Proxy({}, { get: (_, name) => (name === 'kind' ? 'own' : never) });
  const controls = new Proxy({} as Controls, {
    get: (_, name) => (name === 'identity' ? identity : never),
  });
  const app = await buildServer(controls, pino({ level: 'silent' }));
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

function never(): Promise<never> {
  return Promise.reject(new Error('not called'));
}
