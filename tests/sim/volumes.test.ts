import { expect, test } from 'vitest';
import { type Answer, ask } from './openstack-caller.ts';
import { ServerStage } from './server-world.ts';
import { type Stage, until } from './world.ts';

const gibibyte = 1024 ** 3;

/** Hosts that each have a pool `data` of their own, in a directory that the guests' files are not in. */
async function withPools(): Promise<ServerStage> {
  const servers = await ServerStage.open();
  for (const host of servers.stage.world.hosts.values()) {
    host.directories.set('/data', new Map());
    host.pools.set('data', { type: 'dir', active: true, autostart: true, directory: '/data', source: '' });
  }
  return servers;
}

function attach(stage: Stage, id: string, volumeAttachment: object, minor = 92): Promise<Answer> {
  const path = `/v2.1/servers/${id}/os-volume_attachments`;
  return ask(stage, 'POST', path, { minor, body: { volumeAttachment } });
}

function detach(stage: Stage, id: string, volume: string): Promise<Answer> {
  return ask(stage, 'DELETE', `/v2.1/servers/${id}/os-volume_attachments/${volume}`);
}

/** Waits until a volume has a status. */
async function becomes(stage: Stage, volume: string, status: string): Promise<void> {
  await until(`${volume} is ${status}`, async () =>
    (await stage.client().volume(volume)).status === status ? true : null,
  );
}

function disksOf(stage: Stage, host: string, id: string): string[] {
  const { xml = '' } = stage.world.host(host).domains.get(id) ?? {};
  return Array.from(xml.matchAll(/<target dev=['"](\w+)/g), ([, target = '']) => target);
}

test('a volume is made, attached to a guest that runs, told everywhere, and detached', async () => {
  await using servers = await withPools();
  const { stage } = servers;
  const id = await stage.guest({ name: 'web', host: 'compute11' });
  const made = await stage
    .client()
    .addVolume({ name: 'data', pool: 'data', hosts: ['compute11'], sizeBytes: 3 * gibibyte });
  expect(made).toMatchObject({ status: 'available', made: true, format: 'qcow2', hosts: ['compute11'] });
  expect([...(stage.world.host('compute11').directories.get('/data')?.keys() ?? [])]).toHaveLength(1);

  const answer = await attach(stage, id, { volumeId: made.id, tag: 'db' });
  expect([answer.status, answer.body.volumeAttachment]).toEqual([
    200,
    {
      id: made.id,
      serverId: id,
      volumeId: made.id,
      device: '/dev/vdb',
      tag: 'db',
      delete_on_termination: false,
    },
  ]);
  await becomes(stage, 'data', 'in-use');
  expect(disksOf(stage, 'compute11', id)).toEqual(['vda', 'vdb']);
  const { body } = await ask(stage, 'GET', `/v2.1/servers/${id}/os-volume_attachments`, { minor: 92 });
  expect(body.volumeAttachments).toEqual([
    {
      attachment_id: expect.any(String) as string,
      bdm_uuid: expect.any(String) as string,
      volumeId: made.id,
      serverId: id,
      device: '/dev/vdb',
      tag: 'db',
      delete_on_termination: false,
    },
  ]);
  expect((await servers.server(id))['os-extended-volumes:volumes_attached']).toEqual([
    { id: made.id, delete_on_termination: false },
  ]);
  const told = await ask(stage, 'GET', `/volume/v3/volumes/${made.id}`);
  expect(told.body.volume).toMatchObject({
    name: 'data',
    status: 'in-use',
    size: 3,
    attachments: [{ server_id: id, device: '/dev/vdb', host_name: 'compute11', volume_id: made.id }],
  });

  const refused = await ask(stage, 'DELETE', `/volume/v3/volumes/${made.id}`);
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('web has it as /dev/vdb')]);
  expect((await detach(stage, id, made.id)).status).toBe(202);
  await becomes(stage, 'data', 'available');
  expect(disksOf(stage, 'compute11', id)).toEqual(['vda']);
  const actions = await ask(stage, 'GET', `/v2.1/servers/${id}/os-instance-actions`);
  expect(actions.body.instanceActions).toMatchObject([
    { action: 'detach_volume', message: null },
    { action: 'attach_volume', message: null },
  ]);
  expect((await detach(stage, id, made.id)).status).toBe(404);
  await stage.client().deleteVolume('data');
  expect([...(stage.world.host('compute11').directories.get('/data')?.keys() ?? [])]).toEqual([]);
  await expect(stage.client().volume('data')).rejects.toMatchObject({ code: 'volume-not-found' });
});

test('what cannot be attached is refused, with what is in the way', async () => {
  await using servers = await withPools();
  const { stage } = servers;
  const client = stage.client();
  const web = await stage.guest({ name: 'web', host: 'compute11' });
  const app = await stage.guest({ name: 'app', host: 'compute12' });
  const data = await client.addVolume({
    name: 'data',
    pool: 'data',
    hosts: ['compute11'],
    sizeBytes: gibibyte,
  });
  const refused = async (id: string, body: object, minor?: number): Promise<[number, string]> => {
    const answer = await attach(stage, id, body, minor);
    return [answer.status, answer.text];
  };
  const unknown = '99999999-2222-4222-8222-000000000001';
  expect(await refused(web, { volumeId: unknown })).toEqual([
    404,
    expect.stringContaining('could not be found'),
  ]);
  expect((await refused(unknown, { volumeId: data.id }))[0]).toBe(404);
  expect(await refused(web, { volumeId: data.id, tag: 'early' }, 48)).toEqual([
    400,
    expect.stringContaining('tag'),
  ]);
  expect(await refused(web, { volumeId: data.id, delete_on_termination: true }, 78)).toEqual([
    400,
    expect.stringContaining('delete_on_termination'),
  ]);
  expect(await refused(app, { volumeId: data.id })).toEqual([
    400,
    expect.stringMatching(/It is on compute11, and the instance on compute12: move the instance there/),
  ]);
  expect(await refused(web, { volumeId: data.id, device: '/dev/vda' })).toEqual([
    409,
    expect.stringContaining('/dev/vda'),
  ]);
  const san = await client.addVolume({
    name: 'san',
    source: 'iscsi://nas/iqn.2026-01.example:disks/1',
    authUser: 'web',
    secret: 'nas',
  });
  expect(await refused(web, { volumeId: san.id })).toEqual([
    400,
    expect.stringMatching(/compute11 has no secret iscsi nas: define it there/),
  ]);
  await attach(stage, web, { volumeId: data.id });
  await becomes(stage, 'data', 'in-use');
  expect(await refused(web, { volumeId: data.id })).toEqual([
    400,
    expect.stringContaining(`already attached to ${web} as /dev/vdb`),
  ]);
  await ask(stage, 'POST', `/v2.1/servers/${web}/action`, { body: { pause: null } });
  await servers.becomes(web, 'PAUSED');
  expect([(await detach(stage, web, data.id)).status, (await detach(stage, web, unknown)).status]).toEqual([
    409, 404,
  ]);
});

test('several that are asked for at once come one after another, each with a name of its own', async () => {
  await using servers = await withPools();
  const { stage } = servers;
  const id = await stage.guest({ name: 'web', host: 'compute11' });
  const names = ['one', 'two', 'three'];
  const volumes = await Promise.all(
    names.map((name) =>
      stage.client().addVolume({ name, pool: 'data', hosts: ['compute11'], sizeBytes: gibibyte }),
    ),
  );
  const answers = await Promise.all(volumes.map(({ id: volumeId }) => attach(stage, id, { volumeId })));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  for (const name of names) await becomes(stage, name, 'in-use');
  expect(disksOf(stage, 'compute11', id).toSorted()).toEqual(['vda', 'vdb', 'vdc', 'vdd']);
  // Two instances that want one volume: one gets it.
  const rival = await stage.guest({ name: 'rival', host: 'compute11' });
  const single = await stage
    .client()
    .addVolume({ name: 'single', pool: 'data', hosts: ['compute11'], sizeBytes: gibibyte });
  const both = await Promise.all([id, rival].map((one) => attach(stage, one, { volumeId: single.id })));
  expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 400]));
});

test('a guest that keeps its disk keeps its volume, which says why, and a guest that is off does not', async () => {
  await using servers = await withPools();
  const { stage } = servers;
  const id = await stage.guest({ name: 'web', host: 'compute11' });
  const nbd = await stage.client().addVolume({ name: 'nbd', source: 'nbd://nas/web' });
  await attach(stage, id, { volumeId: nbd.id });
  await becomes(stage, 'nbd', 'in-use');
  Object.assign(stage.world.host('compute11').domains.get(id) ?? {}, { keepsDisks: true });
  await detach(stage, id, nbd.id);
  const actions = await until('it is told', async () => {
    const { body } = await ask(stage, 'GET', `/v2.1/servers/${id}/os-instance-actions`, { minor: 84 });
    const [last] = body.instanceActions;
    return last.action === 'detach_volume' && last.message !== null ? last : null;
  });
  expect(actions.message).toMatch(/nbd stays attached as \/dev\/vdb: the guest does not let go of it/);
  expect((await stage.client().volume('nbd')).status).toBe('in-use');
  await ask(stage, 'POST', `/v2.1/servers/${id}/action`, { body: { 'os-stop': null } });
  await servers.becomes(id, 'SHUTOFF');
  await detach(stage, id, nbd.id);
  await becomes(stage, 'nbd', 'available');
  await stage.client().deleteVolume('nbd');
});

test('a guest that still boots is asked again for its disk, up to eight times', async () => {
  await using servers = await withPools();
  const { stage } = servers;
  const id = await stage.guest({ name: 'web', host: 'compute11' });
  const nbd = await stage.client().addVolume({ name: 'nbd', source: 'nbd://nas/web' });
  await attach(stage, id, { volumeId: nbd.id });
  await becomes(stage, 'nbd', 'in-use');
  const boots = (misses: number): void => {
    Object.assign(stage.world.host('compute11').domains.get(id) ?? {}, { misses });
  };
  boots(8);
  await detach(stage, id, nbd.id);
  const actions = await until('it is told', async () => {
    const { body } = await ask(stage, 'GET', `/v2.1/servers/${id}/os-instance-actions`, { minor: 84 });
    const [last] = body.instanceActions;
    return last.action === 'detach_volume' && last.message !== null ? last : null;
  });
  expect(actions.message).toContain('it was asked 8 times within 160 s');
  expect((await stage.client().volume('nbd')).status).toBe('in-use');
  expect(disksOf(stage, 'compute11', id)).toContain('vdb');
  boots(7);
  await detach(stage, id, nbd.id);
  await becomes(stage, 'nbd', 'available');
  expect(disksOf(stage, 'compute11', id)).not.toContain('vdb');
});

test('a volume goes where its instance goes, and is given to others there alone', async () => {
  await using servers = await withPools();
  const { stage } = servers;
  const client = stage.client();
  const id = await stage.guest({ name: 'web', host: 'compute11' });
  const data = await client.addVolume({
    name: 'data',
    pool: 'data',
    hosts: ['compute11'],
    sizeBytes: gibibyte,
  });
  await attach(stage, id, { volumeId: data.id });
  await becomes(stage, 'data', 'in-use');
  const { id: migration } = await client.migrate(id, { kind: 'live-migration', host: 'compute12' });
  await stage.over(migration);
  expect(await client.migration(migration)).toMatchObject({ status: 'completed' });
  expect(disksOf(stage, 'compute12', id)).toEqual(['vda', 'vdb']);
  await detach(stage, id, data.id);
  await becomes(stage, 'data', 'available');
  expect((await client.volume('data')).hosts).toEqual(['compute12']);
  const stayed = await stage.guest({ name: 'stayed', host: 'compute11' });
  expect((await attach(stage, stayed, { volumeId: data.id })).text).toContain('It is on compute12');
});

test('a pool that came with a move stays where a volume of it was left', async () => {
  await using servers = await withPools();
  const { stage } = servers;
  const client = stage.client();
  const id = await stage.guest({ name: 'web', host: 'compute11' });
  stage.world.host('compute12').pools.delete('data');
  await client.setHost('compute12', { allowedDirectories: ['/data'] });
  for (const name of ['left', 'along']) {
    const made = await client.addVolume({ name, pool: 'data', hosts: ['compute11'], sizeBytes: gibibyte });
    await attach(stage, id, { volumeId: made.id });
    await becomes(stage, name, 'in-use');
  }
  const move = async (host: string): Promise<void> => {
    const { id: migration } = await client.migrate(id, { kind: 'cold-migration', host, definePools: true });
    expect(await stage.over(migration)).toMatchObject({ status: 'confirmed', error: null });
  };
  await move('compute12');
  await detach(stage, id, (await client.volume('left')).id);
  await becomes(stage, 'left', 'available');
  await move('compute11');
  expect(stage.world.host('compute12').pools.get('data')).toMatchObject({ active: true });
  await client.deleteVolume('left');
  await move('compute12');
  await move('compute11');
  expect(stage.world.host('compute12').pools.has('data')).toBe(false);
});

test('an operator says anew which hosts have a volume, as far as they show it', async () => {
  await using servers = await withPools();
  const { stage } = servers;
  const client = stage.client();
  const shared = new Map();
  for (const name of ['compute11', 'compute12']) stage.world.host(name).directories.set('/data', shared);
  await client.addVolume({
    name: 'data',
    pool: 'data',
    volume: 'one',
    hosts: ['compute11'],
    sizeBytes: gibibyte,
  });
  expect(await client.setVolume('data', { hosts: ['compute11', 'compute12'], name: 'both' })).toMatchObject({
    name: 'both',
    hosts: ['compute11', 'compute12'],
  });
  await expect(client.setVolume('both', { hosts: ['compute13'] })).rejects.toMatchObject({
    code: 'volume-refused',
    message: expect.stringContaining('compute13 has no volume one in data') as string,
  });
  await client.setVolume('both', { hosts: ['compute12'] });
  await client.addVolume({
    name: 'again',
    pool: 'data',
    volume: 'one',
    hosts: ['compute11'],
    format: 'qcow2',
  });
  await expect(client.setVolume('both', { hosts: ['compute11', 'compute12'] })).rejects.toMatchObject({
    code: 'volume-exists',
  });
  await expect(stage.client('reader').setVolume('both', { name: 'x' })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('disks of an instance that are volumes count as attached, whichever became known first', async () => {
  await using servers = await withPools();
  const { stage } = servers;
  const client = stage.client();
  const first = await stage.guest({ name: 'first', host: 'compute11' });
  const domain = stage.world.host('compute11').domains.get(first);
  const file = { format: 'raw', capacityBytes: gibibyte, backing: null, owner: null, content: 'x' };
  stage.world.host('compute11').directories.get('/data')?.set('own', file);
  const disk =
    "<disk type='volume' device='disk'><source pool='data' volume='own'/><target dev='vdb'/></disk>";
  if (domain !== undefined) domain.xml = domain.xml.replace('</devices>', `${disk}</devices>`);
  const own = await client.addVolume({ name: 'own', pool: 'data', volume: 'own' });
  expect(own).toMatchObject({ status: 'in-use', made: false, sizeBytes: gibibyte, format: 'raw' });
  expect(own.attachments).toMatchObject([{ instance: 'first', device: '/dev/vdb' }]);
  await expect(client.addVolume({ name: 'twice', pool: 'data', volume: 'own' })).rejects.toMatchObject({
    code: 'volume-exists',
  });
  await detach(stage, first, own.id);
  await becomes(stage, 'own', 'available');
  expect(disksOf(stage, 'compute11', first)).toEqual(['vda']);
  // And one that is taken in later.
  const later = '22222222-2222-4222-8222-0000000000aa';
  const xml = `<domain type='qemu'><name>later</name><uuid>${later}</uuid><memory unit='MiB'>64</memory>
    <os><type arch='x86_64' machine='q35'>hvm</type></os><devices>${disk}</devices></domain>`;
  stage.world.addDomain('compute11', xml);
  await expect(client.deleteVolume('own', true)).rejects.toMatchObject({ code: 'volume-in-use' });
  expect((await attach(stage, first, { volumeId: own.id })).text).toContain(
    'The domain later on compute11 has it',
  );
  await client.adoptInstance({ host: 'compute11', domain: 'later' });
  expect((await client.volume('own')).attachments).toMatchObject([{ instance: 'later', device: '/dev/vdb' }]);
  // Its only disk is what it boots from.
  expect((await detach(stage, later, own.id)).text).toContain('Cannot detach a root device volume');
  expect(await servers.delete(later)).toBe(204);
  await servers.gone(later);
  await client.deleteVolume('own');
  expect(stage.world.host('compute11').directories.get('/data')?.has('own')).toBe(true);
});

test('a server that is deleted lets go of its volumes, and takes along those that were to go with it', async () => {
  await using servers = await withPools();
  const { stage } = servers;
  const client = stage.client();
  const id = await stage.guest({ name: 'web', host: 'compute11' });
  for (const name of ['goes', 'stays']) {
    const made = await client.addVolume({
      name,
      pool: 'data',
      volume: name,
      hosts: ['compute11'],
      sizeBytes: gibibyte,
    });
    const answer = await attach(stage, id, { volumeId: made.id });
    expect(answer.status).toBe(200);
    await becomes(stage, name, 'in-use');
    const path = `/v2.1/servers/${id}/os-volume_attachments/${made.id}`;
    const put = (body: object, minor = 85): Promise<Answer> =>
      ask(stage, 'PUT', path, { minor, body: { volumeAttachment: body } });
    expect((await put({ volumeId: made.id }, 84)).status).toBe(501);
    expect((await put({ volumeId: id })).status).toBe(501);
    expect((await put({ volumeId: made.id, device: '/dev/vdz' })).status).toBe(400);
    const change = { volumeId: made.id, delete_on_termination: name === 'goes' };
    expect((await put(change)).status).toBe(202);
    const { body } = await ask(stage, 'GET', path, { minor: 79 });
    expect(body.volumeAttachment.delete_on_termination).toBe(name === 'goes');
  }
  expect(await servers.delete(id)).toBe(204);
  await servers.gone(id);
  expect((await client.volumes()).map(({ name, status }) => [name, status])).toEqual([
    ['stays', 'available'],
  ]);
  expect([...(stage.world.host('compute11').directories.get('/data')?.keys() ?? [])]).toEqual(['stays']);
});

test('what is no volume that can be known is refused, with all that is wrong', async () => {
  await using servers = await withPools();
  const client = servers.stage.client();
  const why = (body: object): Promise<string> =>
    client.addVolume({ name: 'x', ...body }).then(
      () => 'it was taken',
      (error: Error) => error.message,
    );
  expect(await why({})).toContain('either a pool or a source');
  expect(await why({ pool: 'data' })).toContain('which volume of the pool');
  expect(await why({ source: 'http://nas/web', authUser: 'web' })).toMatch(
    /user and a secret.*none of these forms/,
  );
  expect(await why({ source: 'nbd://nas/web', hosts: ['compute11'] })).toContain('on no host');
  expect(await why({ pool: 'data', sizeBytes: gibibyte })).toMatch(/compute11, compute12.* have a pool data/);
  expect(await why({ pool: 'data', volume: 'gone', hosts: ['compute11', 'compute12'] })).toMatch(
    /compute11 has no volume gone in data.*compute12 has no volume gone/,
  );
  expect(await why({ pool: 'none', volume: 'gone' })).toMatch(/compute11 has no pool none/);
  // The two have a pool of that name each, and not the same one.
  expect(await why({ pool: 'data', sizeBytes: gibibyte, hosts: ['compute11', 'compute12'] })).toContain(
    'they do not have the same pool',
  );
  expect(await client.volumes()).toEqual([]);
  expect([...(servers.stage.world.host('compute11').directories.get('/data')?.keys() ?? [])]).toEqual([]);
});

test('readers change nothing, and a lock keeps others out', async () => {
  await using servers = await withPools();
  const { stage } = servers;
  const id = await stage.guest({ name: 'web', host: 'compute11' });
  const nbd = await stage.client().addVolume({ name: 'nbd', source: 'nbd://nas/web' });
  const path = `/v2.1/servers/${id}/os-volume_attachments`;
  const body = { volumeAttachment: { volumeId: nbd.id } };
  expect((await ask(stage, 'POST', path, { role: 'reader', body })).status).toBe(403);
  expect((await ask(stage, 'DELETE', `${path}/${nbd.id}`, { role: 'reader' })).status).toBe(403);
  expect((await ask(stage, 'DELETE', `/volume/v3/volumes/${nbd.id}`, { role: 'reader' })).status).toBe(403);
  expect((await ask(stage, 'POST', '/volume/v3/volumes', { body: {}, role: 'reader' })).status).toBe(403);
  expect((await ask(stage, 'GET', '/volume/v3/volumes', { role: 'reader' })).body.volumes).toMatchObject([
    { name: 'nbd' },
  ]);
  await ask(stage, 'POST', `/v2.1/servers/${id}/action`, { body: { lock: null } });
  expect((await ask(stage, 'POST', path, { role: 'operator', body })).status).toBe(409);
  expect((await attach(stage, id, body.volumeAttachment)).status).toBe(200);
  await becomes(stage, 'nbd', 'in-use');
});
