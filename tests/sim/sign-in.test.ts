import { expect, test } from 'vitest';
import { IdentityStage } from './identity-stage.ts';

const wrong = { name: 'admin', password: 'wrong' };

async function fail(
  identity: IdentityStage,
  times: number,
  who: { name: string; from: string },
): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const { status } = await identity.signIn({ ...wrong, ...who });
    expect(status).toBe(401);
  }
}

test('after five failures the next attempt waits, right or wrong, and longer each time', async () => {
  await using identity = await IdentityStage.open();
  const { password } = identity;
  const from = '192.0.2.1';
  await fail(identity, 5, { name: 'admin', from });
  const early = await identity.signIn({ name: 'admin', password, from });
  expect([early.status, early.headers.get('retry-after')]).toEqual([429, '1']);
  expect(early.body).toEqual({
    error: { code: 429, title: 'Too Many Requests', message: expect.stringContaining('1 s') as string },
  });
  identity.wait(1_000);
  await fail(identity, 1, { name: 'admin', from });
  const again = await identity.signIn({ name: 'admin', password, from });
  expect([again.status, again.headers.get('retry-after')]).toEqual([429, '2']);
  identity.wait(2_000);
  expect((await identity.signIn({ name: 'admin', password, from })).status).toBe(201);
  // Coming in clears the count.
  await fail(identity, 5, { name: 'admin', from });
});

test('what is tried from one address does not hold up the same user elsewhere', async () => {
  await using identity = await IdentityStage.open();
  const { password } = identity;
  await fail(identity, 5, { name: 'admin', from: '192.0.2.1' });
  expect((await identity.signIn({ name: 'admin', password, from: '192.0.2.2' })).status).toBe(201);
});

test('one address that tries many users is held up for all of them', async () => {
  await using identity = await IdentityStage.open();
  const from = '192.0.2.1';
  for (let user = 0; user < 20; user += 1) await fail(identity, 1, { name: `user${user}`, from });
  expect((await identity.signIn({ ...wrong, name: 'another', from })).status).toBe(429);
  expect((await identity.signIn({ ...wrong, name: 'another', from: '192.0.2.2' })).status).toBe(401);
});

test('one user tried from many addresses is held up for moments, and not at all from where they came in before', async () => {
  await using identity = await IdentityStage.open();
  const { password } = identity;
  const home = '198.51.100.7';
  expect((await identity.signIn({ name: 'admin', password, from: home })).status).toBe(201);
  for (let address = 0; address < 20; address += 1)
    await fail(identity, 1, { name: 'admin', from: `192.0.2.${address}` });
  const abroad = await identity.signIn({ name: 'admin', password, from: '203.0.113.9' });
  expect([abroad.status, Number(abroad.headers.get('retry-after')) <= 5]).toEqual([429, true]);
  expect((await identity.signIn({ name: 'admin', password, from: home })).status).toBe(201);
  identity.wait(5_000);
  expect((await identity.signIn({ name: 'admin', password, from: '203.0.113.9' })).status).toBe(201);
});

test('a user that is not there is refused in the same words, and counted alike', async () => {
  await using identity = await IdentityStage.open();
  const from = '192.0.2.1';
  const known = await identity.signIn({ ...wrong, from });
  const unknown = await identity.signIn({ ...wrong, name: 'nobody', from });
  expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);
  await fail(identity, 4, { name: 'nobody', from });
  expect((await identity.signIn({ ...wrong, name: 'nobody', from })).status).toBe(429);
});

test('a restart forgets neither failures nor tokens', async () => {
  await using identity = await IdentityStage.open();
  const from = '192.0.2.1';
  await fail(identity, 5, { name: 'admin', from });
  await identity.stage.crash();
  await identity.stage.start();
  expect((await identity.signIn({ name: 'admin', password: identity.password, from })).status).toBe(429);
  expect(await identity.isGood(identity.admin)).toBe(true);
});

test('a hundred attempts at once are not let through before the first has failed', async () => {
  await using identity = await IdentityStage.open();
  const from = '192.0.2.1';
  const replies = await Promise.all(Array.from({ length: 100 }, () => identity.signIn({ ...wrong, from })));
  const statuses = replies.map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(5);
  expect(statuses.filter((status) => status === 429)).toHaveLength(95);
});

test('right passwords at once all come in', async () => {
  await using identity = await IdentityStage.open();
  const { password } = identity;
  const replies = await Promise.all(
    Array.from({ length: 10 }, () => identity.signIn({ name: 'admin', password })),
  );
  expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 201));
});
