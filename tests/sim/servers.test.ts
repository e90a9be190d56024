import { expect, test } from 'vitest';
import { ask } from './openstack-caller.ts';
import { ServerStage } from './server-world.ts';

const files = (servers: ServerStage, host: string): string[] => servers.stage.files(host);

test('a server is created on a base that is brought once, runs, and leaves nothing when it is deleted', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  const first = await servers.created({ name: 'Web One', metadata: { role: 'front' } });
  const told = await servers.becomes(first, 'ACTIVE');
  expect(told).toMatchObject({
    name: 'Web One',
    metadata: { role: 'front' },
    image: { id: servers.imageId },
    flavor: { original_name: 'small', ram: 64, disk: 1 },
    'OS-EXT-STS:power_state': 1,
    'OS-EXT-STS:task_state': null,
    'OS-EXT-SRV-ATTR:hostname': 'web-one',
  });
  expect(told['OS-SRV-USG:launched_at']).not.toBeNull();
  const host = await servers.hostOf(first);
  expect(stage.world.runners(first)).toEqual([host]);
  const calls = stage.world.faults.calls.length;
  const second = await servers.created();
  await servers.becomes(second, 'ACTIVE');
  const other = await servers.hostOf(second);
  const again = await servers.created({ host }, { minor: 74 });
  await servers.becomes(again, 'ACTIVE');
  expect(stage.world.faults.calls.slice(calls)).not.toContain(`${host} storage.makeFile`);
  expect((await ask(stage, 'DELETE', `/image/v2/images/${servers.imageId}`)).status).toBe(409);
  for (const id of [first, second, again]) {
    expect(await servers.delete(id)).toBe(204);
    await servers.gone(id);
    expect(stage.world.runners(id)).toEqual([]);
  }
  const base = files(servers, host);
  expect(base).toEqual([expect.stringContaining('/images/ferry-image-')]);
  expect(Object.keys(stage.hosts()[other]?.domains ?? {})).toEqual([]);
  expect((await ask(stage, 'DELETE', `/image/v2/images/${servers.imageId}`)).status).toBe(204);
  await stage.client().removeImage(host, base[0] ?? '');
  expect(files(servers, host)).toEqual([]);
});

test('what was deleted is told to those who ask for it', async () => {
  await using servers = await ServerStage.open();
  const id = await servers.created();
  await servers.becomes(id, 'ACTIVE');
  await servers.delete(id);
  await servers.gone(id);
  const list = async (query: string): Promise<unknown> =>
    (await ask(servers.stage, 'GET', `/v2.1/servers/detail${query}`)).body.servers.map(
      (one: { id: string; status: string }) => [one.id, one.status],
    );
  expect(await list('')).toEqual([]);
  expect(await list('?deleted=True')).toEqual([[id, 'DELETED']]);
  expect(await list('?changes-since=2020-01-01T00:00:00Z')).toEqual([[id, 'DELETED']]);
  expect(await servers.delete(id)).toBe(404);
});

test('what cannot be is refused at once, with everything that is wrong', async () => {
  await using servers = await ServerStage.open();
  const refused = async (server: object, minor?: number, hints?: object): Promise<string> => {
    const { status, body } = await servers.create(server, {
      ...(minor === undefined ? {} : { minor }),
      ...(hints === undefined ? {} : { hints }),
    });
    expect([400, 409]).toContain(status);
    return (body.badRequest ?? body.conflictingRequest).message;
  };
  const unknown = await refused({
    imageRef: 'x',
    flavorRef: 'y',
    key_name: 'z',
    security_groups: [{ name: 'default' }, { name: 'g' }],
  });
  expect(unknown).not.toContain("'default'");
  for (const part of ['Image x', 'Flavor y', 'keypair "z"', "'g'"]) expect(unknown).toContain(part);
  expect(await refused({ networks: [{ uuid: 'nowhere' }] })).toMatch(
    /No valid host was found.*compute11: it has no network and no bridge nowhere.*compute13/,
  );
  expect(await refused({ description: 'too early' })).toContain('description');
  expect(await refused({ networks: undefined }, 37)).toContain('networks');
  expect(await refused({ block_device_mapping_v2: [{ source_type: 'volume' }] })).toContain(
    'on images alone',
  );
  expect(await refused({ networks: [{ port: 'p', fixed_ip: '1.2.3.4' }] })).toMatch(/no ports.*fixed_ip/);
  expect(await refused({ host: 'nobody' }, 74)).toContain('compute12: nobody was asked for');
  expect(await refused({ availability_zone: 'mars' })).toContain('mars was asked for');
  expect(await refused({ min_count: 3, max_count: 2 })).toContain('min_count');
  await ask(servers.stage, 'POST', '/v2.1/flavors', {
    body: { flavor: { id: 'huge', name: 'huge', ram: 999_999, vcpus: 64, disk: 9_999 } },
  });
  const huge = await refused({ flavorRef: 'huge' });
  expect(huge).toMatch(/compute11: .*bytes of memory.*64 processors.*bytes of disk/);
  await ask(servers.stage, 'POST', '/v2.1/flavors', {
    body: { flavor: { id: 'odd', name: 'odd', ram: 64, vcpus: 1, disk: 1, swap: 5 } },
  });
  expect(await refused({ flavorRef: 'odd' })).toContain('swap');
  expect((await ask(servers.stage, 'GET', '/v2.1/servers')).body.servers).toEqual([]);
});

test('two requests do not get the same room, and nothing is promised that its instances have already', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  // Each host has 6 GiB free of 8: one of them fits on each, now, and none later.
  await ask(stage, 'POST', '/v2.1/flavors', {
    body: { flavor: { id: 'big', name: 'big', ram: 5_120, vcpus: 1, disk: 1 } },
  });
  const answers = await Promise.all(Array.from({ length: 5 }, () => servers.create({ flavorRef: 'big' })));
  const accepted = answers.filter(({ status }) => status === 202).map(({ body }) => body.server.id as string);
  expect(accepted).toHaveLength(3);
  for (const id of accepted) await servers.becomes(id, 'ACTIVE');
  expect(new Set(await Promise.all(accepted.map((id) => servers.hostOf(id)))).size).toBe(3);
  // The simulated hosts still say that all is free.
  const late = await servers.create({ flavorRef: 'big' });
  expect(late.body.badRequest.message).toMatch(/No valid host was found.*bytes of memory are needed/);
});

test('what fails while it is created is taken back, told as its fault, and can be deleted', async () => {
  await using servers = await ServerStage.open();
  const { world } = servers.stage;
  for (const host of ['compute11', 'compute12', 'compute13'])
    world.faults.plan(host, 'domains.ensureStarted', 'refuse', 99);
  const id = await servers.created();
  const told = await servers.becomes(id, 'ERROR');
  expect(told['fault']).toMatchObject({
    code: 500,
    message: expect.stringContaining('did not start it') as string,
  });
  for (const host of ['compute11', 'compute12', 'compute13']) {
    expect(files(servers, host)).toEqual([]);
    expect(Object.keys(servers.stage.hosts()[host]?.domains ?? {})).toEqual([]);
  }
  const start = await ask(servers.stage, 'POST', `/v2.1/servers/${id}/action`, { body: { 'os-stop': null } });
  expect(start.status).toBe(409);
  expect(await servers.delete(id)).toBe(204);
  await servers.gone(id);
});

test('a clean-up that has to wait is told with the fault, and no longer once it is done', async () => {
  await using servers = await ServerStage.open();
  const { world } = servers.stage;
  for (const host of ['compute11', 'compute12', 'compute13']) {
    world.faults.plan(host, 'domains.ensureStarted', 'refuse', 99);
    world.faults.plan(host, 'storage.ensureNoImage', 'unreachable', Number.POSITIVE_INFINITY);
  }
  const id = await servers.created();
  const told = await servers.becomes(id, 'ERROR');
  const message = /did not start it.*Clean-up is not done yet: /;
  expect(told['fault']).toMatchObject({ message: expect.stringMatching(message) as string });
  world.faults.clear();
  await servers.stage.quiet();
  const fault = (await servers.server(id))['fault'];
  expect(fault).toMatchObject({ message: expect.stringContaining('did not start it') as string });
  expect(fault).toMatchObject({ message: expect.not.stringContaining('not done yet') as string });
});

test('members of an anti-affine group are put onto different hosts, until there is none left', async () => {
  await using servers = await ServerStage.open();
  const group = { name: 'web', policies: ['anti-affinity'] };
  const made = await ask(servers.stage, 'POST', '/v2.1/os-server-groups', { body: { server_group: group } });
  const hints = { group: made.body.server_group.id };
  const hosts = new Set<string>();
  for (let count = 0; count < 3; count += 1) {
    const id = await servers.created({}, { hints });
    await servers.becomes(id, 'ACTIVE');
    hosts.add(await servers.hostOf(id));
  }
  expect(hosts.size).toBe(3);
  const fourth = await servers.create({}, { hints });
  expect(fourth.body.badRequest.message).toMatch(/compute11: server group web allows 1.*compute12/);
});

test('a server group holds where its members move, too', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  const group = { name: 'web', policies: ['anti-affinity'] };
  const made = await ask(stage, 'POST', '/v2.1/os-server-groups', { body: { server_group: group } });
  const hints = { group: made.body.server_group.id };
  const [one, other] = [await servers.created({}, { hints }), await servers.created({}, { hints })];
  for (const id of [one, other]) await servers.becomes(id, 'ACTIVE');
  expect(await servers.server(one)).toMatchObject({ server_groups: [hints.group] });
  const taken = await servers.hostOf(other);
  const refused = await stage
    .client()
    .migrate(one, { kind: 'live-migration', host: taken })
    .catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: 'checks-failed',
    message: expect.stringContaining('anti-affinity') as string,
  });
  const free = ['compute11', 'compute12', 'compute13'].filter((name) => ![taken].includes(name));
  const from = await servers.hostOf(one);
  const migration = await stage.client().migrate(one, { kind: 'live-migration' });
  expect(migration.targetHost).toBe(free.find((name) => name !== from));
  expect((await stage.over(migration.id)).status).toBe('completed');
  // With its base, and what Ferry made for it goes with it when it is deleted.
  const host = await servers.hostOf(one);
  expect(files(servers, host).filter((path) => path.includes(one))).not.toEqual([]);
  await servers.delete(one);
  await servers.gone(one);
  expect(files(servers, host).filter((path) => path.includes(one))).toEqual([]);
});

test('an instance that was adopted is deleted without its disks', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  const id = await stage.guest({ name: 'old', host: 'compute11' });
  const before = files(servers, 'compute11');
  expect(await servers.delete(id)).toBe(204);
  await servers.gone(id);
  expect(Object.keys(stage.hosts()['compute11']?.domains ?? {})).toEqual([]);
  expect(files(servers, 'compute11')).toEqual(before);
});

test('volumes of pools are told as attached, files by their paths are not', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  const id = await stage.guest({ name: 'data', host: 'compute11' });
  const list = async (): Promise<{ volumeId: string; device: string }[]> =>
    (await ask(stage, 'GET', `/v2.1/servers/${id}/os-volume_attachments`)).body.volumeAttachments;
  expect(await list()).toEqual([]);
  const domain = stage.world.host('compute11').domains.get(id);
  const volume =
    "<disk type='volume' device='disk'><source pool='data' volume='one'/><target dev='vdb'/></disk>";
  if (domain !== undefined) domain.xml = domain.xml.replace('</devices>', `${volume}</devices>`);
  const [only] = await list();
  expect(only).toMatchObject({ device: '/dev/vdb', serverId: id });
  const path = `/v2.1/servers/${id}/os-volume_attachments/${only?.volumeId}`;
  const shown = await ask(stage, 'GET', path, { minor: 89 });
  expect(shown.body.volumeAttachment).toMatchObject({
    volumeId: only?.volumeId,
    delete_on_termination: false,
  });
  expect(shown.body.volumeAttachment).not.toHaveProperty('id');
  expect((await ask(stage, 'GET', `${path}0`)).status).toBe(404);
  const refused = await ask(stage, 'DELETE', path);
  expect([refused.status, refused.text]).toEqual([404, expect.stringContaining('ferry volume create')]);
});

test('several at once are created together or not at all, and hints are heeded', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  const first = await servers.created({ min_count: 2, max_count: 3 });
  await servers.becomes(first, 'ACTIVE');
  const all = (await ask(stage, 'GET', '/v2.1/servers')).body.servers as { id: string; name: string }[];
  expect(all.map(({ name }) => name).toSorted()).toEqual(['web-1', 'web-2', 'web-3']);
  const near = await servers.created({}, { hints: { same_host: [first] } });
  const far = await servers.created({}, { hints: { different_host: first } });
  expect(await servers.hostOf(near)).toBe(await servers.hostOf(first));
  expect(await servers.hostOf(far)).not.toBe(await servers.hostOf(first));
  for (const { id } of all) await servers.becomes(id, 'ACTIVE');
  for (const id of [near, far]) await servers.becomes(id, 'ACTIVE');
});

test('keys, user data and groups go with the server from its first moment', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  await stage.client().addSecurityGroup({ name: 'web', rules: [{ protocol: 'tcp', portMin: 443 }] });
  const user_data = Buffer.from('#!/bin/sh\n').toString('base64');
  const id = await servers.created({
    security_groups: [{ name: 'web' }],
    networks: [{ uuid: 'br-ex' }],
    user_data,
  });
  const told = await servers.becomes(id, 'ACTIVE');
  expect(told).toMatchObject({ config_drive: 'True', security_groups: [{ name: 'web' }] });
  const host = stage.world.host(await servers.hostOf(id));
  expect([...(host.filters?.keys() ?? [])].some((name) => name.includes(id))).toBe(true);
  const drive = host.directories.get('/images')?.get(`ferry-${id}.config`);
  expect(Buffer.from(drive?.bytes ?? '', 'base64').includes('#!/bin/sh')).toBe(true);
  await servers.delete(id);
  await servers.gone(id);
  expect([...(host.filters?.keys() ?? [])]).toEqual([]);
  // Nobody made a group of this name: it is what a server has that names none.
  const plain = await servers.created({ security_groups: [{ name: 'default' }] });
  await servers.becomes(plain, 'ACTIVE');
  // Its console is kept in a file that is not there before it has written something.
  const console = await ask(stage, 'POST', `/v2.1/servers/${plain}/action`, {
    body: { 'os-getConsoleOutput': {} },
  });
  expect([console.status, console.body]).toEqual([200, { output: '' }]);
  expect([...(stage.world.host(await servers.hostOf(plain)).filters?.keys() ?? [])]).toEqual([]);
});

test('one that is deleted while it is created is taken back', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  const { promise: wait, resolve: goOn } = Promise.withResolvers<void>();
  for (const host of ['compute11', 'compute12', 'compute13'])
    stage.world.faults.before(host, 'storage.ensureImage', () => wait);
  const id = await servers.created();
  const host = await servers.hostOf(id);
  await stage.called(host, 'storage.ensureImage');
  expect(await servers.delete(id)).toBe(204);
  expect(await servers.server(id)).toMatchObject({ status: 'BUILD', 'OS-EXT-STS:task_state': 'deleting' });
  goOn();
  await servers.gone(id);
  expect(files(servers, host)).toEqual([]);
  expect(Object.keys(stage.hosts()[host]?.domains ?? {})).toEqual([]);
});
