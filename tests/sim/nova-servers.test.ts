import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listening, type NovaRequests } from './nova-request.ts';

interface Listed {
  readonly servers: { readonly id: string; readonly name: string }[];
  readonly servers_links?: { readonly href: string }[];
}

async function names(nova: NovaRequests, query: string): Promise<string[]> {
  const { status, body } = await nova.get<Listed>(`/servers${query}`);
  expect(status).toBe(200);
  return body.servers.map(({ name }) => name);
}

test('servers are asked for by what they are, and come page by page', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const web = await stage.guest({ name: 'web-1' });
  await stage.guest({ name: 'web-2', state: 'shutoff', host: 'compute12' });
  const db = await stage.guest({ name: 'db' });
  expect((await names(nova, '')).toSorted()).toEqual(['db', 'web-1', 'web-2']);
  expect(await names(nova, '?sort_key=display_name&sort_dir=asc')).toEqual(['db', 'web-1', 'web-2']);
  expect(await names(nova, '?name=^WEB&sort_key=display_name&sort_dir=asc')).toEqual(['web-1', 'web-2']);
  expect(await names(nova, '?status=shutoff')).toEqual(['web-2']);
  expect(await names(nova, '?status=active&host=compute11&sort_key=display_name&sort_dir=desc')).toEqual([
    'web-1',
    'db',
  ]);
  expect(await names(nova, '?vm_state=stopped&all_tenants=1')).toEqual(['web-2']);
  expect(await names(nova, `?uuid=${db}`)).toEqual(['db']);
  expect(await names(nova, '?power_state=4')).toEqual(['web-2']);
  expect(await names(nova, '?flavor=adopted&node=compute12')).toEqual(['web-2']);
  expect(await names(nova, '?deleted=true')).toEqual([]);
  expect(await names(nova, '?changes-since=2100-01-01T00:00:00Z')).toEqual([]);
  const first = (await nova.get<Listed>('/servers?limit=2&sort_key=display_name&sort_dir=asc')).body;
  expect(first.servers.map(({ name }) => name)).toEqual(['db', 'web-1']);
  expect(first.servers_links?.[0]?.href).toContain(`marker=${web}`);
  expect(await names(nova, `?limit=2&sort_key=display_name&sort_dir=asc&marker=${web}`)).toEqual(['web-2']);
  expect(await names(nova, `?name=web&limit=1&sort_key=display_name&sort_dir=desc`)).toEqual(['web-2']);
});

test('what cannot be asked is refused, each from its microversion on', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  await stage.guest({ name: 'web' });
  const status = async (query: string, minor = 96): Promise<number> =>
    (await nova.as(minor).get(`/servers${query}`)).status;
  expect(await names(nova.as(37), '?status=banana')).toEqual([]);
  expect(await status('?status=banana', 38)).toBe(400);
  expect(await names(nova.as(74), '?banana=1')).toEqual(['web']);
  expect(await status('?banana=1', 75)).toBe(400);
  expect(await status('?locked=true', 75)).toBe(200);
  for (const query of [
    '?marker=nosuch',
    '?limit=-1',
    '?limit=x',
    '?sort_key=x',
    '?name=(',
    '?changes-since=x',
  ])
    expect([query, await status(query)]).toEqual([query, 400]);
  const reader = nova.as(96, 'reader');
  expect((await reader.get('/servers?all_tenants=1')).status).toBe(403);
  expect(await names(reader, '?host=compute13')).toEqual(['web']);
  expect((await reader.get<{ servers: object[] }>('/servers/detail')).body.servers[0]).not.toHaveProperty(
    'OS-EXT-SRV-ATTR:host',
  );
});

test('metadata and tags are written one by one and all at once; a lock keeps others from both', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web' });
  const metadata = `/servers/${id}/metadata`;
  expect(await nova.post(metadata, { metadata: { a: '1', b: '2' } })).toMatchObject({ status: 200 });
  expect(await nova.put(`${metadata}/c`, { meta: { c: '3' } })).toMatchObject({ status: 200 });
  expect(await nova.put(`${metadata}/c`, { meta: { d: '3' } })).toMatchObject({ status: 400 });
  expect(await nova.delete(`${metadata}/a`)).toMatchObject({ status: 204 });
  expect(await nova.delete(`${metadata}/a`)).toMatchObject({ status: 404 });
  expect(await nova.get(metadata)).toMatchObject({ body: { metadata: { b: '2', c: '3' } } });
  expect(await nova.put(metadata, { metadata: { only: 'x' } })).toMatchObject({
    body: { metadata: { only: 'x' } },
  });
  expect(await nova.post(metadata, { metadata: { 'a/b': 1 } })).toMatchObject({ status: 400 });
  const tags = `/servers/${id}/tags`;
  expect(await nova.as(25).get(tags)).toMatchObject({ status: 404 });
  expect(await nova.put(`${tags}/blue`)).toMatchObject({ status: 201 });
  expect(await nova.put(`${tags}/blue`)).toMatchObject({ status: 204 });
  expect(await nova.get(`${tags}/red`)).toMatchObject({ status: 404 });
  expect(await nova.put(tags, { tags: ['green', 'red'] })).toMatchObject({
    body: { tags: ['green', 'red'] },
  });
  expect(await names(nova, '?tags=green,red&not-tags-any=blue')).toEqual(['web']);
  expect(await names(nova, '?tags-any=blue')).toEqual([]);
  await nova.action(id, { lock: { locked_reason: 'audit' } });
  expect(await names(nova, '?locked=true')).toEqual(['web']);
  const operator = nova.as(96, 'operator');
  expect(await operator.put(`${tags}/x`)).toMatchObject({ status: 409 });
  expect(await operator.action(id, { 'os-stop': null })).toMatchObject({
    status: 409,
    body: { conflictingRequest: { message: `Instance ${id} is locked` } },
  });
  expect(await operator.action(id, { unlock: null })).toMatchObject({ status: 403 });
  expect(await nova.delete(tags)).toMatchObject({ status: 204 });
  expect(await nova.put(`/servers/${id}`, { server: { hostname: 'shop' } })).toMatchObject({
    status: 200,
    body: { server: { 'OS-EXT-SRV-ATTR:hostname': 'shop' } },
  });
  expect(await nova.as(89).put(`/servers/${id}`, { server: { hostname: 'shop' } })).toMatchObject({
    status: 400,
  });
});

test('an action that failed is on record with why and what to do', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web', state: 'shutoff' });
  stage.world.faults.plan('compute11', 'domains.ensureStarted', 'refuse');
  const { headers } = await nova.action(id, { 'os-start': null });
  const request = headers.get('x-compute-request-id') ?? '';
  await stage.quiet();
  const { body } = await nova.get<{ instanceAction: object }>(
    `/servers/${id}/os-instance-actions/${request}`,
  );
  expect(body.instanceAction).toMatchObject({
    action: 'start',
    message: 'compute11 refused domains.ensureStarted',
    events: [
      {
        event: 'compute_start_instance',
        result: 'Error',
        details: expect.stringContaining('Look at the domain on compute11') as string,
      },
    ],
  });
  expect(await nova.get(`/servers/${id}`)).toMatchObject({
    body: { server: { status: 'SHUTOFF', 'OS-EXT-STS:task_state': null } },
  });
  const asReader = nova.as(96, 'reader');
  const told = await asReader.get(`/servers/${id}/os-instance-actions/${request}`);
  expect(JSON.stringify(told.body)).not.toMatch(/traceback|details|compute11/);
  expect(told.body).toMatchObject({ instanceAction: { message: 'Error', events: [{ result: 'Error' }] } });
});

test('the console of a guest, where its domain keeps it', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web' });
  expect(await nova.action(id, { 'os-getConsoleOutput': {} })).toMatchObject({ status: 409 });
  const host = stage.world.host('compute11');
  const domain = host.domains.get(id);
  if (domain === undefined) throw new Error('the guest is there');
  domain.xml = domain.xml.replace(
    '</devices>',
    "<serial type='pty'><log file='/images/web.log'/></serial></devices>",
  );
  host.directories.get('/images')?.set('web.log', {
    format: 'raw',
    capacityBytes: 1,
    backing: null,
    owner: null,
    content: 'one\ntwo\nthree\n',
  });
  expect(await nova.action(id, { 'os-getConsoleOutput': { length: 2 } })).toMatchObject({
    status: 200,
    body: { output: 'two\nthree\n' },
  });
});

test('a host that is not needed any more is let go; one that is on record is not', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  await stage.guest({ name: 'web' });
  const { body } = await nova.get<{ services: { id: string; host: string }[] }>('/os-services');
  const idOf = (host: string): string => body.services.find((one) => one.host === host)?.id ?? '';
  expect(await nova.delete(`/os-services/${idOf('compute11')}`)).toMatchObject({
    status: 409,
    body: { conflictingRequest: { message: expect.stringContaining('it has instances: web') as string } },
  });
  expect(await nova.delete(`/os-services/${idOf('compute13')}`)).toMatchObject({ status: 204 });
  expect((await stage.client().hosts()).map(({ name }) => name)).toEqual(['compute11', 'compute12']);
  expect(await nova.put(`/os-services/${idOf('compute12')}`, {})).toMatchObject({ status: 400 });
  expect(
    await nova.put(`/os-services/${idOf('compute12')}`, { status: 'enabled', disabled_reason: 'x' }),
  ).toMatchObject({ status: 400 });
  expect(await nova.put('/os-services/banana', { status: 'enabled' })).toMatchObject({ status: 400 });
});

test('an aggregate is made, changed and taken away, and no host is in two zones', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const add = async (name: string, availability_zone: string | null): Promise<number> => {
    const { body } = await nova.post<{ aggregate: { id: number } }>('/os-aggregates', {
      aggregate: { name, availability_zone },
    });
    return body.aggregate.id;
  };
  const [east, west] = [await add('left', 'east'), await add('right', 'west')];
  const act = (id: number, body: unknown): Promise<{ status: number }> =>
    nova.post(`/os-aggregates/${id}/action`, body);
  expect(await act(east, { add_host: { host: 'compute11' } })).toMatchObject({
    status: 200,
    body: { aggregate: { hosts: ['compute11'], metadata: { availability_zone: 'east' } } },
  });
  expect(await act(east, { add_host: { host: 'compute11' } })).toMatchObject({ status: 409 });
  expect(await act(west, { add_host: { host: 'compute11' } })).toMatchObject({ status: 409 });
  expect(await act(west, { add_host: { host: 'nosuch' } })).toMatchObject({ status: 404 });
  expect(
    await act(east, { set_metadata: { metadata: { ssd: 'true', availability_zone: null } } }),
  ).toMatchObject({
    body: { aggregate: { availability_zone: null, metadata: { ssd: 'true' } } },
  });
  expect(await act(west, { add_host: { host: 'compute11' } })).toMatchObject({ status: 200 });
  const id = await stage.guest({ name: 'web' });
  expect(await nova.get(`/servers/${id}`)).toMatchObject({
    body: { server: { 'OS-EXT-AZ:availability_zone': 'west' } },
  });
  expect(await nova.put(`/os-aggregates/${west}`, { aggregate: { name: 'left' } })).toMatchObject({
    status: 409,
  });
  expect(await nova.delete(`/os-aggregates/${west}`)).toMatchObject({ status: 400 });
  expect(await act(west, { remove_host: { host: 'compute11' } })).toMatchObject({ status: 200 });
  expect(await nova.delete(`/os-aggregates/${west}`)).toMatchObject({ status: 200 });
  expect(await nova.get(`/os-aggregates/${west}`)).toMatchObject({ status: 404 });
});

test('the security groups of a server, by their ids', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web', network: 'default' });
  const group = await stage
    .client()
    .addSecurityGroup({ name: 'shop', rules: [{ protocol: 'tcp', portMin: 443 }] });
  await stage.client().setInstanceGroups('web', { groups: ['shop'] });
  expect(await nova.get(`/servers/${id}/os-security-groups`)).toMatchObject({
    body: {
      security_groups: [
        { id: group.id, name: 'shop', rules: [{ ip_protocol: 'tcp', from_port: 443, to_port: 443 }] },
      ],
    },
  });
  expect(await nova.get(`/servers/${id}`)).toMatchObject({
    body: { server: { security_groups: [{ name: 'shop' }] } },
  });
});

test('a type for a body that is not sent is no mistake; a body that is needed is still missed', async () => {
  const { stage, nova } = await listening();
  await using _ = stage;
  const id = await stage.guest({ name: 'web' });
  const headers = {
    'x-auth-token': readFileSync(join(stage.dataDirectory, 'admin.token'), 'utf8').trim(),
    'openstack-api-version': 'compute 2.96',
    'content-type': 'application/json',
  };
  const send = (method: string, path: string): Promise<Response> =>
    fetch(`${stage.url}/v2.1/servers/${id}${path}`, { method, headers });
  await nova.put(`/servers/${id}/tags`, { tags: ['one'] });
  expect((await send('DELETE', '/tags')).status).toBe(204);
  expect((await send('POST', '/action')).status).toBe(400);
  const own = await fetch(`${stage.url}/ferry/v1/hosts`, { method: 'POST', headers });
  expect([own.status, await own.json()]).toMatchObject([400, { error: { code: 'bad-request' } }]);
});
