import { join } from 'node:path';
import { components } from '@ferry/api';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Api } from './routing/api.ts';
import { compileWhatWaits } from './routing/shared-compilers.ts';
import { buildServer } from './server.ts';

/** Pages are described without being called: nothing answers here. */
const silent: Api = new Proxy((() => Promise.reject(new Error('not called'))) as unknown as Api, {
  get: (_, name): unknown => (name === 'kind' ? 'own' : silent),
});

test('docs/openapi.json is what the server describes (`npx vitest run -u` writes it anew)', async () => {
  const app = await buildServer(silent, pino({ level: 'silent' }));
  await app.ready();
  const described = app.swagger();
  expect(Object.keys(described.paths ?? {})).toContain('/ferry/v1/instances/{instance}/migrations');
  const text = `${JSON.stringify(described, null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, '../../../../docs/openapi.json'));
  await app.close();
});

test('a schema with a name is described once, and referred to', async () => {
  const app = await buildServer(silent, pino({ level: 'silent' }));
  await app.ready();
  const described = app.swagger() as { readonly components?: { readonly schemas?: object } };
  expect(Object.keys(described.components?.schemas ?? {}).toSorted()).toEqual(
    [...components.keys()].toSorted(),
  );
  // What a migration alone has stands in its component and nowhere else.
  expect(JSON.stringify(described).match(/"abortRequested":/g)).toHaveLength(1);
  await app.close();
});

test('each schema of each page can be compiled, which happens when its first value comes', async () => {
  const app = await buildServer(silent, pino({ level: 'silent' }));
  await app.ready();
  expect(() => {
    compileWhatWaits();
  }).not.toThrow();
  await app.close();
});
