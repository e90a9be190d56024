import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listening } from './nova-request.ts';
import { type Stage, until } from './world.ts';

/** Asks for a picture as whoever has that role's token. */
function ask(stage: Stage, id: string, role: 'operator' | 'reader' = 'operator'): Promise<Response> {
  const token = readFileSync(join(stage.dataDirectory, `${role}.token`), 'utf8').trim();
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${stage.url}/ferry/v1/instances/${id}/screenshot`, { method: 'POST', headers });
}

test('the picture of a screen is the same after a live move; who may not open consoles gets none, and who asks is written down', async () => {
  const { stage } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  const before = await ask(stage, id);
  expect([before.status, before.headers.get('content-type')]).toEqual([200, 'image/png']);
  expect(before.headers.get('cache-control')).toBe('no-store');
  const picture = Buffer.from(await before.arrayBuffer());
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  const { id: migration } = await stage.client().migrate(id, { kind: 'live-migration', host: 'compute12' });
  const ended = await until('the move to end', async () => {
    const one = await stage.client().migration(migration);
    return one.finishedAt === null ? null : one;
  });
  expect(ended).toMatchObject({ status: 'completed' });
  expect(Buffer.from(await (await ask(stage, id)).arrayBuffer())).toEqual(picture);

  expect((await ask(stage, id, 'reader')).status).toBe(403);
  const audit = await stage.client().audit({});
  expect(audit.map(({ action }) => action)).toContain('ferry:instances.screenshot.create');
});

test('a guest that is off shows no screen, and that is said', async () => {
  const { stage } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'off', state: 'shutoff' });
  const refused = await ask(stage, id);
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ error: { code: 'instance-state' } });
});
