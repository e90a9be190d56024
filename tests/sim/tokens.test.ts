import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { IdentityStage } from './identity-stage.ts';
import { until } from './world.ts';

const domain = { id: 'default' };

/** A token got with another. */
async function got(identity: IdentityStage, token: string, scope: unknown): Promise<string> {
  const reply = await identity.ask('POST', '/identity/v3/auth/tokens', {
    body: { auth: { identity: { methods: ['token'], token: { id: token } }, scope } },
  });
  const made = reply.headers.get('x-subject-token');
  if (made === null) throw new Error(`no token: ${reply.status} ${JSON.stringify(reply.body)}`);
  return made;
}

async function revoke(identity: IdentityStage, token: string): Promise<void> {
  const headers = { 'x-subject-token': token };
  const reply = await identity.ask('DELETE', '/identity/v3/auth/tokens', { token: identity.admin, headers });
  expect(reply.status).toBe(204);
}

const research = { project: { name: 'research', domain } };

test('revoking a token ends what was got with it, over any number of steps, and nothing else', async () => {
  await using identity = await IdentityStage.open();
  await identity.member('ada');
  const first = await identity.tokenOf({ name: 'ada', password: "ada's own", project: null });
  const scoped = await got(identity, first, research);
  const again = await got(identity, scoped, research);
  const sister = await got(identity, first, research);
  const other = await identity.tokenOf({ name: 'ada', password: "ada's own", project: 'research' });
  await revoke(identity, scoped);
  const good = async (): Promise<boolean[]> =>
    Promise.all([first, scoped, again, sister, other].map((token) => identity.isGood(token)));
  expect(await good()).toEqual([true, false, false, true, true]);
  await revoke(identity, first);
  expect(await good()).toEqual([false, false, false, false, true]);
});

test('a role that is taken away ends what its tokens have got elsewhere', async () => {
  await using identity = await IdentityStage.open();
  const { id, projectId } = await identity.member('ada');
  const { project } = await identity.must<{ project: { id: string } }>(201, 'POST', '/projects', {
    project: { name: 'second' },
  });
  const role = await identity.roleId('member');
  await identity.must(204, 'PUT', `/projects/${project.id}/users/${id}/roles/${role}`);
  const here = await identity.tokenOf({ name: 'ada', password: "ada's own", project: 'research' });
  const there = await got(identity, here, { project: { id: project.id } });
  await identity.must(204, 'DELETE', `/projects/${projectId}/users/${id}/roles/${role}`);
  expect([await identity.isGood(here), await identity.isGood(there)]).toEqual([false, false]);
});

test("what was got with one of Ferry's own tokens ends when that is replaced", async () => {
  await using identity = await IdentityStage.open();
  const token = await got(identity, identity.ownToken('admin'), { project: { name: 'admin', domain } });
  expect(await identity.isGood(token)).toBe(true);
  await identity.stage.crash();
  rmSync(join(identity.stage.dataDirectory, 'admin.token'));
  await identity.stage.start();
  expect([await identity.isGood(token), await identity.isGood(identity.admin)]).toEqual([false, true]);
});

test('a stream of events ends with its token', async () => {
  await using identity = await IdentityStage.open();
  const { id, projectId } = await identity.member('ada', 'admin');
  const token = await identity.tokenOf({ name: 'ada', password: "ada's own", project: 'research' });
  const asking = get(`${identity.stage.url}/ferry/v1/events`, { headers: { 'x-auth-token': token } });
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  let isOver = false;
  response.resume().once('close', () => (isOver = true));
  await identity.must(
    204,
    'DELETE',
    `/projects/${projectId}/users/${id}/roles/${await identity.roleId('admin')}`,
  );
  await until('the stream ends', () => (isOver ? true : null));
});
