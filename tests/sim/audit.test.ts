import { DatabaseSync } from 'node:sqlite';
import type { AuditBody } from '@ferry/api';
import { expect, inject, test } from 'vitest';
import { ConsoleSocket } from './console-socket.ts';
import { IdentityStage } from './identity-stage.ts';
import { Stage } from './world.ts';
import { runFerry } from './run-ferry.ts';
import { until } from './world.ts';

const requestId = expect.stringMatching(/^req-[0-9a-f-]{36}$/) as string;

/** Actions, users, results, oldest first, without what opening a stage does. */
async function told(identity: IdentityStage, after: number): Promise<readonly AuditBody[]> {
  return identity.stage.client().audit({ after });
}

const names = (records: readonly AuditBody[]): (string | undefined)[] =>
  records.map(({ target }) => target['name']);

async function lastOf(identity: IdentityStage): Promise<number> {
  return (await identity.stage.client().audit({ limit: 1 }))[0]?.sequence ?? 0;
}

test('who did what to what stands there, from where, by which request and with which result', async () => {
  await using identity = await IdentityStage.open();
  const { stage } = identity;
  const instance = await stage.guest({ name: 'web', directory: '/shared' });
  const before = await lastOf(identity);
  const ada = await identity.member('ada');
  const token = await identity.tokenOf({ name: 'ada', password: "ada's own", project: 'research' });
  const headers = { 'x-forwarded-for': '192.0.2.7' };
  const refused = await identity.ask('POST', '/identity/v3/users', {
    token,
    headers,
    body: { user: { name: 'eve', password: 'a secret of hers' } },
  });
  expect(refused.status).toBe(403);
  const stopped = await identity.ask('POST', `/v2.1/servers/${instance}/action`, {
    token: identity.admin,
    body: { 'os-stop': null },
  });
  expect(stopped.status).toBe(202);
  await until('it is off', async () =>
    (await stage.client().instance(instance)).powerState === 'shutoff' ? true : null,
  );
  const ended = async (): Promise<true | null> =>
    (await told(identity, before)).some(({ action }) => action === 'ferry:power.done') ? true : null;
  await until('its end is written down', ended);
  const records = await told(identity, before);
  const short = records.map(({ action, userName, result }) => `${action} ${userName} ${result}`);
  expect(short).toEqual([
    'identity:projects.create admin done',
    'identity:users.create admin done',
    'identity:projects.users.roles.set admin done',
    'identity:sign-in ada done',
    'identity:users.create ada refused',
    'compute:servers.os-stop admin done',
    'ferry:power.done ferry done',
  ]);
  expect(records[4]).toMatchObject({
    userId: ada.id,
    projectId: ada.projectId,
    address: '192.0.2.7',
    requestId: refused.headers.get('x-openstack-request-id'),
    // Its body was not read: the role was looked at first.
    target: {},
    status: 403,
  });
  expect(records[5]).toMatchObject({ target: { id: instance }, requestId, status: 202 });
  // The end goes back to the request.
  expect(records[6]).toMatchObject({ target: { instance }, requestId: records[5]?.requestId, status: null });
  expect(JSON.stringify(records)).not.toContain('a secret of hers');
  expect(JSON.stringify(records)).not.toContain("ada's own");
});

test("a move stands there with who asked for it and how it ended; readings and checks don't", async () => {
  await using identity = await IdentityStage.open();
  const { stage } = identity;
  const instance = await stage.guest({ name: 'web', directory: '/shared' });
  const before = await lastOf(identity);
  const operator = stage.client('operator');
  await operator.instances();
  await operator.check('web', { kind: 'live-migration', host: 'compute12' });
  const migration = await operator.migrate('web', { kind: 'live-migration', host: 'compute12' });
  await until('it has moved', async () =>
    (await operator.migration(migration.id)).finishedAt === null ? null : true,
  );
  await expect(
    stage.client('reader').adoptInstance({ host: 'compute11', domain: 'x' }),
  ).rejects.toMatchObject({
    code: 'forbidden',
  });
  const records = await told(identity, before);
  expect(records).toMatchObject([
    {
      action: 'ferry:instances.migrations.create',
      userName: 'ferry-operator',
      address: 'local',
      requestId,
      target: { instance: 'web', kind: 'live-migration', host: 'compute12' },
      result: 'done',
      status: 202,
    },
    {
      action: 'ferry:migration.completed',
      userName: 'ferry',
      target: { migration: migration.id, instance, sourceHost: 'compute11', targetHost: 'compute12' },
      result: 'done',
      status: null,
    },
    { action: 'ferry:instances.create', userName: 'ferry-reader', result: 'refused', status: 403 },
  ]);
});

test('who comes in from where stands there once a day; wrong passwords, once they are too many, for users that there are', async () => {
  await using identity = await IdentityStage.open();
  const { password } = identity;
  const before = await lastOf(identity);
  const signIn = (name: string, given: string, from: string): Promise<unknown> =>
    identity.signIn({ name, password: given, from });
  for (let time = 0; time < 3; time += 1) await signIn('admin', password, '192.0.2.1');
  for (const name of ['admin', 'nobody-of-that-name'])
    for (let time = 0; time < 7; time += 1) await signIn(name, 'wrong', `192.0.2.${name.length}`);
  identity.wait(86_400_000);
  await signIn('admin', password, '192.0.2.1');
  expect(
    (await told(identity, before)).map(({ action, userName, address, result }) => [
      action,
      userName,
      address,
      result,
    ]),
  ).toEqual([
    ['identity:sign-in', 'admin', '192.0.2.1', 'done'],
    ['identity:sign-in', 'admin', '192.0.2.5', 'failed'],
    ['identity:sign-in', 'admin', '192.0.2.1', 'done'],
  ]);
});

test('a console stands there when it is asked for and when it is opened, without its token', async () => {
  await using identity = await IdentityStage.open();
  const { stage } = identity;
  const instance = await stage.guest({ name: 'web', directory: '/shared' });
  const domain = stage.world.host('compute11').domains.get(instance);
  if (domain === undefined) throw new Error('the guest is there');
  const pty =
    "<serial type='pty'><source path='/dev/pts/1'/><target port='0'/><alias name='serial0'/></serial>";
  domain.xml = domain.xml.replace('</devices>', `${pty}</devices>`);
  const before = await lastOf(identity);
  const { streamPath } = await stage.client().requestConsole('web', { kind: 'serial' });
  const console = await ConsoleSocket.open(`${stage.url}${streamPath}`);
  console.close();
  const records = await told(identity, before);
  expect(records).toMatchObject([
    { action: 'ferry:instances.consoles.create', userName: 'ferry-admin', target: { instance: 'web' } },
    { action: 'ferry:console.open', userName: 'ferry-admin', target: { instance, kind: 'serial' } },
  ]);
  expect(JSON.stringify(records)).not.toContain(streamPath.split('token=')[1]);
});

test('it is read page by page, by user, action, target and time, and by administrators alone', async () => {
  await using identity = await IdentityStage.open();
  const { stage } = identity;
  const before = await lastOf(identity);
  for (const name of ['a_1', 'ab1', 'c'])
    await identity.must(201, 'POST', '/users', { user: { name, password: 'long enough' } });
  identity.wait(60_000);
  const later = new Date(identity.now()).toISOString();
  await stage.client().addFlavor({ name: 'small', memoryMib: 64, vcpus: 1 });
  const client = stage.client();
  expect(names(await client.audit({ after: before }))).toEqual(['a_1', 'ab1', 'c', 'small']);
  expect(names(await client.audit({ limit: 2 }))).toEqual(['small', 'c']);
  const [, c] = await client.audit({ limit: 2 });
  expect(names(await client.audit({ limit: 2, before: c?.sequence ?? 0 }))).toEqual(['ab1', 'a_1']);
  expect(names(await client.audit({ target: 'a_1' }))).toEqual(['a_1']);
  expect(names(await client.audit({ user: 'ferry-admin', action: 'ferry:flavors.create' }))).toEqual([
    'small',
  ]);
  expect(names(await client.audit({ since: later, after: before }))).toEqual(['small']);
  expect(names(await client.audit({ until: later, after: before }))).toEqual(['a_1', 'ab1', 'c']);
  for (const role of ['operator', 'reader'] as const)
    await expect(stage.client(role).audit()).rejects.toMatchObject({ status: 403, code: 'forbidden' });
  await expect(client.audit({ since: 'yesterday' })).rejects.toMatchObject({ code: 'bad-request' });
});

// Only there is the database a file that a test opens beside the controller.
test.runIf(inject('postgresUrl') === undefined)(
  'the database itself refuses to change a record',
  async () => {
    await using identity = await IdentityStage.open();
    await identity.must(201, 'POST', '/projects', { project: { name: 'x' } });
    const database = new DatabaseSync(identity.stage.database);
    expect(() => database.exec("update audit set user_name = 'nobody'")).toThrow(
      'the audit log is not changed',
    );
    database.close();
  },
);

test('a time that there is not is refused, and named', async () => {
  await using stage = await Stage.open();
  await expect(stage.client().audit({ until: '2030-01-31T25:61:00Z' })).rejects.toThrow(
    'until: 2030-01-31T25:61:00Z is no time.',
  );
});

test('it is kept as long as was said', async () => {
  await using identity = await IdentityStage.open({ auditKeptMs: 86_400_000, tidyIntervalMs: 20 });
  await identity.must(201, 'POST', '/projects', { project: { name: 'old' } });
  identity.wait(86_400_000 + 1_000);
  await identity.stage.client().addFlavor({ name: 'new', memoryMib: 64, vcpus: 1 });
  const left = await until('the old is gone', async () => {
    const records = await identity.stage.client().audit();
    return records.length === 1 ? records : null;
  });
  expect(names(left)).toEqual(['new']);
});

test('the command line shows it as a table, as JSON and as lines for export', async () => {
  await using identity = await IdentityStage.open();
  await identity.must(201, 'POST', '/projects', { project: { name: 'research' } });
  const table = await runFerry(identity.stage, ['audit', '--user', 'admin', '--limit', '1']);
  expect(table.out).toMatch(
    /^AT +USER .*\n.* admin +127\.0\.0\.1 +identity:projects\.create +name=research +done \(201\)\n$/,
  );
  const json = await runFerry(identity.stage, ['audit', '-o', 'json']);
  const all = JSON.parse(json.out) as AuditBody[];
  const lines = await runFerry(identity.stage, ['audit', '--jsonl']);
  expect(
    lines.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditBody),
  ).toEqual(all);
  expect((await runFerry(identity.stage, ['audit', '--since', 'never'])).code).toBe(2);
});
