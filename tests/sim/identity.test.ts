import { keptTokens } from '@ferry/controller/test-database';
import { expect, test } from 'vitest';
import { IdentityStage } from './identity-stage.ts';
import { until } from './world.ts';

const domain = { id: 'default' };
const hourMs = 3_600_000;

test('a token ends with its time, and is forgotten', async () => {
  await using identity = await IdentityStage.open({ tidyIntervalMs: 20 });
  const token = await identity.tokenOf({ name: 'admin', password: identity.password });
  identity.wait(hourMs - 1);
  expect(await identity.isGood(token)).toBe(true);
  identity.wait(1);
  expect(await identity.isGood(token)).toBe(false);
  await until('expired tokens are forgotten', async () =>
    (await keptTokens(identity.stage.database)) === 0 ? true : null,
  );
});

test('a token that is got with another ends no later, and says with which it was got', async () => {
  await using identity = await IdentityStage.open();
  identity.wait(hourMs / 2);
  const { body, status } = await identity.ask('POST', '/identity/v3/auth/tokens', {
    body: {
      auth: {
        identity: { methods: ['token'], token: { id: identity.admin } },
        scope: { system: { all: true } },
      },
    },
  });
  expect(status).toBe(201);
  const { token } = body as { token: { expires_at: string; methods: string[]; audit_ids: string[] } };
  expect(token.expires_at).toBe('2030-01-01T01:00:00.000000Z');
  expect(token.methods).toEqual(['token', 'password']);
  expect(token.audit_ids).toHaveLength(2);
});

test('a token that is revoked is none at once; nobody revokes that of somebody else', async () => {
  await using identity = await IdentityStage.open();
  await identity.member('ada');
  const ada = await identity.tokenOf({ name: 'ada', password: "ada's own", project: 'research' });
  const revoke = async (subject: string, token: string): Promise<number> =>
    (
      await identity.ask('DELETE', '/identity/v3/auth/tokens', {
        token,
        headers: { 'x-subject-token': subject },
      })
    ).status;
  expect(await identity.isGood(ada)).toBe(true);
  expect(await revoke(identity.admin, ada)).toBe(403);
  expect(await identity.isGood(identity.admin)).toBe(true);
  expect(await revoke(ada, ada)).toBe(204);
  expect(await identity.isGood(ada)).toBe(false);
  expect(await revoke(ada, identity.admin)).toBe(404);
});

test('what a token is for', async () => {
  await using identity = await IdentityStage.open();
  const { id, projectId } = await identity.member('ada');
  const own = { name: 'ada', password: "ada's own" };
  const tokenFor = async (scope: unknown): Promise<unknown> => {
    const { status, body } = await identity.signIn({
      ...own,
      project: null,
      ...(scope === undefined ? {} : { scope }),
    });
    const { token } = (body ?? {}) as { token?: { project?: { id: string }; roles?: { name: string }[] } };
    return status === 201
      ? [token?.project?.id ?? null, token?.roles?.map(({ name }) => name) ?? []]
      : status;
  };
  expect(await tokenFor(undefined)).toEqual([null, []]);
  expect(await tokenFor({ project: { id: projectId } })).toEqual([projectId, ['member', 'reader']]);
  expect(await tokenFor({ project: { name: 'research', domain: { name: 'Default' } } })).toEqual([
    projectId,
    ['member', 'reader'],
  ]);
  expect(await tokenFor({ project: { name: 'admin', domain } })).toBe(401);
  expect(await tokenFor({ project: { name: 'research', domain: { name: 'Elsewhere' } } })).toBe(401);
  expect(await tokenFor({ system: { all: true } })).toBe(401);
  expect(await tokenFor({ domain })).toBe(401);
  await identity.must(200, 'PATCH', `/users/${id}`, { user: { default_project_id: projectId } });
  expect(await tokenFor(undefined)).toEqual([projectId, ['member', 'reader']]);
  expect(await tokenFor('unscoped')).toEqual([null, []]);
});

test.each([
  ['a new password', 'PATCH', '/users/USER', { user: { password: 'another one' } }],
  ['a user that is not enabled any more', 'PATCH', '/users/USER', { user: { enabled: false } }],
  ['a user that is deleted', 'DELETE', '/users/USER', undefined],
  ['a project that is not enabled any more', 'PATCH', '/projects/PROJECT', { project: { enabled: false } }],
  ['a project that is deleted', 'DELETE', '/projects/PROJECT', undefined],
  ['a role that is taken away', 'DELETE', '/projects/PROJECT/users/USER/roles/ROLE', undefined],
])('%s ends the tokens that rest on it, and no others', async (_what, method, path, body) => {
  await using identity = await IdentityStage.open();
  const { id, projectId } = await identity.member('ada');
  const token = await identity.tokenOf({ name: 'ada', password: "ada's own", project: 'research' });
  expect(await identity.isGood(token)).toBe(true);
  const filled = path
    .replace('USER', id)
    .replace('PROJECT', projectId)
    .replace('ROLE', await identity.roleId('member'));
  await identity.must(method === 'PATCH' ? 200 : 204, method, filled, body);
  expect(await identity.isGood(token)).toBe(false);
  expect(await identity.isGood(identity.admin)).toBe(true);
});

test('what is set right again does not bring back what has ended', async () => {
  await using identity = await IdentityStage.open();
  const { id } = await identity.member('ada');
  const token = await identity.tokenOf({ name: 'ada', password: "ada's own", project: 'research' });
  await identity.must(200, 'PATCH', `/users/${id}`, { user: { enabled: false } });
  expect((await identity.signIn({ name: 'ada', password: "ada's own", project: 'research' })).status).toBe(
    401,
  );
  await identity.must(200, 'PATCH', `/users/${id}`, { user: { enabled: true } });
  expect(await identity.isGood(token)).toBe(false);
});

test('a new role counts at once for a token that is there', async () => {
  await using identity = await IdentityStage.open();
  const { id, projectId } = await identity.member('ada');
  const token = await identity.tokenOf({ name: 'ada', password: "ada's own", project: 'research' });
  expect((await identity.ask('GET', '/identity/v3/users', { token })).status).toBe(403);
  await identity.must(
    204,
    'PUT',
    `/projects/${projectId}/users/${id}/roles/${await identity.roleId('admin')}`,
  );
  expect((await identity.ask('GET', '/identity/v3/users', { token })).status).toBe(200);
});

test('users give themselves a new password with the old one, and nobody else', async () => {
  await using identity = await IdentityStage.open();
  const { id } = await identity.member('ada');
  const token = await identity.tokenOf({ name: 'ada', password: "ada's own", project: 'research' });
  const change = (original: string, as: string, whose = id): ReturnType<typeof identity.ask> =>
    identity.ask('POST', `/identity/v3/users/${whose}/password`, {
      token: as,
      body: { user: { original_password: original, password: 'a new one' } },
    });
  expect((await change('not it', token)).status).toBe(401);
  const { users } = await identity.must<{ users: { id: string }[] }>(200, 'GET', '/users?name=admin');
  expect((await change(identity.password, token, users[0]?.id)).status).toBe(403);
  expect((await change("ada's own", token)).status).toBe(204);
  expect(await identity.isGood(token)).toBe(false);
  expect((await identity.signIn({ name: 'ada', password: "ada's own", project: 'research' })).status).toBe(
    401,
  );
  expect((await identity.signIn({ name: 'ada', password: 'a new one', project: 'research' })).status).toBe(
    201,
  );
});

test('what there is none of, is taken, or may not be', async () => {
  await using identity = await IdentityStage.open();
  await identity.stage.guest({ name: 'web' });
  const { id, projectId } = await identity.member('ada');
  const status = async (method: string, path: string, body?: unknown): Promise<number> =>
    (await identity.ask(method, `/identity/v3${path}`, { token: identity.admin, body })).status;
  expect(await status('POST', '/users', { user: { name: 'ada' } })).toBe(409);
  expect(await status('PATCH', `/users/${id}`, { user: { name: 'admin' } })).toBe(409);
  expect(await status('POST', '/projects', { project: { name: 'research' } })).toBe(409);
  expect(await status('PATCH', `/projects/${projectId}`, { project: { name: 'admin' } })).toBe(409);
  expect(await status('POST', '/users', { user: {} })).toBe(400);
  expect(await status('POST', '/users', { user: { name: 'x', enabled: 'yes' } })).toBe(400);
  expect(await status('POST', '/users', { user: { name: 'x', domain_id: 'other' } })).toBe(400);
  expect(await status('POST', '/projects', { project: { name: 'x', parent_id: projectId } })).toBe(400);
  for (const path of ['/users/none', '/projects/none', '/roles/none', '/domains/none', '/nothing'])
    expect([path, await status('GET', path)]).toEqual([path, 404]);
  expect(await status('PUT', `/projects/${projectId}/users/${id}/roles/none`)).toBe(404);
  const manager = await identity.roleId('manager');
  expect(await status('HEAD', `/projects/${projectId}/users/${id}/roles/${manager}`)).toBe(404);
  expect(await status('DELETE', `/projects/${projectId}/users/${id}/roles/${manager}`)).toBe(404);
  expect(await status('POST', '/roles', { role: { name: 'owner' } })).toBe(403);
  expect(await status('POST', '/services', { service: {} })).toBe(403);
  const { projects } = await identity.must<{ projects: { id: string }[] }>(
    200,
    'GET',
    '/projects?name=admin',
  );
  expect(await status('DELETE', `/projects/${projects[0]?.id}`)).toBe(409);
  const { users } = await identity.must<{ users: { id: string }[] }>(200, 'GET', '/users?name=admin');
  expect(await status('DELETE', `/users/${users[0]?.id}`)).toBe(403);
});

test('an application credential has no more than it was given, and ends with what it rests on', async () => {
  await using identity = await IdentityStage.open();
  const { id, projectId } = await identity.member('ada');
  const token = await identity.tokenOf({ name: 'ada', password: "ada's own", project: 'research' });
  const path = `/identity/v3/users/${id}/application_credentials`;
  const make = (as: string, credential: object): ReturnType<typeof identity.ask> =>
    identity.ask('POST', path, {
      token: as,
      body: { application_credential: { name: 'ci', ...credential } },
    });
  expect((await make(token, { roles: [{ name: 'manager' }] })).status).toBe(400);
  expect((await make(token, { expires_at: '2029-12-31T00:00:00' })).status).toBe(400);
  expect((await make(identity.admin, {})).status).toBe(403);
  const made = await make(token, { roles: [{ name: 'reader' }], expires_at: '2030-01-01T00:30:00.123456' });
  expect(made.status).toBe(201);
  const { application_credential: credential } = made.body as {
    application_credential: { id: string; secret: string };
  };
  expect((await make(token, {})).status).toBe(409);
  const shown = await identity.ask('GET', `${path}/${credential.id}`, { token });
  expect(JSON.stringify(shown.body)).not.toContain('secret');
  expect(shown.body).toMatchObject({
    application_credential: { expires_at: '2030-01-01T00:30:00.123456' },
  });

  const comeIn = (secret: string, scope?: unknown): ReturnType<typeof identity.ask> =>
    identity.ask('POST', '/identity/v3/auth/tokens', {
      body: {
        auth: {
          identity: {
            methods: ['application_credential'],
            application_credential: { name: 'ci', user: { name: 'ada', domain }, secret },
          },
          ...(scope === undefined ? {} : { scope }),
        },
      },
    });
  expect((await comeIn('not it')).status).toBe(401);
  const came = await comeIn(credential.secret);
  const { token: facts } = came.body as { token: { roles: { name: string }[]; expires_at: string } };
  expect(facts.roles.map(({ name }) => name)).toEqual(['reader']);
  expect(facts.expires_at).toBe('2030-01-01T00:30:00.123000Z');
  expect((await comeIn(credential.secret, { system: { all: true } })).status).toBe(401);
  const program = came.headers.get('x-subject-token') ?? '';
  expect((await make(program, { name: 'more' })).status).toBe(403);
  expect((await identity.ask('DELETE', `${path}/${credential.id}`, { token: program })).status).toBe(403);
  const elsewhere = await identity.ask('POST', '/identity/v3/auth/tokens', {
    body: { auth: { identity: { methods: ['token'], token: { id: program } }, scope: 'unscoped' } },
  });
  expect(elsewhere.status).toBe(401);

  await identity.must(
    204,
    'DELETE',
    `/projects/${projectId}/users/${id}/roles/${await identity.roleId('member')}`,
  );
  expect(await identity.isGood(program)).toBe(false);
  await identity.must(
    204,
    'PUT',
    `/projects/${projectId}/users/${id}/roles/${await identity.roleId('member')}`,
  );
  expect((await comeIn(credential.secret)).status).toBe(401);
});

test("Ferry's own tokens act for the first user; those of users count in Ferry's own API by their roles", async () => {
  await using identity = await IdentityStage.open();
  await identity.member('ada', 'manager');
  const own = (role: 'admin' | 'operator' | 'reader', path: string): ReturnType<typeof identity.ask> =>
    identity.ask('GET', path, { token: identity.ownToken(role) });
  expect((await own('admin', '/identity/v3/users')).status).toBe(200);
  expect((await own('operator', '/identity/v3/users')).status).toBe(403);
  const headers = { 'x-subject-token': identity.ownToken('reader') };
  const ended = await identity.ask('DELETE', '/identity/v3/auth/tokens', { token: identity.admin, headers });
  expect(ended.status).toBe(403);
  expect((await own('reader', '/ferry/v1/hosts')).status).toBe(200);

  const bearer = { authorization: `Bearer ${identity.admin}` };
  expect((await identity.ask('GET', '/ferry/v1/hosts', { headers: bearer })).status).toBe(200);
  const ada = await identity.tokenOf({ name: 'ada', password: "ada's own", project: 'research' });
  const denied = await identity.ask('GET', '/ferry/v1/hosts', { token: ada });
  expect(denied.status).toBe(403);
  expect(JSON.stringify(denied.body)).toContain('the roles manager, member, reader in research');
  expect((await identity.ask('GET', '/ferry/v1/hosts', { token: 'fid_nothing' })).status).toBe(401);
});

test("with Ferry's weaker tokens nobody becomes the first user", async () => {
  await using identity = await IdentityStage.open();
  const { users } = await identity.must<{ users: { id: string }[] }>(200, 'GET', '/users?name=admin');
  const path = `/identity/v3/users/${users[0]?.id}/application_credentials`;
  const exchange = (role: 'admin' | 'operator' | 'reader'): ReturnType<typeof identity.ask> =>
    identity.ask('POST', '/identity/v3/auth/tokens', {
      body: {
        auth: {
          identity: { methods: ['token'], token: { id: identity.ownToken(role) } },
          scope: { project: { name: 'admin', domain } },
        },
      },
    });
  expect((await exchange('admin')).status).toBe(201);
  for (const role of ['operator', 'reader'] as const) {
    const token = identity.ownToken(role);
    expect((await exchange(role)).status).toBe(401);
    expect((await identity.ask('GET', path, { token })).status).toBe(403);
    const body = { application_credential: { name: 'mine' } };
    expect((await identity.ask('POST', path, { token, body })).status).toBe(403);
  }
});

test('names that no database keeps are refused', async () => {
  await using identity = await IdentityStage.open();
  const long = await identity.signIn({ name: 'x'.repeat(4_000), password: 'y' });
  expect(long.status).toBe(401);
  expect((await identity.signIn({ name: 'a\u0000b', password: 'y' })).status).toBe(400);
  expect((await identity.ask('GET', '/identity/v3/users/a%00b', { token: identity.admin })).status).toBe(400);
  await identity.must(400, 'POST', '/users', { user: { name: 'a\u0000b' } });
});

test('links and the catalog name the address and region that the operator said', async () => {
  await using identity = await IdentityStage.open({
    publicUrl: 'https://cloud.example.org/',
    region: 'north',
  });
  const { body } = await identity.ask('GET', '/identity/v3/auth/catalog', { token: identity.admin });
  const { catalog } = body as { catalog: { type: string; endpoints: { url: string; region: string }[] }[] };
  const compute = catalog.find(({ type }) => type === 'compute');
  expect(compute?.endpoints[0]).toMatchObject({ url: 'https://cloud.example.org/v2.1', region: 'north' });
});
