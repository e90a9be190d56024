import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FerryServer } from './ferry-server.ts';

let ferry: FerryServer;

beforeAll(async () => {
  ferry = await FerryServer.start();
  await ferry.stage.client().addSecurityGroup({ name: 'web', rules: [{ protocol: 'tcp', portMin: 443 }] });
});

afterAll(async () => {
  await ferry[Symbol.asyncDispose]();
});

test('the first administrator signs in with the password of the data directory, and sees a catalog', async () => {
  const { clients, url } = ferry;
  const token = await clients.openstack<Record<string, string>>('token', 'issue');
  expect(token['id']).toMatch(/^fid_[\w-]{43}$/);
  const catalog = await clients.openstack<{ Name: string; Type: string; Endpoints: { url: string }[] }[]>(
    'catalog',
    'list',
  );
  expect(catalog.map((one) => [one.Type, one.Endpoints[0]?.url])).toEqual([
    ['compute', `${url}/v2.1`],
    ['image', `${url}/image`],
    ['identity', `${url}/identity/v3`],
    ['network', `${url}/network`],
    ['volumev3', `${url}/volume/v3`],
  ]);
});

test('the files for clients are private, and the client finds all it needs in them', async () => {
  const { dataDirectory } = ferry.stage;
  for (const name of ['admin.password', 'clouds.yaml', 'openrc'])
    expect(statSync(join(dataDirectory, name)).mode & 0o777).toBe(0o600);
  const file = join(dataDirectory, 'clouds.yaml');
  const { code, stdout } = await ferry.clients.run([
    'env',
    '-i',
    'PATH=/usr/bin:/bin',
    'HOME=/nonexistent',
    `OS_CLIENT_CONFIG_FILE=${file}`,
    'openstack',
    '--os-cloud',
    'ferry',
    'project',
    'list',
    '-f',
    'json',
  ]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual([{ ID: expect.any(String) as string, Name: 'admin' }]);
  expect(readFileSync(join(dataDirectory, 'openrc'), 'utf8')).toContain(
    `export OS_AUTH_URL='${ferry.url}/identity/v3'`,
  );
});

test('a user is made, given a role in a project of their own, and signs in', async () => {
  const { clients } = ferry;
  await clients.openstack('project', 'create', 'research', '--description', 'a team');
  await clients.openstack(
    'user',
    'create',
    'ada',
    '--project',
    'research',
    '--password',
    'analytical engine',
    '--email',
    'ada@example.org',
  );
  const added = await clients.runOpenstack('role', 'add', 'member', '--user', 'ada', '--project', 'research');
  expect(added.code).toBe(0);
  expect(await clients.openstack('role', 'assignment', 'list', '--names', '--user', 'ada')).toEqual([
    expect.objectContaining({ Role: 'member', User: 'ada@Default', Project: 'research@Default' }),
  ]);
  const ada = clients.as({
    OS_USERNAME: 'ada',
    OS_PASSWORD: 'analytical engine',
    OS_PROJECT_NAME: 'research',
  });
  const token = await ada.openstack<Record<string, string>>('token', 'issue');
  const project = await clients.openstack<Record<string, string>>('project', 'show', 'research');
  expect(token['project_id']).toBe(project['id']);
  const denied = await ada.runOpenstack('user', 'list');
  expect([denied.code, denied.stderr]).toEqual([1, expect.stringContaining('identity:list_users')]);
});

test('an application credential comes in with its secret and its own roles, until it is deleted', async () => {
  const { clients } = ferry;
  const made = await clients.openstack<Record<string, string>>(
    'application',
    'credential',
    'create',
    'ci',
    '--role',
    'reader',
    '--expiration',
    '2099-01-01T00:00:00',
  );
  const environment = {
    OS_AUTH_URL: `${ferry.url}/identity/v3`,
    OS_AUTH_TYPE: 'v3applicationcredential',
    OS_APPLICATION_CREDENTIAL_ID: made['id'],
    OS_APPLICATION_CREDENTIAL_SECRET: made['secret'],
    OS_REGION_NAME: 'RegionOne',
  };
  const without = Object.fromEntries(Object.keys(ferry.environment()).map((key) => [key, undefined]));
  const program = clients.as({ ...without, ...environment });
  const token = await program.openstack<Record<string, string>>('token', 'issue');
  expect(token['id']).toMatch(/^fid_/);
  const denied = await program.runOpenstack('user', 'list');
  expect(denied.stderr).toContain('identity:list_users');
  expect((await clients.runOpenstack('application', 'credential', 'delete', 'ci')).code).toBe(0);
  const gone = await program.runOpenstack('token', 'issue');
  expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('requires authentication')]);
});

test('novaclient signs in; a wrong password is told as the clients tell it, and a token that is revoked is none', async () => {
  const { clients } = ferry;
  const wrong = await clients.as({ OS_PASSWORD: 'wrong' }).runOpenstack('token', 'issue');
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('(HTTP 401)')]);
  expect(await clients.nova('list')).toEqual([]);
  const nova = await clients.as({ OS_PASSWORD: 'wrong' }).run(['nova', 'list']);
  expect([nova.code, nova.stderr]).toEqual([1, expect.stringContaining('(HTTP 401)')]);
  const token = await ferry.token();
  expect((await clients.runOpenstack('token', 'revoke', token)).code).toBe(0);
  const { status } = await ferry.request('GET', '/identity/v3/auth/projects', { token });
  expect(status).toBe(401);
});

test('the SDK reads and changes what there is', async () => {
  const seen = await ferry.clients.sdk<Record<string, unknown>>(`
identity = conn.identity
user = identity.create_user(name='grace', password='compiler one', default_project_id=None)
identity.update_user(user, name='grace hopper', is_enabled=False)
found = identity.find_user('grace hopper')
project = identity.find_project('admin')
identity.assign_project_role_to_user(project, user, identity.find_role('reader'))
held = [role.name for role in identity.role_assignments_filter(user=user, project=project)]
identity.unassign_project_role_from_user(project, user, identity.find_role('reader'))
left = [role.name for role in identity.role_assignments_filter(user=user, project=project)]
identity.delete_user(user)
print(json.dumps({
  'enabled': found.is_enabled, 'held': held, 'left': left, 'gone': identity.find_user('grace hopper'),
  'roles': sorted(role.name for role in identity.roles()),
  'domains': [domain.name for domain in identity.domains()],
  'regions': [region.id for region in identity.regions()],
  'services': sorted(service.type for service in identity.services()),
  'endpoints': len(list(identity.endpoints())),
  'networks': [network.name for network in conn.network.networks()],
  'ports': len(list(conn.network.ports())),
  'groups': [(group.name, len(group.security_group_rules)) for group in conn.network.security_groups()],
  'floating': len(list(conn.network.ips())),
  'volumes': len(list(conn.block_storage.volumes())),
}))
`);
  expect(seen).toEqual({
    enabled: false,
    held: ['reader'],
    left: [],
    gone: null,
    roles: ['admin', 'manager', 'member', 'reader'],
    domains: ['Default'],
    regions: ['RegionOne'],
    services: ['compute', 'identity', 'image', 'network', 'volumev3'],
    endpoints: 15,
    networks: expect.any(Array) as string[],
    ports: 0,
    groups: [['web', 3]],
    floating: 0,
    volumes: 0,
  });
});

test('networks and volumes are listed by the client', async () => {
  const { clients, stage } = ferry;
  const [host] = await stage.client().hosts();
  const known = (host?.facts?.networks ?? []).map(({ name }) => name);
  const networks = await clients.openstack<{ Name: string; ID: string }[]>('network', 'list');
  expect(networks.map((one) => one.Name)).toEqual(known);
  const first = networks[0];
  expect(await clients.openstack('network', 'show', first?.Name ?? '')).toMatchObject({ id: first?.ID });
  expect(await clients.openstack('volume', 'list')).toEqual([]);
});
