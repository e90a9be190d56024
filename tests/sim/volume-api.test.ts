import type { SimulatedDirectory } from '@ferry/hypervisor/simulated';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Answer } from './openstack-caller.ts';
import { ask } from './openstack-caller.ts';
import { type Member, newMember } from './project-member.ts';
import { runFerry } from './run-ferry.ts';
import { ServerStage } from './server-world.ts';
import { until } from './world.ts';

const gibibyte = 1024 ** 3;
const hosts = ['compute11', 'compute12'] as const;

let servers: ServerStage;
let ada: Member;
beforeEach(async () => {
  servers = await ServerStage.open({ quotas: { volumes: 3, gigabytes: 50, metadataItems: 2 } });
  const shared: SimulatedDirectory = new Map();
  for (const host of servers.stage.world.hosts.values()) {
    const pools = { default: '/pool', nfs: '/nfs', apart: '/apart' };
    host.directories.set('/nfs', shared);
    for (const directory of ['/pool', '/apart']) host.directories.set(directory, new Map());
    for (const [name, directory] of Object.entries(pools))
      host.pools.set(name, { type: 'dir', active: true, autostart: true, directory, source: '' });
  }
  servers.stage.world.host('compute13').pools.clear();
  ada = await newMember(servers.stage, 'ada');
});
afterEach(() => servers[Symbol.asyncDispose]());

const page = (path = ''): string => `/volume/v3/${ada.projectId}/volumes${path}`;
const create = (volume: object, hints?: object): Promise<Answer> =>
  ada.ask('POST', page(), {
    body: { volume, ...(hints === undefined ? {} : { 'OS-SCH-HNT:scheduler_hints': hints }) },
  });

async function created(volume: object, hints?: object): Promise<string> {
  const answer = await create(volume, hints);
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  return answer.body.volume.id as string;
}

/** Polls as clients do. */
function becomes(id: string, status: string): Promise<Record<string, unknown>> {
  let last: unknown = null;
  return until(
    () => `volume ${id} is ${status}; it is ${JSON.stringify(last)}`,
    async () => {
      const { body } = await ada.ask('GET', page(`/${id}`));
      last = body.volume;
      return body.volume?.status === status ? (body.volume as Record<string, unknown>) : null;
    },
  );
}

const gone = (id: string): Promise<true> =>
  until(`volume ${id} is gone`, async () =>
    (await ada.ask('GET', page(`/${id}`))).status === 404 ? true : null,
  );

const filesIn = (host: string, directory: string): string[] => [
  ...(servers.stage.world.host(host).directories.get(directory)?.keys() ?? []),
];

/** Why it is in error: an operator is told, and its owner that there is a reason. */
async function faultOf(id: string): Promise<string | null> {
  const { body } = await ada.ask('GET', page(`/${id}`));
  expect(body.volume.fault.message).toContain('an administrator is told why');
  const told = await ask(servers.stage, 'GET', page(`/${id}`));
  const { fault } = await known(id);
  expect(told.body.volume.fault.message).toBe(fault);
  return fault;
}

/** What Ferry's own API tells of one. */
const known = (id: string) => servers.stage.client().volume(id);

test('a project makes a volume of which it knows no host, changes and extends it, and deletes it', async () => {
  const answer = await create({ name: 'v', size: 1, description: 'of hers', metadata: { tier: 'gold' } });
  expect(answer.status).toBe(202);
  expect(answer.body.volume).toMatchObject({
    name: 'v',
    status: 'creating',
    size: 1,
    description: 'of hers',
    metadata: { tier: 'gold' },
    volume_type: '__DEFAULT__',
    attachments: [],
    bootable: 'false',
    user_id: ada.userId,
  });
  // Whose it is, Cinder tells on its page and not in the reply.
  expect(answer.body.volume).not.toHaveProperty('os-vol-tenant-attr:tenant_id');
  const id: string = answer.body.volume.id;
  await becomes(id, 'available');
  const { hosts: on, source, made } = await known(id);
  expect([on.length, source, made]).toEqual([1, `default/volume-${id}.qcow2`, true]);
  const [host = ''] = on;
  expect(filesIn(host, '/pool')).toEqual([`volume-${id}.qcow2`]);

  const volume = { name: 'w', description: '', metadata: { tier: 'tin' } };
  const changed = await ada.ask('PUT', page(`/${id}`), { body: { volume } });
  expect([changed.status, changed.body.volume]).toEqual([200, expect.objectContaining(volume)]);
  const words = page(`/${id}/metadata`);
  await ada.ask('POST', words, { body: { metadata: { site: 'b' } } });
  expect((await ada.ask('GET', words)).body).toEqual({ metadata: { tier: 'tin', site: 'b' } });
  const third = await ada.ask('POST', words, { body: { metadata: { more: 'c' } } });
  expect([third.status, third.text]).toEqual([413, expect.stringContaining('metadata items')]);
  expect((await ada.ask('DELETE', `${words}/tier`)).status).toBe(200);
  expect((await ada.ask('DELETE', `${words}/tier`)).status).toBe(404);
  const put = await ada.ask('PUT', `${words}/site`, { body: { meta: { site: 'c' } } });
  expect([put.status, put.body]).toEqual([200, { meta: { site: 'c' } }]);

  const extend = { body: { 'os-extend': { new_size: 3 } } };
  expect((await ada.ask('POST', page(`/${id}/action`), extend)).status).toBe(202);
  expect(await becomes(id, 'available')).toMatchObject({ size: 3, metadata: { site: 'c' } });
  const file = servers.stage.world.host(host).directories.get('/pool')?.get(`volume-${id}.qcow2`);
  expect(file?.capacityBytes).toBe(3 * gibibyte);
  const smaller = await ada.ask('POST', page(`/${id}/action`), extend);
  expect([smaller.status, smaller.text]).toEqual([400, expect.stringContaining('(current: 3, extended: 3)')]);

  expect((await ada.ask('GET', page('/detail?status=available'))).body.volumes).toMatchObject([
    { id, size: 3 },
  ]);
  expect((await ada.ask('DELETE', page(`/${id}?cascade=false`))).status).toBe(202);
  await gone(id);
  expect(filesIn(host, '/pool')).toEqual([]);
});

test('a list is sorted, filtered and given in pages as Cinder gives it', async () => {
  const made: string[] = [];
  for (const [name, size] of [
    ['b', 2],
    ['a', 1],
    ['c', 3],
  ] as const)
    made.push(await created({ name, size, metadata: { kind: name === 'c' ? 'log' : 'data' } }));
  for (const id of made) await becomes(id, 'available');
  const list = async (query: string): Promise<string[]> =>
    ((await ada.ask('GET', page(`?${query}`))).body.volumes as { name: string }[]).map(({ name }) => name);
  expect(await list('')).toEqual(['c', 'a', 'b']);
  expect(await list('sort=name:asc')).toEqual(['a', 'b', 'c']);
  expect(await list('sort_key=size&sort_dir=desc')).toEqual(['c', 'b', 'a']);
  expect(await list(`metadata=${encodeURIComponent("{'kind': 'data'}")}&sort=name:asc`)).toEqual(['a', 'b']);
  const first = (await ada.ask('GET', page('?limit=3&sort=name:asc'))).body;
  const next = new URL(first.volumes_links[0].href);
  // A page that is full has a next one, though nothing is on it.
  expect((await ada.ask('GET', `${next.pathname}${next.search}`)).body).toEqual({ volumes: [] });
  const { stage } = servers;
  const ofProject = async (id: string): Promise<number> =>
    (await ask(stage, 'GET', page(`/detail?all_tenants=1&project_id=${id}`))).body.volumes.length;
  expect([await ofProject(ada.projectId), await ofProject('0'.repeat(32))]).toEqual([3, 0]);
  for (const query of ['sort=host', 'sort=name:up', 'metadata=gold', 'marker=none'])
    expect([query, (await ada.ask('GET', page(`?${query}`))).status]).toEqual([query, 400]);
  for (const id of made) {
    await ada.ask('DELETE', page(`/${id}`));
    await gone(id);
  }
});

test('it is made where most room is, on the host of a server, and apart from another', async () => {
  const { stage } = servers;
  const pool = { type: 'dir', active: true, autostart: true, directory: '/pool', source: '' };
  stage.world.host('compute12').pools.set('default', { ...pool, roomBytes: 20 * gibibyte });
  const large = await created({ size: 30 });
  expect((await known(large)).hosts).toEqual(['compute11']);
  const apart = await created({ size: 1 }, { different_host: [large] });
  expect((await known(apart)).hosts).toEqual(['compute12']);
  // What is sparse now counts as large as it may become.
  const limits = `/volume/v3/os-quota-sets/${ada.projectId}`;
  await ask(stage, 'PUT', limits, { body: { quota_set: { gigabytes: 100 } } });
  const none = await create({ size: 20 }, { same_host: apart });
  await ask(stage, 'DELETE', limits);
  expect([none.status, none.text]).toEqual([400, expect.stringContaining('No valid host was found')]);
  expect(none.text).not.toContain('compute12');
  const server = await stage.guest({ name: 'web', host: 'compute12' });
  const stranger = await create({ size: 1 }, { local_to_instance: server });
  expect([stranger.status, stranger.text]).toEqual([404, expect.stringContaining(server)]);
  const own = await ask(stage, 'POST', '/volume/v3/volumes', {
    body: { volume: { size: 1 }, 'OS-SCH-HNT:scheduler_hints': { local_to_instance: server } },
  });
  expect((await known(own.body.volume.id as string)).hosts).toEqual(['compute12']);
  const why = await ask(stage, 'POST', '/volume/v3/volumes', { body: { volume: { size: 5000 } } });
  expect(why.text).toMatch(/compute11: \d+ bytes are needed and \d+ are free of its pool/);
});

test('a type is a pool that an admin names; one that hosts share is on all of them', async () => {
  const { stage } = servers;
  const ferry = (...words: string[]) => runFerry(stage, ['volume', 'type', ...words]);
  const named = ['--host', 'compute11', '--host', 'compute12', '--shared'];
  expect(await ferry('create', 'archive', '--pool', 'nfs', ...named)).toMatchObject({ code: 0 });
  expect(await ferry('create', 'apart', '--pool', 'apart', '--shared', '--default')).toMatchObject({
    code: 0,
  });
  expect((await ferry('create', 'apart', '--pool', 'nfs')).err).toContain(
    'There is a volume type apart already',
  );
  expect((await ferry('list')).out).toMatch(/archive +nfs +compute11, compute12 +yes +no/);
  const types = await ada.ask('GET', '/volume/v3/types?is_public=None');
  expect(types.body.volume_types).toMatchObject([{ name: 'apart' }, { name: 'archive' }]);
  expect(types.text).not.toContain('nfs');
  expect((await ada.ask('GET', '/volume/v3/types/default')).body.volume_type.name).toBe('apart');

  const id = await created({ size: 2, volume_type: 'archive' });
  expect(await becomes(id, 'available')).toMatchObject({ volume_type: 'archive' });
  expect((await known(id)).hosts.toSorted()).toEqual(hosts);
  const unknown = await create({ size: 1, volume_type: 'gold' });
  expect([unknown.status, unknown.text]).toEqual([404, expect.stringContaining('Volume type gold')]);

  // Hosts that do not share what is said to be shared: nothing is left, and it says why.
  const error = await becomes(await created({ size: 1 }), 'error');
  expect(await faultOf(String(error['id']))).toMatch(/does not see what compute1\d made/);
  for (const host of hosts) expect(filesIn(host, '/apart')).toEqual([]);
  await ada.ask('DELETE', page(`/${String(error['id'])}`));
  await gone(String(error['id']));
  expect(await ferry('delete', 'archive')).toMatchObject({ code: 0 });
  expect(await becomes(id, 'available')).toMatchObject({ volume_type: null });
});

test('what somebody names stays, with the reason; what Ferry did not make is only forgotten', async () => {
  const { stage } = servers;
  const id = await created({ name: 'v', size: 1 });
  await becomes(id, 'available');
  const { hosts: on } = await known(id);
  const [host = ''] = on;
  const guest = await stage.guest({ name: 'web', host });
  const domain = stage.world.host(host).domains.get(guest);
  const source = `<source pool='default' volume='volume-${id}.qcow2'/>`;
  const disk = `<disk type='volume' device='disk'>${source}<target dev='vdx'/></disk>`;
  const before = domain?.xml ?? '';
  Object.assign(domain ?? {}, { xml: before.replace('</devices>', `${disk}</devices>`) });
  expect((await ada.ask('DELETE', page(`/${id}`))).status).toBe(202);
  await becomes(id, 'error_deleting');
  expect(await faultOf(id)).toContain(`v was not deleted: The domain web on ${host} has v as vdx`);
  const extend = { body: { 'os-extend': { new_size: 2 } } };
  expect((await ada.ask('POST', page(`/${id}/action`), extend)).status).toBe(400);
  expect(filesIn(host, '/pool')).toEqual([`volume-${id}.qcow2`]);
  // Somebody else's word that all is well is an administrator's alone.
  const reset = { body: { 'os-reset_status': { status: 'available' } } };
  expect((await ada.ask('POST', page(`/${id}/action`), reset)).status).toBe(403);
  expect((await ask(stage, 'POST', page(`/${id}/action`), reset)).status).toBe(202);
  await ada.ask('POST', page(`/${id}/action`), extend);
  expect(await becomes(id, 'error_extending')).toMatchObject({ size: 1 });
  Object.assign(domain ?? {}, { xml: before });
  await ada.ask('POST', page(`/${id}/action`), extend);
  expect(await becomes(id, 'available')).toMatchObject({ size: 2 });
  expect(await becomes(id, 'available')).not.toHaveProperty('fault');

  const file = { format: 'raw', capacityBytes: gibibyte, backing: null, owner: null, content: 'precious' };
  stage.world.host('compute11').directories.get('/pool')?.set('old', file);
  const where = { pool: 'default', volume: 'old', hosts: ['compute11'] };
  const adopted = await stage.client().addVolume({ name: 'old', project: ada.projectId, ...where });
  const grown = await ada.ask('POST', page(`/${adopted.id}/action`), extend);
  expect([grown.status, grown.text]).toEqual([400, expect.stringContaining('was not made by Ferry')]);
  expect((await ada.ask('DELETE', page(`/${adopted.id}`))).status).toBe(202);
  await gone(adopted.id);
  expect(filesIn('compute11', '/pool')).toContain('old');
});

test('a volume is nothing to another project, and its reader changes nothing', async () => {
  const id = await created({ size: 1 });
  await becomes(id, 'available');
  const bob = await newMember(servers.stage, 'bob');
  const extend = { body: { 'os-extend': { new_size: 2 } } };
  const asked = (method: string, path: string, asking = {}): Promise<Answer> =>
    bob.ask(method, `/volume/v3/volumes/${id}${path}`, asking);
  for (const answer of [
    await asked('GET', ''),
    await asked('PUT', '', { body: { volume: { name: 'mine' } } }),
    await asked('DELETE', ''),
    await asked('POST', '/action', extend),
    await asked('GET', '/metadata'),
    await asked('POST', '/metadata', { body: { metadata: { a: 'b' } } }),
    await bob.ask('POST', '/volume/v3/volumes', {
      body: { volume: { size: 1 }, 'OS-SCH-HNT:scheduler_hints': { same_host: id } },
    }),
  ])
    expect([answer.status, answer.text]).toEqual([404, expect.stringContaining('could not be found')]);
  const eve = await newMember(servers.stage, 'eve', 'reader');
  const made = await eve.ask('POST', '/volume/v3/volumes', { body: { volume: { size: 1 } } });
  expect(made.status).toBe(403);
  expect(await becomes(id, 'available')).toMatchObject({ name: '', size: 1, metadata: {} });
  const { out } = await runFerry(servers.stage, ['audit', '-o', 'json']);
  expect(out).toContain('volume:volumes.os-extend');
});

test('quotas hold, and are told', async () => {
  await created({ size: 20 });
  await created({ size: 20 });
  const large = await create({ size: 20 });
  expect([large.status, large.text]).toEqual([
    413,
    expect.stringContaining('Requested 20, but already used 40 of 50 gigabytes'),
  ]);
  const id = await created({ size: 1 });
  expect((await create({ size: 1 })).text).toContain('already used 3 of 3 volumes');
  await becomes(id, 'available');
  const extend = { body: { 'os-extend': { new_size: 12 } } };
  expect((await ada.ask('POST', page(`/${id}/action`), extend)).status).toBe(413);
  const limits = await ada.ask('GET', '/volume/v3/limits');
  expect(limits.body.limits.absolute).toMatchObject({
    maxTotalVolumes: 3,
    totalVolumesUsed: 3,
    maxTotalVolumeGigabytes: 50,
    totalGigabytesUsed: 41,
  });
  const quotas = await ada.ask('GET', `/volume/v3/os-quota-sets/${ada.projectId}?usage=true`);
  expect(quotas.body.quota_set.gigabytes).toEqual({ limit: 50, in_use: 41, reserved: 0 });
  expect((await ada.ask('GET', '/volume/v3/os-quota-sets/another')).status).toBe(403);
  const { stage } = servers;
  const path = `/volume/v3/os-quota-sets/${ada.projectId}`;
  const body = { quota_set: { gigabytes: 60, snapshots: 3 } };
  expect((await ada.ask('PUT', path, { body })).status).toBe(403);
  expect((await ask(stage, 'PUT', path, { body })).body.quota_set).toMatchObject({
    volumes: 3,
    gigabytes: 60,
    snapshots: 3,
  });
  expect((await ask(stage, 'GET', `${path}/defaults`)).body.quota_set).toMatchObject({ gigabytes: 50 });
  expect((await ask(stage, 'PUT', path, { body: { quota_set: { apples: 1 } } })).status).toBe(400);
  // The class of all others has an address of its own.
  for (const method of ['PUT', 'DELETE'])
    expect((await ask(stage, method, '/volume/v3/os-quota-sets/default', { body })).status).toBe(400);
  expect((await ask(stage, 'DELETE', path)).status).toBe(200);
  expect((await ada.ask('GET', path)).body.quota_set).toMatchObject({ gigabytes: 50, snapshots: 0 });
  const klass = '/volume/v3/os-quota-class-sets/default';
  expect((await ask(stage, 'PUT', klass, { body: { quota_class_set: { volumes: 4 } } })).body).toMatchObject({
    quota_class_set: { volumes: 4, gigabytes: 50 },
  });
  expect((await ada.ask('GET', path)).body.quota_set.volumes).toBe(4);
  expect((await ask(stage, 'PUT', klass, { body: { quota_class_set: { volumes: 3 } } })).status).toBe(200);
});

test.each([
  [{}, 400, "'size' is a required property"],
  [{ size: 0 }, 400, 'volume.size'],
  [{ size: 'many' }, 400, 'volume.size'],
  [{ size: 1, snapshot_id: 'a', imageRef: 'b' }, 501, 'snapshot_id is not done'],
  [{ size: 1, multiattach: true }, 501, 'multiattach is not done'],
  [{ size: 1, metadata: { a: 1 } }, 400, 'metadata'],
  [{ size: 1, availability_zone: 'mars' }, 400, 'No valid host was found'],
])('%j is refused', async (volume, status, words) => {
  const answer = await create(volume);
  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(words)]);
});

test('snapshots, backups and what else volumes could do are told as not done', async () => {
  const id = await created({ size: 1 });
  for (const noun of ['snapshots', 'backups'])
    expect((await ask(servers.stage, 'POST', `/volume/v3/${noun}`, { body: {} })).status).toBe(501);
  const retype = await ada.ask('POST', page(`/${id}/action`), { body: { 'os-retype': { new_type: 'x' } } });
  expect([retype.status, retype.text]).toEqual([501, expect.stringContaining('os-retype is not done')]);
});

test('a volume whose making fails is in error with its reason, takes nothing, and is deleted as any other', async () => {
  const { stage } = servers;
  stage.world.faults.plan('compute11', 'pools.ensureVolume', 'reply-lost');
  const id = await created({ size: 1 });
  await becomes(id, 'error');
  expect(await faultOf(id)).toContain('The volume was not made: compute11: the answer');
  expect(filesIn('compute11', '/pool')).toEqual([]);
  await ada.ask('DELETE', page(`/${id}`));
  await gone(id);
});
