import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../sim/world.ts';
import { FerryServer } from './ferry-server.ts';

let ferry: FerryServer;
let web: string;
let other: string;

type Row = Readonly<Record<string, unknown>>;

beforeAll(async () => {
  ferry = await FerryServer.start();
  web = await ferry.stage.guest({ name: 'web', directory: '/shared' });
  other = await ferry.stage.guest({ name: 'db', directory: '/shared', host: 'compute12' });
});

afterAll(async () => {
  ferry?.stage.fast();
  await ferry?.[Symbol.asyncDispose]();
});

const newest = ['--os-compute-api-version', '2.92'];

async function show(name: string): Promise<Row> {
  return ferry.clients.openstack<Row>('server', 'show', name, ...newest);
}

/** `openstack WORDS`, which must succeed and print nothing. */
async function does(...words: string[]): Promise<void> {
  const result = await ferry.clients.runOpenstack(...words);
  expect(result).toMatchObject({ code: 0 });
}

/** `openstack compute service set` of the second host. */
function setService(...words: string[]): Promise<void> {
  return does('compute', 'service', 'set', ...words, 'compute12', 'nova-compute');
}

/** Waits until nothing is being done to a server. */
function idle(id: string): Promise<string> {
  return until('nothing is being done to it', async () => {
    const one = (await ferry.stage.client().instances()).find((instance) => instance.id === id);
    return one !== undefined && one.taskState === null ? one.vmState : null;
  });
}

test('the programs themselves, started as a person starts them, list the servers', async () => {
  for (const argv of [
    ['openstack', 'server', 'list', '--all-projects'],
    ['nova', 'list', '--all-tenants'],
  ]) {
    const plain = await ferry.clients.runPlainly(argv);
    expect(plain).toMatchObject({ code: 0, stdout: expect.stringContaining(web) as string });
    // A run of loaded modules is the same program: it prints the same and ends in the same way.
    expect(await ferry.clients.run(argv)).toEqual(plain);
  }
  const wrong = ['openstack', 'server', 'nonsense'];
  expect(await ferry.clients.run(wrong)).toEqual(await ferry.clients.runPlainly(wrong));
});

test('servers are listed and shown, by both clients, in the oldest and the newest version', async () => {
  const rows = await ferry.clients.openstack<Row[]>('server', 'list', '--all-projects');
  expect(rows.map((row) => [row['Name'], row['Status']])).toEqual(
    expect.arrayContaining([
      ['web', 'ACTIVE'],
      ['db', 'ACTIVE'],
    ]),
  );
  const onHost = await ferry.clients.openstack<Row[]>(
    'server',
    'list',
    '--host',
    'compute12',
    '--long',
    ...newest,
  );
  expect(onHost).toMatchObject([{ Name: 'db', Host: 'compute12' }]);
  expect(await show('web')).toMatchObject({ id: web, status: 'ACTIVE', 'OS-EXT-SRV-ATTR:host': 'compute11' });
  expect(await ferry.clients.openstack('server', 'show', web)).toMatchObject({ name: 'web' });
  expect(await ferry.clients.nova('list')).toEqual(
    expect.arrayContaining([expect.objectContaining({ Name: 'web', Status: 'ACTIVE' })]),
  );
  expect(await ferry.clients.nova('show', 'web')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ Property: 'OS-EXT-SRV-ATTR:host', Value: 'compute11' }),
    ]),
  );
});

test('the power of a server', async () => {
  const steps = [
    [['stop'], 'stopped'],
    [['start'], 'active'],
    [['pause'], 'paused'],
    [['unpause'], 'active'],
    [['suspend'], 'suspended'],
    [['resume'], 'active'],
    [['reboot', '--hard'], 'active'],
  ] as const;
  for (const [words, state] of steps) {
    await does('server', ...words, 'web');
    expect(await idle(web)).toBe(state);
  }
  const refused = await ferry.clients.runOpenstack('server', 'unpause', 'web');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`Cannot 'unpause' instance ${web} while it is in vm_state active`);
});

test('what is said of a server: name, description, properties, tags, lock, state', async () => {
  await does(
    'server',
    'set',
    '--name',
    'web-1',
    '--description',
    'the shop',
    '--property',
    'tier=front',
    '--tag',
    'blue',
    web,
    ...newest,
  );
  expect(await show('web-1')).toMatchObject({
    name: 'web-1',
    description: 'the shop',
    tags: ['blue'],
    properties: { tier: 'front' },
    'OS-EXT-SRV-ATTR:instance_name': 'web',
  });
  await does('server', 'unset', '--property', 'tier', '--tag', 'blue', 'web-1', ...newest);
  await does('server', 'lock', '--reason', 'audit', 'web-1', ...newest);
  expect(await show('web-1')).toMatchObject({ tags: [], locked: true, locked_reason: 'audit' });
  await does('server', 'unlock', 'web-1', ...newest);
  await does('server', 'set', '--state', 'error', 'web-1');
  expect(await show('web-1')).toMatchObject({ status: 'ERROR' });
  await does('server', 'set', '--state', 'active', 'web-1');
  await does('server', 'set', '--name', 'web', web);
  expect((await ferry.stage.client().instance(web)).name).toBe('web');
});

test('a live migration, followed, shown, forced and listed', async () => {
  ferry.stage.slow();
  await does('server', 'migrate', '--live-migration', '--host', 'compute13', 'web', ...newest);
  const running = await until('it is running', async () => {
    const [row] = await ferry.clients.openstack<Row[]>(
      'server',
      'migration',
      'list',
      '--server',
      'web',
      '--status',
      'running',
      ...newest,
    );
    return row ?? null;
  });
  expect(running).toMatchObject({ 'Dest Compute': 'compute13', Type: 'live-migration', 'Server UUID': web });
  const id = String(running['Id']);
  const shown = await ferry.clients.openstack('server', 'migration', 'show', 'web', id, ...newest);
  expect(shown).toMatchObject({ 'Server UUID': web, Status: 'running' });
  expect(await ferry.clients.nova('server-migration-list', 'web')).toMatchObject([
    { Id: id, Status: 'running' },
  ]);
  const second = await ferry.clients.runOpenstack('server', 'migrate', '--live-migration', 'web', ...newest);
  expect(second.stderr).toContain('while it is in task_state migrating');
  await does('server', 'migration', 'force', 'complete', 'web', id, ...newest);
  ferry.stage.fast();
  expect(await idle(web)).toBe('active');
  expect(await show('web')).toMatchObject({ 'OS-EXT-SRV-ATTR:host': 'compute13' });
  expect(await ferry.clients.nova('migration-list')).toMatchObject([
    { Status: 'completed', 'Dest Compute': 'compute13', Type: 'live-migration' },
  ]);
});

test('an aborted live migration, which the source keeps', async () => {
  ferry.stage.slow();
  expect(await ferry.clients.run(['nova', 'live-migration', 'web', 'compute11'])).toMatchObject({ code: 0 });
  await ferry.stage.sending(web, 'compute13');
  const [row] = await ferry.clients.openstack<Row[]>(
    'server',
    'migration',
    'list',
    '--status',
    'running',
    ...newest,
  );
  await does('server', 'migration', 'abort', 'web', String(row?.['Id']), ...newest);
  expect(await idle(web)).toBe('active');
  ferry.stage.fast();
  expect(ferry.stage.world.runners(web)).toEqual(['compute13']);
});

test('a cold migration is confirmed', async () => {
  await does('server', 'migrate', 'db', '--host', 'compute11', ...newest);
  await until('it is to be confirmed', async () =>
    (await show('db'))['status'] === 'VERIFY_RESIZE' ? true : null,
  );
  await does('server', 'migration', 'confirm', 'db');
  expect(await idle(other)).toBe('active');
  expect(await show('db')).toMatchObject({ 'OS-EXT-SRV-ATTR:host': 'compute11' });
});

test('what was done to a server, by request, and why it failed', async () => {
  const events = await ferry.clients.openstack<Row[]>('server', 'event', 'list', '--long', 'web', ...newest);
  const actions = events.map((event) => event['Action']);
  expect(actions).toEqual(
    expect.arrayContaining([
      'live-migration',
      'live_migration_cancel',
      'live_migration_force_complete',
      'stop',
      'reboot',
    ]),
  );
  const [failed] = events.filter((event) => event['Action'] === 'live-migration');
  const shown = await ferry.clients.openstack<Row>(
    'server',
    'event',
    'show',
    'web',
    String(failed?.['Request ID']),
    ...newest,
  );
  expect(JSON.stringify(shown)).toContain('It was aborted by an operator.');
});

test('services are disabled with a reason, said to be down, and enabled again', async () => {
  expect(await ferry.clients.openstack<Row[]>('compute', 'service', 'list')).toMatchObject([
    { Binary: 'nova-compute', Host: 'compute11', State: 'up', Status: 'enabled' },
    { Host: 'compute12' },
    { Host: 'compute13' },
  ]);
  await setService('--disable', '--disable-reason', 'maintenance');
  const [disabled] = await ferry.clients.openstack<Row[]>(
    'compute',
    'service',
    'list',
    '--long',
    '--host',
    'compute12',
  );
  expect(disabled).toMatchObject({ Status: 'disabled', 'Disabled Reason': 'maintenance' });
  const refused = await ferry.clients.runOpenstack(
    'server',
    'migrate',
    '--live-migration',
    '--host',
    'compute12',
    'web',
    ...newest,
  );
  expect(refused.stderr).toContain('"compute12" is disabled');
  await setService('--down');
  expect(await ferry.clients.nova('service-list', '--host', 'compute12')).toMatchObject([
    { Status: 'disabled', State: 'down' },
  ]);
  await setService('--up');
  await setService('--enable');
  expect(await ferry.clients.nova('service-list', '--host', 'compute12')).toMatchObject([
    { Status: 'enabled', State: 'up' },
  ]);
});

test('hypervisors, with their statistics', async () => {
  const hosts = await ferry.clients.openstack<Row[]>('hypervisor', 'list');
  expect(hosts.map((host) => host['Hypervisor Hostname'])).toEqual(['compute11', 'compute12', 'compute13']);
  expect(await ferry.clients.openstack('hypervisor', 'show', 'compute11')).toMatchObject({
    hypervisor_hostname: 'compute11',
    state: 'up',
    vcpus: 8,
  });
  // Since 2.88 its uptime stands among the rest, and Ferry has none to tell.
  const inNewest = await ferry.clients.openstack('hypervisor', 'show', 'compute11', ...newest);
  expect(inNewest).toMatchObject({ hypervisor_hostname: 'compute11', hypervisor_type: 'QEMU' });
  expect(await ferry.clients.openstack('hypervisor', 'stats', 'show')).toMatchObject({
    count: 3,
    running_vms: 2,
  });
  expect(await ferry.clients.nova('hypervisor-list')).toHaveLength(3);
});

test('an aggregate names the zone of its hosts', async () => {
  await ferry.clients.openstack('aggregate', 'create', '--zone', 'east', 'left');
  await ferry.clients.openstack('aggregate', 'add', 'host', 'left', 'compute13');
  await does('aggregate', 'set', '--property', 'ssd=true', 'left');
  expect(await ferry.clients.openstack('aggregate', 'show', 'left')).toMatchObject({
    availability_zone: 'east',
    hosts: ['compute13'],
    properties: { ssd: 'true' },
  });
  expect(await ferry.clients.openstack<Row[]>('aggregate', 'list')).toMatchObject([{ Name: 'left' }]);
  const zones = await ferry.clients.openstack<Row[]>('availability', 'zone', 'list', '--compute', '--long');
  expect(zones).toEqual(
    expect.arrayContaining([expect.objectContaining({ 'Zone Name': 'east', 'Host Name': 'compute13' })]),
  );
  await ferry.clients.openstack('aggregate', 'remove', 'host', 'left', 'compute13');
  await does('aggregate', 'delete', 'left');
});

test('limits', async () => {
  const limits = await ferry.clients.openstack<Row[]>('limits', 'show', '--absolute');
  expect(limits).toEqual(
    expect.arrayContaining([
      { Name: 'maxTotalInstances', Value: -1 },
      { Name: 'totalInstancesUsed', Value: 2 },
    ]),
  );
});

test('a host is emptied by the older client', async () => {
  expect(await ferry.clients.nova('host-evacuate-live', 'compute13')).toMatchObject([
    { 'Server UUID': web, 'Live Migration Accepted': 'True' },
  ]);
  await idle(web);
  expect(ferry.stage.world.runners(web)).not.toEqual(['compute13']);
});

test('the SDK reads what the clients do', async () => {
  const seen = await ferry.clients.sdk<Record<string, unknown>>(`
s = conn.compute.get_server('${web}')
print(json.dumps({
  'status': s.status,
  'names': sorted(x.name for x in conn.compute.servers(all_projects=True)),
  'hosts': sorted(h.name for h in conn.compute.hypervisors(details=True)),
  'migrations': len(list(conn.compute.migrations())),
  'zones': [z.name for z in conn.compute.availability_zones()],
}))`);
  expect(seen).toMatchObject({
    status: 'ACTIVE',
    names: ['db', 'web'],
    hosts: ['compute11', 'compute12', 'compute13'],
    migrations: 4,
    zones: ['nova'],
  });
});

test('who works in another project sees nothing of this one, and does nothing to it', async () => {
  await ferry.clients.openstack('project', 'create', 'shop');
  await ferry.clients.openstack(
    'user',
    'create',
    '--project',
    'shop',
    '--password',
    'a long secret of hers',
    'ann',
  );
  await does('role', 'add', '--project', 'shop', '--user', 'ann', 'member');
  const ann = ferry.clients.as({
    OS_USERNAME: 'ann',
    OS_PASSWORD: 'a long secret of hers',
    OS_PROJECT_NAME: 'shop',
  });
  expect(await ann.openstack('server', 'list')).toEqual([]);
  const shown = await ann.runOpenstack('server', 'show', web);
  expect(shown.stderr).toContain('No server with a name or ID');
  const stopped = await ann.run(['openstack', '--debug', 'server', 'stop', web]);
  expect(stopped.code).toBe(1);
  const hypervisors = await ann.runOpenstack('hypervisor', 'list');
  expect(hypervisors.stderr).toContain("Policy doesn't allow os_compute_api:os-hypervisors:list");
  expect(ferry.stage.world.runners(web)).toHaveLength(1);
});
