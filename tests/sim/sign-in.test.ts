import { expect, test } from 'vitest';
import type { Reply } from './ask.ts';
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

test('a hundred attempts at once for one user, each from an address of its own, are counted before any is looked at', async () => {
  await using identity = await IdentityStage.open();
  const replies = await Promise.all(
    Array.from({ length: 100 }, (_, address) => identity.signIn({ ...wrong, from: `192.0.2.${address}` })),
  );
  const statuses = replies.map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(20);
  expect(statuses.filter((status) => status === 429)).toHaveLength(80);
});

test('all of one /64 of IPv6 are one address', async () => {
  await using identity = await IdentityStage.open();
  for (let host = 1; host <= 5; host += 1)
    await fail(identity, 1, { name: 'admin', from: `2001:db8:0:1::${host}` });
  const { password } = identity;
  const next = await identity.signIn({ name: 'admin', password, from: '2001:db8:0:1:ffff::9' });
  expect(next.status).toBe(429);
  expect((await identity.signIn({ name: 'admin', password, from: '2001:db8:0:2::1' })).status).toBe(201);
});

test('without a proxy that is named, nobody makes up an address', async () => {
  await using identity = await IdentityStage.open({ trustedProxies: [] });
  for (let address = 0; address < 5; address += 1)
    await fail(identity, 1, { name: 'admin', from: `192.0.2.${address}` });
  const next = await identity.signIn({ name: 'admin', password: identity.password, from: '192.0.2.9' });
  expect(next.status).toBe(429);
  const headers = { 'x-forwarded-host': 'evil.example.org', 'x-forwarded-proto': 'https' };
  const { body } = await identity.ask('GET', '/identity/v3', { headers });
  expect(JSON.stringify(body)).not.toContain('evil.example.org');
});

test('who comes in leaves no failure of theirs behind, and does not wash away those of others', async () => {
  await using identity = await IdentityStage.open();
  const { password } = identity;
  const from = '192.0.2.1';
  for (let user = 0; user < 19; user += 1) await fail(identity, 1, { name: `user${user}`, from });
  for (let time = 0; time < 5; time += 1)
    expect((await identity.signIn({ name: 'admin', password, from })).status).toBe(201);
  await fail(identity, 1, { name: 'user20', from });
  expect((await identity.signIn({ ...wrong, name: 'another', from })).status).toBe(429);
});

test('a password that is too short is not taken, and the reply says how long it is to be', async () => {
  await using identity = await IdentityStage.open({ minPasswordLength: 12 });
  const users = (password: string): Promise<Reply> =>
    identity.ask('POST', '/identity/v3/users', {
      token: identity.admin,
      body: { user: { name: 'ada', password } },
    });
  const short = await users('x');
  expect(short.status).toBe(400);
  expect(JSON.stringify(short.body)).toContain('has 1 characters, and at least 12 are asked for');
  // Counted by what people see as characters of Unicode, not by units of UTF-16.
  expect((await users('\u{1F511}'.repeat(6))).status).toBe(400);
  const made = await users('x'.repeat(12));
  expect(made.status).toBe(201);
  const { user } = made.body as { user: { id: string } };
  await identity.must(400, 'PATCH', `/users/${user.id}`, { user: { password: 'short' } });
  expect((await identity.signIn({ name: 'ada', password: 'x'.repeat(12), project: null })).status).toBe(201);
});

test('one that was set when less was asked for is still good', async () => {
  await using identity = await IdentityStage.open({ minPasswordLength: 1 });
  await identity.must(201, 'POST', '/users', { user: { name: 'ada', password: 'x' } });
  await identity.stage.crash();
  await identity.stage.start({ minPasswordLength: 12 });
  expect((await identity.signIn({ name: 'ada', password: 'x', project: null })).status).toBe(201);
});
