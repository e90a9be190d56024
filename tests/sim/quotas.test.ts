import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, ask } from './openstack-caller.ts';
import { type Member, newMember } from './project-member.ts';
import { ServerStage } from './server-world.ts';

let servers: ServerStage;
let ada: Member;
beforeAll(async () => {
  servers = await ServerStage.open({
    quotas: {
      instances: 2,
      ram: 64 * 2,
      metadataItems: 2,
      keyPairs: 1,
      serverGroups: 1,
      serverGroupMembers: 1,
      images: 1,
      applicationCredentials: 1,
    },
  });
  const { stage, imageId } = servers;
  await ask(stage, 'PATCH', `/image/v2/images/${imageId}`, {
    headers: { 'content-type': 'application/openstack-images-v2.1-json-patch' },
    body: [{ op: 'replace', path: '/visibility', value: 'public' }],
  });
  ada = await newMember(stage, 'ada');
});
afterAll(() => servers[Symbol.asyncDispose]());

const post = (path: string, body: object): Promise<Answer> => ada.ask('POST', path, { body });
function create(server: object = {}, hints?: object): Promise<Answer> {
  const wanted = { name: 'hers', imageRef: servers.imageId, flavorRef: '1', networks: [], ...server };
  return post('/v2.1/servers', {
    server: wanted,
    ...(hints === undefined ? {} : { 'os:scheduler_hints': hints }),
  });
}

const resized = (id: string, flavorRef: string): Promise<Answer> =>
  post(`/v2.1/servers/${id}/action`, { resize: { flavorRef } });

test.each([
  [
    'key pairs',
    () => ['/v2.1/os-keypairs', (name: string) => ({ keypair: { name } })] as const,
    'Quota exceeded, too many key pairs: 2 would be more than 1.',
  ],
  [
    'server groups',
    () =>
      [
        '/v2.1/os-server-groups',
        (name: string) => ({ server_group: { name, policies: ['affinity'] } }),
      ] as const,
    'Quota exceeded, too many server groups',
  ],
  [
    'images',
    () => ['/image/v2/images', (name: string) => ({ name })] as const,
    'Quota exceeded, too many images',
  ],
  [
    'application credentials',
    () =>
      [
        `/identity/v3/users/${ada.userId}/application_credentials`,
        (name: string) => ({ application_credential: { name } }),
      ] as const,
    'Quota exceeded, too many application credentials',
  ],
])('one more of %s than a project or user may have is refused with 403', async (_, of, message) => {
  const [path, body] = of();
  expect((await post(path, body('first'))).status).toBeLessThan(300);
  const refused = await post(path, body('second'));
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining(message)]);
});

describe('instances', () => {
  test('metadata and members of a group are counted', async () => {
    const many = await create({ metadata: { a: '1', b: '2', c: '3' } });
    expect([many.status, many.body.forbidden.message]).toEqual([
      403,
      expect.stringContaining('too many metadata items: 3 would be more than 2'),
    ]);
    const [group] = (await ada.ask('GET', '/v2.1/os-server-groups')).body.server_groups;
    const grouped = await create({ min_count: 2 }, { group: group.id });
    expect([grouped.status, grouped.text]).toEqual([
      403,
      expect.stringContaining('too many servers in group'),
    ]);
  });

  test("those at once are no more than the quota, in Nova's words; it is told as it is", async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => create({ metadata: { a: '1' } })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 202, 403, 403, 403]);
    const refused = answers.find(({ status }) => status === 403);
    expect(refused?.body.forbidden.message).toContain(
      'Quota exceeded for instances, ram: Requested 1, 64, but already used 2, 128 of 2, 128 instances, ram.',
    );
    const { absolute } = (await ada.ask('GET', '/v2.1/limits')).body.limits;
    expect(absolute).toMatchObject({
      maxTotalInstances: 2,
      maxTotalCores: 20,
      totalInstancesUsed: 2,
      totalRAMUsed: 128,
      maxServerMeta: 2,
      maxServerGroups: 1,
      totalServerGroupsUsed: 1,
    });
    const detail = await ada.ask('GET', `/v2.1/os-quota-sets/${ada.projectId}/detail`);
    expect(detail.body.quota_set.instances).toEqual({ in_use: 2, limit: 2, reserved: 0 });
    const id = answers.find(({ status }) => status === 202)?.body.server.id as string;
    const more = await post(`/v2.1/servers/${id}/metadata`, { metadata: { b: '2', c: '3' } });
    expect([more.status, more.text]).toEqual([403, expect.stringContaining('too many metadata items')]);
    expect((await post(`/v2.1/servers/${id}/metadata`, { metadata: { b: '2' } })).status).toBe(200);
  });

  test('what is too large for the project is refused for that, whatever the hosts would say', async () => {
    const { stage } = servers;
    await ask(stage, 'POST', '/v2.1/flavors', {
      body: { flavor: { id: 'vast', name: 'vast', ram: 999_999, vcpus: 4, disk: 0 } },
    });
    // No host has so much either: asked first, they would be the reason.
    const refused = await create({ flavorRef: 'vast' });
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('Quota exceeded for')]);
  });

  test('an administrator gives a project others, and takes them back; fewer than it has only by force', async () => {
    const { stage } = servers;
    const path = `/v2.1/os-quota-sets/${ada.projectId}`;
    const say = (quota_set: object): Promise<Answer> => ask(stage, 'PUT', path, { body: { quota_set } });
    expect((await ada.ask('PUT', path, { body: { quota_set: { instances: 9 } } })).status).toBe(403);
    expect((await say({ instances: 3, ram: 192 })).body.quota_set).toMatchObject({ instances: 3, ram: 192 });
    const made = await create();
    expect(made.status).toBe(202);
    const fewer = await say({ instances: 2 });
    expect([fewer.status, fewer.text]).toEqual([
      400,
      expect.stringContaining(
        'Quota limit 2 for instances must be greater than or equal to already used and reserved 3.',
      ),
    ]);
    expect((await say({ instances: 2, force: true })).body.quota_set.instances).toBe(2);
    expect((await create()).status).toBe(403);
    await servers.becomes(made.body.server.id, 'ACTIVE');
    await ada.ask('DELETE', `/v2.1/servers/${made.body.server.id}`);
    await servers.gone(made.body.server.id);
    expect((await ask(stage, 'DELETE', path)).status).toBe(202);
    const { absolute } = (await ada.ask('GET', '/v2.1/limits')).body.limits;
    expect(absolute).toMatchObject({ maxTotalInstances: 2, maxTotalRAMSize: 128 });
  });

  test('a larger size is held to them as well, one after the other and at once; a smaller one is not', async () => {
    const { servers: hers } = (await ada.ask('GET', '/v2.1/servers')).body;
    const ids = (hers as { id: string }[]).map(({ id }) => id);
    for (const id of ids) await servers.becomes(id, 'ACTIVE');
    for (const [id, ram] of [
      ['66', 96],
      ['67', 65],
    ] as const)
      await ask(servers.stage, 'POST', '/v2.1/flavors', {
        body: { flavor: { id, name: id, ram, vcpus: 1, disk: 0 } },
      });
    const [first = '', second = ''] = ids;
    const refused = await resized(first, '66');
    expect([refused.status, refused.text]).toEqual([
      403,
      expect.stringContaining('Quota exceeded for ram: Requested 32, but already used 128 of 128 ram.'),
    ]);
    expect((await ada.ask('GET', `/v2.1/servers/${first}`)).body.server.status).toBe('ACTIVE');
    // One is deleted: there is room for one of the two that are asked for at once.
    expect((await ada.ask('DELETE', `/v2.1/servers/${second}`)).status).toBe(204);
    await servers.gone(second);
    expect((await resized(first, '66')).status).toBe(202);
    // It may go back to what it was and forth: the larger of the two counts, also while it is on its way.
    const { absolute } = (await ada.ask('GET', '/v2.1/limits')).body.limits;
    expect(absolute.totalRAMUsed).toBe(96);
    const third = await create();
    expect([third.status, third.text]).toEqual([
      403,
      expect.stringContaining('Requested 64, but already used 96 of 128 ram'),
    ]);
  });

  test('the first project, which has what was adopted, may have as many as it likes', async () => {
    expect((await servers.create({ min_count: 3 })).status).toBe(202);
    const { absolute } = (await ask(servers.stage, 'GET', '/v2.1/limits')).body.limits;
    expect(absolute).toMatchObject({ maxTotalInstances: -1, maxTotalCores: -1 });
  });
});

test('user data is no longer than 65,535 bytes of base64', async () => {
  expect((await create({ user_data: 'A'.repeat(65_536) })).status).toBe(400);
});
