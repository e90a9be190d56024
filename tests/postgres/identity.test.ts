import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Controller, startController } from '@ferry/controller';
import { expect, test } from 'vitest';
import { ask } from '../sim/ask.ts';
import { IdentityStage } from '../sim/identity-stage.ts';
import { until } from '../sim/world.ts';

/** A second controller on the same database. */
async function another(identity: IdentityStage): Promise<{ controller: Controller; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-second-'));
  const controller = await startController({ ...identity.stage.options(), dataDirectory: folder });
  return { controller, folder };
}

test('a token counts at every controller, and so does its end', async () => {
  await using identity = await IdentityStage.open();
  const { controller, folder } = await another(identity);
  try {
    const token = await identity.tokenOf({ name: 'admin', password: identity.password });
    const seen = async (): Promise<number> =>
      (await ask(controller.url ?? '', 'GET', '/identity/v3/auth/projects', { token })).status;
    expect(await seen()).toBe(200);
    const headers = { 'x-subject-token': token };
    const revoked = await identity.ask('DELETE', '/identity/v3/auth/tokens', {
      token: identity.admin,
      headers,
    });
    expect(revoked.status).toBe(204);
    expect(await identity.isGood(token)).toBe(false);
    await until('the other controller knows', async () => ((await seen()) === 401 ? true : null));
  } finally {
    await controller.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('controllers count failures together, and the first password is one', async () => {
  await using identity = await IdentityStage.open();
  const { controller, folder } = await another(identity);
  try {
    // The second has no file of a password: the first had made it.
    expect(controller.cloudsFile).toBeNull();
    const wrong = { name: 'admin', password: 'wrong', from: '192.0.2.1' };
    for (let time = 0; time < 5; time += 1) expect((await identity.signIn(wrong)).status).toBe(401);
    const user = { name: 'admin', domain: { id: 'default' }, password: identity.password };
    const { status } = await ask(controller.url ?? '', 'POST', '/identity/v3/auth/tokens', {
      body: { auth: { identity: { methods: ['password'], password: { user } } } },
      headers: { 'x-forwarded-for': '192.0.2.1' },
    });
    expect(status).toBe(429);
  } finally {
    await controller.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
