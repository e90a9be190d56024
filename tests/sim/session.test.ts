import { expect, test } from 'vitest';
import { IdentityStage } from './identity-stage.ts';
import type { Reply } from './ask.ts';

const path = '/ferry/v1/session';
const proof = { 'x-ferry-dashboard': '1' };

/** What a browser keeps of an answer. */
function cookieOf({ headers }: Reply): string {
  return headers.get('set-cookie')?.split(';')[0] ?? '';
}

async function signIn(
  identity: IdentityStage,
  body: object,
  headers: Record<string, string> = proof,
): Promise<Reply> {
  return identity.ask('POST', path, { body, headers });
}

const errorOf = ({ body }: Reply): { code: string; message: string } =>
  (body as { error: { code: string; message: string } }).error;

test('a session opens all APIs as its user, and none after it was ended', async () => {
  await using identity = await IdentityStage.open();
  const signed = await signIn(identity, { user: 'admin', password: identity.password });
  expect(signed).toMatchObject({
    status: 201,
    body: {
      user: {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        name: 'admin',
        role: 'admin',
        project: 'admin',
        projects: ['admin'],
      },
      identity: 'own',
    },
  });
  expect(signed.headers.get('set-cookie')).toMatch(
    /^ferry-session=[\w-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=3600$/,
  );
  const cookie = cookieOf(signed);
  const get = (url: string): Promise<Reply> => identity.ask('GET', url, { headers: { cookie } });
  expect(await get(path)).toMatchObject({ status: 200, body: { user: { name: 'admin' } } });
  expect((await get('/ferry/v1/hosts')).status).toBe(200);
  expect((await get('/v2.1/servers/detail')).status).toBe(200);
  expect((await get('/identity/v3/auth/projects')).status).toBe(200);
  const out = await identity.ask('DELETE', path, { headers: { cookie, ...proof } });
  expect([out.status, out.headers.get('set-cookie')]).toEqual([
    204,
    'ferry-session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0',
  ]);
  expect((await get('/ferry/v1/hosts')).status).toBe(401);
  expect((await get(path)).body).toMatchObject({ user: null });
  const records = (await identity.ask('GET', '/ferry/v1/audit', { token: identity.admin })).body as {
    records: { action: string; userName: string }[];
  };
  expect(records.records.filter(({ action }) => action === 'ferry:session.delete')).toMatchObject([
    { userName: 'admin' },
  ]);
});

test.each([
  ['of another origin', { origin: 'http://evil.example', ...proof }, 'http://evil.example'],
  ['that a browser says is of another site', { 'sec-fetch-site': 'cross-site', ...proof }, 'cross-site'],
  ['of the same site, of another origin', { 'sec-fetch-site': 'same-site', ...proof }, 'same-site'],
  ['without the header of the dashboard', {}, 'x-ferry-dashboard'],
])('a request that changes something %s is refused, cookie or not', async (_what, headers, named) => {
  await using identity = await IdentityStage.open();
  const cookie = cookieOf(await signIn(identity, { user: 'admin', password: identity.password }));
  for (const [method, url, body] of [
    ['POST', '/v2.1/servers/none/action', { 'os-stop': null }],
    ['PATCH', '/ferry/v1/hosts/compute11', { status: 'disabled' }],
    ['DELETE', path, undefined],
  ] as const) {
    const reply = await identity.ask(method, url, { headers: { cookie, ...headers }, body });
    expect([reply.status, errorOf(reply).code]).toEqual([403, 'session-origin-refused']);
    expect(errorOf(reply).message).toContain(named);
  }
  const forced = await signIn(identity, { user: 'admin', password: identity.password }, headers);
  expect([forced.status, forced.headers.get('set-cookie')]).toEqual([403, null]);
  expect(await identity.ask('GET', '/ferry/v1/hosts/compute11', { token: identity.admin })).toMatchObject({
    body: { host: { service: { status: 'enabled' } } },
  });
});

test('what a page of another origin reads with the cookie is refused; one of the dashboard changes hosts', async () => {
  await using identity = await IdentityStage.open();
  const cookie = cookieOf(await signIn(identity, { user: 'admin', password: identity.password }));
  const read = await identity.ask('GET', '/ferry/v1/hosts', {
    headers: { cookie, 'sec-fetch-site': 'cross-site' },
  });
  expect(errorOf(read).code).toBe('session-origin-refused');
  const own = { cookie, ...proof, origin: identity.stage.url, 'sec-fetch-site': 'same-origin' };
  const set = await identity.ask('PATCH', '/ferry/v1/hosts/compute11', {
    headers: own,
    body: { status: 'disabled' },
  });
  expect(set.status).toBe(200);
});

test('attempts are counted and told as those for tokens are', async () => {
  await using identity = await IdentityStage.open();
  for (let time = 0; time < 5; time += 1) {
    const reply = await signIn(identity, { user: 'admin', password: 'wrong' });
    expect([reply.status, errorOf(reply).code]).toEqual([401, 'sign-in-refused']);
  }
  const late = await signIn(identity, { user: 'admin', password: identity.password });
  expect([late.status, late.headers.get('retry-after'), late.headers.get('set-cookie')]).toEqual([
    429,
    '1',
    null,
  ]);
});

test('who has a role in the system comes in without naming a project; who has none here is told so', async () => {
  await using identity = await IdentityStage.open();
  const made = async (name: string): Promise<string> => {
    const user = { name, password: `${name}'s own word` };
    return (await identity.must<{ user: { id: string } }>(201, 'POST', '/users', { user })).user.id;
  };
  const reader = await identity.roleId('reader');
  await identity.must(204, 'PUT', `/system/users/${await made('sam')}/roles/${reader}`);
  const { project } = await identity.must<{ project: { id: string } }>(201, 'POST', '/projects', {
    project: { name: 'research' },
  });
  await identity.must(204, 'PUT', `/projects/${project.id}/users/${await made('rita')}/roles/${reader}`);
  expect(await signIn(identity, { user: 'sam', password: "sam's own word" })).toMatchObject({
    status: 201,
    body: { user: { role: 'reader', project: null } },
  });
  const refused = await signIn(identity, {
    user: 'rita',
    password: "rita's own word",
    project: 'research',
  });
  expect([refused.status, refused.headers.get('set-cookie')]).toEqual([403, null]);
  expect(errorOf(refused).message).toContain('the roles reader in research');
});

test('behind a proxy that speaks TLS the cookie is for TLS and this host alone', async () => {
  await using identity = await IdentityStage.open({ publicUrl: 'https://ferry.example.org' });
  const headers = { ...proof, origin: 'https://ferry.example.org' };
  const signed = await signIn(identity, { user: 'admin', password: identity.password }, headers);
  expect(signed.headers.get('set-cookie')).toMatch(/^__Host-ferry-session=[\w-]+; .*; Secure$/);
  const cookie = cookieOf(signed);
  expect((await identity.ask('GET', '/ferry/v1/hosts', { headers: { cookie } })).status).toBe(200);
});

test('browsers are shown the dashboard at its addresses, and clients what they ask for', async () => {
  await using identity = await IdentityStage.open();
  const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  for (const url of ['/', '/fleet', '/instances/web?tab=disks']) {
    const reply = await fetch(`${identity.stage.url}${url}`, { headers: html });
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(reply.headers.get('content-security-policy')).toContain("script-src 'self'; style-src 'self'");
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(await reply.text()).toContain('<title>Ferry</title>');
  }
  expect(await identity.ask('GET', '/')).toMatchObject({ status: 200, body: { versions: [{}, {}] } });
  expect(await identity.ask('GET', '/nothing')).toMatchObject({
    status: 404,
    body: { error: { code: 'route-not-found' } },
  });
  for (const url of ['/ferry/v1/nothing', '/v2.1/nothing', '/assets/nothing.js', '/assets/..%2findex.html'])
    expect((await fetch(`${identity.stage.url}${url}`, { headers: html })).status).not.toBe(200);
});
