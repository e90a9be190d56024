import { expect, test } from 'vitest';
import { ask, onLoopback } from './openstack-caller.ts';
import { Stage } from './world.ts';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl of the test';

test('flavors are made, listed in pages and as each microversion has them, and deleted', async () => {
  await using stage = await Stage.open({}, onLoopback);
  const make = (flavor: object, minor = 1): ReturnType<typeof ask> =>
    ask(stage, 'POST', '/v2.1/flavors', { minor, body: { flavor } });
  expect((await ask(stage, 'GET', '/v2.1/flavors')).body).toEqual({ flavors: [] });
  const made = await make({ name: 'small', id: '1', ram: '64', vcpus: 1, disk: 1 });
  expect(made.body).toMatchObject({ flavor: { id: '1', ram: 64, swap: '', rxtx_factor: 1 } });
  await make({ name: 'secret', id: 2, ram: 128, vcpus: 2, disk: 0, 'os-flavor-access:is_public': 'false' });
  await make({ name: 'large', ram: 256, vcpus: 4, disk: 9, description: 'a lot' }, 55);
  expect((await make({ name: 'other', id: '1', ram: 1, vcpus: 1, disk: 1 })).status).toBe(409);
  expect((await make({ name: 'small', ram: 1, vcpus: 1, disk: 1 })).status).toBe(409);
  const wrong = await make({ name: 'x', ram: 0, disk: 1, description: 'too early' });
  expect(wrong.body.badRequest.message).toContain('vcpus');
  expect(wrong.body.badRequest.message).toContain('description');
  const names = async (query: string, minor = 1): Promise<string[]> =>
    (await ask(stage, 'GET', `/v2.1/flavors/detail${query}`, { minor })).body.flavors.map(
      (one: { name: string }) => one.name,
    );
  expect(await names('?sort_key=memory_mb')).toEqual(['small', 'large']);
  expect(await names('?is_public=None&sort_key=memory_mb&sort_dir=desc')).toEqual([
    'large',
    'secret',
    'small',
  ]);
  expect(await names('?minRam=100')).toEqual(['large']);
  const first = await ask(stage, 'GET', '/v2.1/flavors?is_public=None&limit=2');
  expect(first.body.flavors).toHaveLength(2);
  const next = new URL(first.body.flavors_links[0].href);
  expect((await ask(stage, 'GET', `${next.pathname}${next.search}`)).body.flavors).toHaveLength(1);
  const told = await ask(stage, 'GET', '/v2.1/flavors/1', { minor: 75 });
  expect(told.body.flavor).toMatchObject({ swap: 0, description: null, extra_specs: {} });
  expect((await ask(stage, 'GET', '/v2.1/flavors/1')).body.flavor).not.toHaveProperty('description');
  const put = (minor: number): ReturnType<typeof ask> =>
    ask(stage, 'PUT', '/v2.1/flavors/1', { minor, body: { flavor: { description: 'for tests' } } });
  expect((await put(54)).status).toBe(404);
  expect((await put(55)).body.flavor).toMatchObject({ description: 'for tests' });
  expect((await ask(stage, 'DELETE', '/v2.1/flavors/1')).status).toBe(202);
  expect((await ask(stage, 'GET', '/v2.1/flavors/1')).status).toBe(404);
});

test('extra specs and projects that may use a flavor are kept with it', async () => {
  await using stage = await Stage.open({}, onLoopback);
  const flavor = { name: 's', id: 's', ram: 1, vcpus: 1, disk: 1, 'os-flavor-access:is_public': false };
  await ask(stage, 'POST', '/v2.1/flavors', { body: { flavor } });
  const specs = '/v2.1/flavors/s/os-extra_specs';
  await ask(stage, 'POST', specs, { body: { extra_specs: { 'hw:a': '1', b: 2 } } });
  await ask(stage, 'PUT', `${specs}/b`, { body: { b: 'three' } });
  expect((await ask(stage, 'GET', specs)).body).toEqual({ extra_specs: { 'hw:a': '1', b: 'three' } });
  expect((await ask(stage, 'PUT', `${specs}/c`, { body: { b: 'x' } })).status).toBe(400);
  expect((await ask(stage, 'DELETE', `${specs}/b`)).status).toBe(200);
  expect((await ask(stage, 'GET', `${specs}/b`)).status).toBe(404);
  const action = (body: object): ReturnType<typeof ask> =>
    ask(stage, 'POST', '/v2.1/flavors/s/action', { body });
  const access = await action({ addTenantAccess: { tenant: 'p1' } });
  expect(access.body).toEqual({ flavor_access: [{ flavor_id: 's', tenant_id: 'p1' }] });
  expect((await action({ addTenantAccess: { tenant: 'p1' } })).status).toBe(409);
  expect((await ask(stage, 'GET', '/v2.1/flavors/s/os-flavor-access')).body).toEqual(access.body);
  expect((await action({ removeTenantAccess: { tenant: 'p1' } })).body).toEqual({ flavor_access: [] });
  expect((await ask(stage, 'GET', '/v2.1/flavors/s', { role: 'operator' })).status).toBe(404);
  expect((await ask(stage, 'DELETE', '/v2.1/flavors/s', { role: 'operator' })).status).toBe(403);
});

test('keypairs are brought or made, and told as each microversion has them', async () => {
  await using stage = await Stage.open({}, onLoopback);
  const add = (keypair: object, minor = 1): ReturnType<typeof ask> =>
    ask(stage, 'POST', '/v2.1/os-keypairs', { minor, body: { keypair } });
  const brought = await add({ name: 'mine', public_key: key });
  expect([brought.status, brought.body.keypair.type]).toEqual([200, undefined]);
  const made = await add({ name: 'made' }, 2);
  expect([made.status, made.body.keypair.type]).toEqual([201, 'ssh']);
  expect(made.body.keypair.private_key).toContain('PRIVATE KEY');
  expect((await add({ name: 'mine', public_key: key })).status).toBe(409);
  expect((await add({ name: 'other', public_key: 'nonsense' })).status).toBe(400);
  expect((await add({ name: 'other' }, 92)).status).toBe(400);
  expect((await add({ name: 'a@b.org', public_key: key })).status).toBe(400);
  expect((await add({ name: 'a@b.org', public_key: key }, 92)).status).toBe(201);
  const list = await ask(stage, 'GET', '/v2.1/os-keypairs?limit=2', { minor: 35 });
  expect(list.body.keypairs.map((one: { keypair: { name: string } }) => one.keypair.name)).toEqual([
    'a@b.org',
    'made',
  ]);
  expect(list.body.keypairs_links[0].href).toContain('marker=made');
  const shown = await ask(stage, 'GET', '/v2.1/os-keypairs/mine', { minor: 2 });
  expect(shown.body.keypair).toMatchObject({ public_key: key, type: 'ssh', deleted: false });
  expect((await ask(stage, 'DELETE', '/v2.1/os-keypairs/mine', { minor: 2 })).status).toBe(204);
  expect((await ask(stage, 'GET', '/v2.1/os-keypairs/mine')).status).toBe(404);
});

test('server groups have one policy, said as each microversion has it', async () => {
  await using stage = await Stage.open({}, onLoopback);
  const make = (group: object, minor = 1): ReturnType<typeof ask> =>
    ask(stage, 'POST', '/v2.1/os-server-groups', { minor, body: { server_group: group } });
  const old = await make({ name: 'web', policies: ['anti-affinity'] });
  expect(old.body.server_group).toMatchObject({ policies: ['anti-affinity'], members: [], metadata: {} });
  expect((await make({ name: 'web', policies: ['soft-affinity'] })).status).toBe(400);
  expect((await make({ name: 'web', policies: ['soft-affinity'] }, 15)).status).toBe(200);
  const rules = { max_server_per_host: 3 };
  const ruled = await make({ name: 'db', policy: 'anti-affinity', rules }, 64);
  expect(ruled.body.server_group).toMatchObject({ policy: 'anti-affinity', rules });
  expect((await make({ name: 'db', policy: 'affinity', rules }, 64)).status).toBe(400);
  const path = `/v2.1/os-server-groups/${ruled.body.server_group.id}`;
  expect((await ask(stage, 'GET', path, { minor: 13 })).body.server_group).toHaveProperty('project_id');
  expect(
    (await ask(stage, 'GET', '/v2.1/os-server-groups?limit=1&offset=1')).body.server_groups,
  ).toHaveLength(1);
  expect((await ask(stage, 'DELETE', path)).status).toBe(204);
  expect((await ask(stage, 'GET', path)).status).toBe(404);
});
