import { expect, test } from 'vitest';
import { type Answer, ask } from './openstack-caller.ts';
import { ServerStage } from './server-world.ts';
import { domainXml } from './world.ts';

/** Names of the files of a host that are an instance's own. */
function ownFiles({ stage }: ServerStage, host: string, id: string): string[] {
  return stage.files(host).filter((path) => path.includes(id));
}

/** Where anything of it is left on any host. */
function left(servers: ServerStage, id: string): string[] {
  const { hosts } = servers.stage.world;
  return [...hosts.values()].flatMap((host) => [
    ...(host.domains.has(id) ? [`${host.name}: domain`] : []),
    ...ownFiles(servers, host.name, id).map((path) => `${host.name}: ${path}`),
  ]);
}

function act(servers: ServerStage, id: string, body: object): Promise<Answer> {
  return ask(servers.stage, 'POST', `/v2.1/servers/${id}/action`, { body });
}

/** Its actions, oldest first, each with the result of its event. */
async function actions(servers: ServerStage, id: string): Promise<[string, string | null][]> {
  const path = `/v2.1/servers/${id}/os-instance-actions`;
  const listed = (await ask(servers.stage, 'GET', path, { minor: 51 })).body.instanceActions as {
    action: string;
    request_id: string;
  }[];
  const told = await Promise.all(
    listed.map(async ({ action, request_id: request }): Promise<[string, string | null]> => {
      const one = await ask(servers.stage, 'GET', `${path}/${request}`, { minor: 51 });
      return [action, one.body.instanceAction.events[0]?.result ?? null];
    }),
  );
  return told.toReversed();
}

/** A server that has moved and waits to be confirmed: where it came from, and where it is. */
async function verified(servers: ServerStage): Promise<{ id: string; from: string; to: string }> {
  const id = await servers.created();
  await servers.becomes(id, 'ACTIVE');
  const from = await servers.hostOf(id);
  expect((await act(servers, id, { migrate: null })).status).toBe(202);
  await servers.becomes(id, 'VERIFY_RESIZE');
  const to = await servers.hostOf(id);
  expect(ownFiles(servers, from, id)).not.toEqual([]);
  return { id, from, to };
}

test.each([
  ['DELETE', 204],
  ['forceDelete', 202],
] as const)('%s of a server that waits to be confirmed confirms it, and deletes it', async (how, status) => {
  await using servers = await ServerStage.open();
  const { id } = await verified(servers);
  const answer =
    how === 'DELETE'
      ? await ask(servers.stage, 'DELETE', `/v2.1/servers/${id}`)
      : await act(servers, id, { forceDelete: {} });
  expect(answer.status).toBe(status);
  await servers.gone(id);
  expect(left(servers, id)).toEqual([]);
  expect(await servers.stage.client().migrations()).toEqual([
    expect.objectContaining({ instanceId: id, status: 'confirmed', error: null }),
  ]);
  expect(await actions(servers, id)).toEqual([
    ['create', 'Success'],
    ['migrate', 'Success'],
    ['delete', 'Success'],
    ['confirmResize', 'Success'],
  ]);
});

test('what somebody else names of the copy that waited at the source stays', async () => {
  await using servers = await ServerStage.open();
  const { id, from } = await verified(servers);
  const disk = ownFiles(servers, from, id).find((path) => path.endsWith('.disk')) ?? '';
  const other = '22222222-2222-4222-8222-000000000001';
  servers.stage.world.addDomain(from, domainXml({ id: other, name: 'other', disk }), 'shutoff');
  expect(await servers.delete(id)).toBe(204);
  await servers.gone(id);
  expect(left(servers, id)).toEqual([`${from}: ${disk}`]);
});

test('it goes on with another controller: the confirmation first, and then the deletion', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  const { id, from, to } = await verified(servers);
  const kept = stage.world.host(from).domains.get(id);
  if (kept === undefined) throw new Error(`${from} keeps nothing`);
  // Somebody has started what was kept: a person is asked, and neither is ended.
  kept.state = 'running';
  expect(await servers.delete(id)).toBe(204);
  const [migration] = await stage.client().migrations();
  await stage.migrationWhen(migration?.id ?? '', 'waits for a person', ({ phase }) =>
    phase.startsWith('blocked: '),
  );
  expect(await servers.server(id)).toMatchObject({
    status: 'VERIFY_RESIZE',
    'OS-EXT-STS:task_state': 'resize_confirming',
  });
  expect(stage.world.runners(id).toSorted()).toEqual([from, to].toSorted());
  expect(await servers.delete(id)).toBe(204);
  await stage.crash();
  kept.state = 'shutoff';
  await stage.start();
  await servers.gone(id);
  expect(left(servers, id)).toEqual([]);
});

test('a live move is aborted by the deletion, which then ends the guest where it is', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  const id = await servers.created();
  await servers.becomes(id, 'ACTIVE');
  const from = await servers.hostOf(id);
  stage.slow();
  const live = { 'os-migrateLive': { host: null, block_migration: true, disk_over_commit: false } };
  expect((await act(servers, id, live)).status).toBe(202);
  await stage.sending(id, from);
  expect(await servers.delete(id)).toBe(204);
  await servers.gone(id);
  expect(left(servers, id)).toEqual([]);
  expect(await stage.client().migrations()).toEqual([
    expect.objectContaining({ instanceId: id, status: 'cancelled' }),
  ]);
  expect((await actions(servers, id)).map(([action]) => action)).toEqual([
    'create',
    'live-migration',
    'delete',
  ]);
});

test('what else is done to a server ends first; what was not begun by who accepted it is begun by the next', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  const id = await servers.created();
  await servers.becomes(id, 'ACTIVE');
  const host = await servers.hostOf(id);
  const { promise: wait, resolve: goOn } = Promise.withResolvers<void>();
  stage.world.faults.before(host, 'domains.ensureShutOff', () => wait);
  expect((await act(servers, id, { 'os-stop': null })).status).toBe(202);
  await stage.called(host, 'domains.ensureShutOff');
  expect(await servers.delete(id)).toBe(204);
  const crashed = stage.crash();
  goOn();
  await crashed;
  await stage.start();
  await servers.gone(id);
  expect(left(servers, id)).toEqual([]);
  expect(await actions(servers, id)).toEqual([
    ['create', 'Success'],
    ['stop', 'Success'],
    ['delete', 'Success'],
  ]);
});
