import Fastify from 'fastify';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { App } from '../routing/api.ts';
import { everybody, ferry } from './access.ts';
import { listRoutes, writtenRoutes } from '../list-routes.ts';
import { requireDeclaredAccess } from './require-access.ts';

function server(): App {
  const app = Fastify() as unknown as App;
  requireDeclaredAccess(app);
  return app;
}

test('a route that does not say who may call it is refused when it is made, by its name', () => {
  expect(() => server().get('/forgotten', () => ({}))).toThrow(
    'The route GET /forgotten does not say who may call it',
  );
  expect(() => server().get('/known', { config: { access: everybody } }, () => ({}))).not.toThrow();
});

test('a route whose access another API would look at is refused', () => {
  expect(() => server().get('/v2.1/x', { config: { access: ferry('admin') } }, () => ({}))).toThrow(
    'has the access "ferry"',
  );
});

test('docs/routes.md is what the routes declare (`make routes` writes it)', async () => {
  expect((await listRoutes()).length).toBeGreaterThan(200);
  const path = new URL('../../../../../docs/routes.md', import.meta.url);
  expect(readFileSync(path, 'utf8')).toBe(await writtenRoutes());
});
