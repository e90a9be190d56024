import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, type RequestContext, type Reply } from '../sim/ask.ts';
import { Stage } from '../sim/world.ts';
import { OpenStackClients } from './client.ts';
import { RealKeystone } from './real-keystone.ts';

const world = new AsyncDisposableStack();
let keystone: RealKeystone;
let stage: Stage;
const clock = { aheadMs: 0 };

beforeAll(async () => {
  keystone = world.use(await RealKeystone.start());
  await keystone.userWithRole('ferry', 'of Ferry', 'service', 'service');
  await keystone.userWithRole('ada', 'of Ada', 'cloud_admin', 'research');
  await keystone.userWithRole('grace', 'of Grace', 'member', 'research');
  const opened = await Stage.open(
    {},
    {
      listen: { host: '127.0.0.1', port: 0 },
      now: () => new Date(Date.now() + clock.aheadMs).toISOString(),
      keystone: {
        url: keystone.url,
        user: {
          name: 'ferry',
          password: 'of Ferry',
          domainName: 'Default',
          projectName: 'service',
          projectDomainName: 'Default',
        },
        roleMap: { cloud_admin: 'admin' },
        timeoutMs: 5_000,
      },
    },
  );
  stage = world.use(opened);
  await keystone.serviceAt('network', `${stage.url}/network`);
});

afterAll(async () => {
  await world.disposeAsync();
});

function asked(path: string, more: RequestContext): Promise<Reply> {
  return ask(stage.url, 'GET', path, more);
}

test("Keystone's tokens count, with roles by the map", async () => {
  const ada = await keystone.token('ada', 'of Ada', 'research');
  const grace = await keystone.token('grace', 'of Grace', 'research');
  expect((await asked('/network/v2.0/networks', { token: grace })).status).toBe(200);
  expect((await asked('/ferry/v1/hosts', { token: ada })).status).toBe(200);
  const denied = await asked('/ferry/v1/hosts', { token: grace });
  expect([denied.status, JSON.stringify(denied.body)]).toEqual([
    403,
    expect.stringMatching(/the roles (?:member, reader|reader, member) in research/),
  ]);
  const unknown = await asked('/network/v2.0/networks', { token: 'gAAAAABnothing' });
  expect(unknown.status).toBe(401);
});

test("OpenStack's own client finds Ferry by Keystone's catalog", async () => {
  using clients = OpenStackClients.here({
    OS_AUTH_URL: keystone.url,
    OS_IDENTITY_API_VERSION: '3',
    OS_USERNAME: 'grace',
    OS_PASSWORD: 'of Grace',
    OS_USER_DOMAIN_ID: 'default',
    OS_PROJECT_NAME: 'research',
    OS_PROJECT_DOMAIN_ID: 'default',
  });
  expect(await clients.openstack('network', 'list')).toEqual(expect.any(Array));
});

test('a token that Keystone has revoked is none a minute later', async () => {
  const token = await keystone.token('grace', 'of Grace', 'research');
  expect((await asked('/network/v2.0/networks', { token })).status).toBe(200);
  await keystone.must('DELETE', '/auth/tokens', undefined, { 'x-subject-token': token });
  clock.aheadMs += 60_000;
  expect((await asked('/network/v2.0/networks', { token })).status).toBe(401);
});

test("Ferry's own identity API points to Keystone", async () => {
  const { status, headers } = await asked('/identity', {});
  expect([status, headers.get('location')]).toEqual([300, `${keystone.url}/`]);
  const users = await asked('/identity/v3/users', {});
  expect([users.status, JSON.stringify(users.body)]).toEqual([
    404,
    expect.stringContaining(`takes its users from the Keystone at ${keystone.url}`),
  ]);
});

test('a Keystone that is silent is named within the deadline; what is known and own tokens go on', async () => {
  const known = await keystone.token('grace', 'of Grace', 'research');
  const fresh = await keystone.token('ada', 'of Ada', 'research');
  expect((await asked('/network/v2.0/networks', { token: known })).status).toBe(200);
  keystone.freeze();
  try {
    const silent = await asked('/ferry/v1/hosts', { token: fresh });
    expect([silent.status, silent.body]).toEqual([
      503,
      {
        error: expect.objectContaining({
          code: 'keystone-silent',
          message: expect.stringContaining('nothing came within 5000 ms') as string,
        }) as unknown,
      },
    ]);
    expect((await asked('/network/v2.0/networks', { token: known })).status).toBe(200);
    const own = readFileSync(join(stage.dataDirectory, 'admin.token'), 'utf8').trim();
    expect((await asked('/network/v2.0/networks', { token: own })).status).toBe(200);
  } finally {
    keystone.thaw();
  }
  expect((await asked('/ferry/v1/hosts', { token: fresh })).status).toBe(200);
});
