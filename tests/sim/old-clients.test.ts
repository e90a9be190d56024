import { expect, test } from 'vitest';
import { ask } from './openstack-caller.ts';
import { listening } from './nova-request.ts';
import { ServerStage } from './server-world.ts';
import { until } from './world.ts';

// What OpenStack's own test suite and old clients send and expect, held against Nova's source.

test('actions that take no values take whatever stands there', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web' });
  const power = (wanted: string): Promise<true> =>
    until(`it is ${wanted}`, async () => {
      const { body } = await nova.get<{ server: Record<string, unknown> }>(`/servers/${id}`);
      return body.server['status'] === wanted && body.server['OS-EXT-STS:task_state'] === null ? true : null;
    });
  for (const [body, status] of [
    [{ 'os-stop': {} }, 'SHUTOFF'],
    [{ 'os-start': '' }, 'ACTIVE'],
    [{ pause: {} }, 'PAUSED'],
    [{ unpause: [] }, 'ACTIVE'],
  ] as const) {
    expect([body, await nova.action(id, body)]).toMatchObject([body, { status: 202 }]);
    await power(status);
  }
});

test('a password is told to the guest by its config drive, and in the reply', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  const { status, body } = await servers.create({ adminPass: 'let-me-in' });
  expect([status, body.server.adminPass]).toEqual([202, 'let-me-in']);
  const id: string = body.server.id;
  expect(await servers.becomes(id, 'ACTIVE')).toMatchObject({ config_drive: 'True' });
  const host = stage.world.host(await servers.hostOf(id));
  const drive = host.directories.get('/images')?.get(`ferry-${id}.config`);
  expect(Buffer.from(drive?.bytes ?? '', 'base64').includes('"admin_pass":"let-me-in"')).toBe(true);
  // One that nobody asked for is in the reply, as Nova makes it, and no drive is made for it.
  const plain = await servers.create();
  expect(plain.body.server.adminPass).toMatch(/^[A-Za-z2-9]{12}$/);
  expect(await servers.becomes(plain.body.server.id, 'ACTIVE')).toMatchObject({ config_drive: '' });
  expect((await servers.create({ flavorRef: 'none-such' })).status).toBe(400);
});

test('what Nova does to servers and Ferry does not is refused with the reason, after the server was looked for', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web' });
  const none = '5f0e2f6e-0000-4000-8000-000000000000';
  for (const [action, why] of [
    ['rebuild', 'servers are not rebuilt'],
    ['shelve', 'stop it'],
    ['restore', 'there is no soft deletion'],
  ] as const) {
    expect(await nova.action(none, { [action]: null })).toMatchObject({ status: 404 });
    const answer = await nova.action(id, { [action]: null });
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([501, expect.stringContaining(why)]);
  }
  expect(await nova.get(`/servers/${id}/os-server-password`)).toMatchObject({
    status: 200,
    body: { password: '' },
  });
  expect((await ask(stage, 'DELETE', `/v2.1/servers/${id}/os-server-password`)).status).toBe(204);
});

test('a host is enabled and disabled by the page that came before services', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const change = (body: object, host = 'compute11') =>
    ask(stage, 'PUT', `/v2.1/os-hosts/${host}`, { body, minor: 42 });
  expect(await change({ status: 'disable' })).toMatchObject({
    status: 200,
    body: { host: 'compute11', status: 'disabled' },
  });
  const hosts = async (): Promise<string[]> =>
    (await nova.as(42).get<{ hosts: { host_name: string }[] }>('/os-hosts?zone=')).body.hosts.map(
      ({ host_name }) => host_name,
    );
  expect(await hosts()).toEqual(['compute12', 'compute13']);
  expect((await change({ status: 'Enable' })).status).toBe(200);
  expect(await hosts()).toEqual(['compute11', 'compute12', 'compute13']);
  expect((await change({ status: 'on' })).status).toBe(400);
  expect((await change({})).status).toBe(400);
  expect((await change({ maintenance_mode: 'enable' })).status).toBe(501);
  expect((await change({ status: 'enable' }, 'none')).status).toBe(404);
  expect((await nova.as(42).get('/os-hosts/compute11/reboot')).status).toBe(501);
  expect((await nova.as(42).get('/os-hosts/none/reboot')).status).toBe(404);
});

test('what one request created has one reservation, by which it is found', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  const { status, body } = await servers.create({ min_count: 2, max_count: 2, return_reservation_id: true });
  expect(status).toBe(202);
  await servers.created({ name: 'other' });
  const listed = async (query: string): Promise<string[]> => {
    const answer = await ask(stage, 'GET', `/v2.1/servers/detail${query}`, { minor: 75 });
    return answer.body.servers.map((one: Record<string, string>) => one['OS-EXT-SRV-ATTR:reservation_id']);
  };
  expect(await listed(`?reservation_id=${body.reservation_id}`)).toEqual([
    body.reservation_id,
    body.reservation_id,
  ]);
  expect(await listed('?reservation_id=r-none')).toEqual([]);
  expect(new Set(await listed('')).size).toBe(2);
});

test('a change is answered with less before 2.75, and an address of IPv6 is shortened', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web' });
  const change = { server: { accessIPv6: '2001:0DB8:0:0:0:0:0:0001' } };
  const former = await nova.as(74).put<{ server: object }>(`/servers/${id}`, change);
  expect(former.body.server).toMatchObject({ accessIPv6: '2001:db8::1', name: 'web', locked: false });
  expect(Object.keys(former.body.server).filter((name) => name.includes(':'))).toEqual(['OS-DCF:diskConfig']);
  for (const name of ['config_drive', 'key_name', 'security_groups', 'host_status'])
    expect(former.body.server).not.toHaveProperty(name);
  const later = await nova.as(75).put<{ server: object }>(`/servers/${id}`, change);
  expect(later.body.server).toMatchObject({ config_drive: '', 'OS-EXT-STS:vm_state': 'active' });
  expect(await nova.get(`/servers?access_ip_v6=${encodeURIComponent('2001:db8::1')}`)).toMatchObject({
    body: { servers: [{ id }] },
  });
});

test('a page of none is empty, and times are read as Nova reads them', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  await stage.guest({ name: 'web' });
  for (const [path, noun] of [
    ['/servers', 'servers'],
    ['/servers/detail', 'servers'],
    ['/flavors', 'flavors'],
    ['/os-keypairs', 'keypairs'],
    ['/os-hypervisors', 'hypervisors'],
    ['/os-migrations', 'migrations'],
  ] as const)
    expect((await nova.get(`${path}?limit=0`)).body).toEqual({ [noun]: [] });
  const found = async (query: string): Promise<number> =>
    (await nova.get<{ servers: object[] }>(`/servers?${query}`)).body.servers.length;
  expect([await found('changes-since=2011'), await found('changes-since=20110101T10')]).toEqual([1, 1]);
  for (const query of [
    'changes-since=2011/01/01',
    'changes-since=201101',
    'changes-since=2012-01-01&changes-before=2011-01-01',
  ])
    expect([query, (await nova.get(`/servers?${query}`)).status]).toEqual([query, 400]);
});

test('APIs are found with a slash behind them, lists are not, and those of the first API as those of 2.1', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  await stage.guest({ name: 'web' });
  for (const path of ['/v2.1/', '/identity/v3/', '/volume/v3/', '/image/v2/'])
    expect([path, (await ask(stage, 'GET', path)).status]).toEqual([
      path,
      path.includes('image') ? 300 : 200,
    ]);
  // Behind the name of a list it asks for one of it without a name, and there is none.
  for (const path of [
    '/v2.1/os-simple-tenant-usage/?detailed=1',
    '/v2.1/servers/?limit=1',
    '/image/v2/images/',
    '/volume/v3/volumes/',
  ])
    expect([path, (await ask(stage, 'GET', path)).status]).toEqual([path, 404]);
  const { versions } = (await ask(stage, 'GET', '/')).body;
  expect(versions.map((one: { id: string }) => one.id)).toEqual(['v2.0', 'v2.1']);
  for (const { id, links } of versions as { id: string; links: { href: string }[] }[]) {
    const { pathname } = new URL(links[0]?.href ?? '');
    expect((await ask(stage, 'GET', pathname)).body).toMatchObject({ version: { id } });
  }
  const former = await ask(stage, 'GET', '/v2/servers/detail', { minor: 96 });
  expect(former.body.servers[0]).toMatchObject({ name: 'web' });
  expect(former.body.servers[0]).not.toHaveProperty('locked');
  expect((await ask(stage, 'GET', '/v2/none')).status).toBe(404);
  const added = await nova.post<{ aggregate: { id: number } }>('/os-aggregates', {
    aggregate: { name: 'a' },
  });
  const removed = await ask(stage, 'DELETE', `/v2.1/os-aggregates/${added.body.aggregate.id}`);
  expect([removed.status, removed.text]).toEqual([200, '']);
});

test('quotas are told and said of projects and of the class, by the names that a microversion has', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const klass = '/os-quota-class-sets/default';
  expect(await nova.get(klass)).toMatchObject({
    status: 200,
    body: { quota_class_set: { id: 'default', instances: 10, cores: 20, ram: 51_200, server_groups: 10 } },
  });
  const { body } = await nova.as(49).get<{ quota_class_set: object }>(klass);
  expect(body.quota_class_set).toMatchObject({ floating_ips: -1 });
  expect(body.quota_class_set).not.toHaveProperty('server_groups');
  const path = '/os-quota-sets/0123456789abcdef0123456789abcdef';
  expect(await nova.put(path, { quota_set: { instances: 5, cores: '-1' } })).toMatchObject({
    status: 200,
    body: { quota_set: { instances: 5, cores: -1, ram: 51_200 } },
  });
  expect(await nova.put(klass, { quota_class_set: { instances: 7, ram: 1024 } })).toMatchObject({
    status: 200,
    body: { quota_class_set: { instances: 7, ram: 1024, cores: 20 } },
  });
  // What is said of a project comes before what is said of all, and that before the controller's settings.
  expect(await nova.get(path)).toMatchObject({ body: { quota_set: { instances: 5, ram: 1024, cores: -1 } } });
  expect(await nova.get(`${path}/defaults`)).toMatchObject({
    body: { quota_set: { instances: 7, cores: 20 } },
  });
  expect(await nova.delete(path)).toMatchObject({ status: 202 });
  expect(await nova.get(path)).toMatchObject({ body: { quota_set: { instances: 7, ram: 1024, cores: 20 } } });
  for (const wrong of [
    { instances: -2 },
    { instances: '-2' },
    { instances: 'many' },
    { fixed_ips: 1 },
    { apples: 3 },
  ])
    expect([wrong, (await nova.put(path, { quota_set: wrong })).status]).toEqual([wrong, 400]);
  expect((await nova.put('/os-quota-sets/nobody', { quota_set: {} })).status).toBe(400);
  expect((await nova.put('/os-quota-class-sets/gold', { quota_class_set: {} })).status).toBe(400);
});

test("images are changed by v2.0's patch, found by their size, and what is no page is told in Glance's form", async () => {
  await using servers = await ServerStage.open();
  const { stage, imageId } = servers;
  const patch = (body: unknown): ReturnType<typeof ask> =>
    ask(stage, 'PATCH', `/image/v2/images/${imageId}`, {
      body,
      headers: { 'content-type': 'application/openstack-images-v2.0-json-patch' },
    });
  expect(
    await patch([
      { replace: '/name', value: 'small' },
      { add: '/os_distro', value: 'debian' },
    ]),
  ).toMatchObject({ status: 200, body: { name: 'small', os_distro: 'debian' } });
  expect((await patch([{ remove: '/os_distro' }])).body).not.toHaveProperty('os_distro');
  expect((await patch([{ op: 'remove', path: '/os_distro' }])).status).toBe(400);
  const found = async (query: string): Promise<number> =>
    (await ask(stage, 'GET', `/image/v2/images?${query}`)).body.images.length;
  expect([await found('size=600'), await found('size=601')]).toEqual([1, 0]);
  expect([await found('size_min=600'), await found('size_max=599')]).toEqual([1, 0]);
  for (const path of [`/image/v2/images/${imageId}/none`, '/image/v2/none', `/image/v2/images/${imageId}x`])
    expect(await ask(stage, 'GET', path)).toMatchObject({
      status: 404,
      body: { code: '404 Not Found', title: 'Not Found' },
    });
});

test('an administrator puts groups before a server and takes them away, and nobody else', async () => {
  await using servers = await ServerStage.open();
  const { stage } = servers;
  await stage.client().addSecurityGroup({ name: 'web', rules: [{ protocol: 'tcp', portMin: 443 }] });
  const id = await servers.created({ networks: [{ uuid: 'br-ex' }] });
  await servers.becomes(id, 'ACTIVE');
  const act = (action: string, name: string, role: 'admin' | 'operator' = 'admin'): ReturnType<typeof ask> =>
    ask(stage, 'POST', `/v2.1/servers/${id}/action`, { body: { [action]: { name } }, role });
  const groups = async (): Promise<unknown> => (await servers.server(id))['security_groups'];
  expect((await act('addSecurityGroup', 'web', 'operator')).status).toBe(403);
  expect((await act('addSecurityGroup', 'none')).status).toBe(404);
  for (let times = 0; times < 2; times += 1) expect((await act('addSecurityGroup', 'web')).status).toBe(202);
  expect(await groups()).toEqual([{ name: 'web' }]);
  expect((await act('removeSecurityGroup', 'web', 'operator')).status).toBe(403);
  expect((await act('removeSecurityGroup', 'web')).status).toBe(202);
  expect((await act('removeSecurityGroup', 'web')).status).toBe(404);
  expect(await groups()).toBeUndefined();
  const listed = await ask(stage, 'GET', '/v2.1/os-security-groups');
  const [group] = listed.body.security_groups;
  expect(group).toMatchObject({ name: 'web', rules: [{ ip_protocol: 'tcp', from_port: 443 }] });
  expect((await ask(stage, 'GET', `/v2.1/os-security-groups/${group.id}`)).status).toBe(200);
  expect((await ask(stage, 'GET', '/v2.1/os-security-groups', { minor: 36 })).status).toBe(404);
});

test('hosts are listed and shown as they were before they were services', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  await stage.guest({ name: 'web' });
  const old = nova.as(42);
  expect(await old.get('/os-hosts')).toMatchObject({
    body: {
      hosts: ['compute11', 'compute12', 'compute13'].map((host_name) => ({
        host_name,
        service: 'compute',
        zone: 'nova',
      })),
    },
  });
  const { body } = await old.get<{ host: { resource: Record<string, unknown> }[] }>('/os-hosts/compute11');
  expect(body.host.map(({ resource }) => resource['project'])).toEqual([
    '(total)',
    '(used_now)',
    '(used_max)',
  ]);
  expect(body.host[2]?.resource).toMatchObject({ host: 'compute11', cpu: 1 });
  expect(body.host[2]?.resource['memory_mb']).toBeGreaterThan(0);
  expect((await old.get('/os-hosts/none')).status).toBe(404);
  expect((await nova.get('/os-hosts')).status).toBe(404);
  expect(await nova.post(`/servers/x/os-interface`, {})).toMatchObject({ status: 501 });
});

test('a password for an evacuated server, which keeps its disk, is refused up to 2.13 and read from then on', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  const refusal = async (minor: number, body: object): Promise<unknown> => {
    const answer = await nova.as(minor).action<{ badRequest: { message: string } }>(id, { evacuate: body });
    return [answer.status, answer.body.badRequest.message];
  };
  const adminPass = 'let-me-in';
  expect(await refusal(13, { host: 'compute12', onSharedStorage: true, adminPass })).toEqual([
    400,
    "admin password can't be changed on existing disk",
  ]);
  // What is in the way is its host alone, which answers.
  expect(await refusal(14, { host: 'compute12', adminPass })).toEqual([
    400,
    expect.stringContaining('Compute service of compute11 is still in use'),
  ]);
});
