import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../sim/world.ts';
import { FerryServer } from './ferry-server.ts';

type Row = Readonly<Record<string, unknown>>;

let server: FerryServer;
let id: string;

const openstack = <T>(words: string): Promise<T> => server.clients.openstack<T>(...words.split(' '));

async function runs(words: string): Promise<void> {
  const { code, stdout, stderr } = await server.clients.runOpenstack(...words.split(' '));
  expect([words, code, code === 0 ? '' : stderr + stdout]).toEqual([words, 0, '']);
}

/** Waits until a volume has a status. */
function becomes(name: string, status: string): Promise<true> {
  return until(`${name} is ${status}`, async () =>
    (await server.stage.client().volume(name)).status === status ? true : null,
  );
}

beforeAll(async () => {
  server = await FerryServer.start();
  const { stage } = server;
  const host = stage.world.host('compute11');
  host.directories.set('/data', new Map());
  host.pools.set('data', { type: 'dir', active: true, autostart: true, directory: '/data', source: '' });
  id = await stage.guest({ name: 'web', host: 'compute11' });
  for (const name of ['data', 'more']) {
    const size = { hosts: ['compute11'], sizeBytes: 2 * 1024 ** 3 };
    await stage.client().addVolume({ name, pool: 'data', ...size });
  }
});

afterAll(() => server[Symbol.asyncDispose]());

test('volumes are listed and shown, by name and by id', async () => {
  const volumes = await openstack<Row[]>('volume list');
  expect(volumes.toSorted((a, b) => String(a['Name']).localeCompare(String(b['Name'])))).toMatchObject([
    { Name: 'data', Status: 'available', Size: 2, 'Attached to': [] },
    { Name: 'more', Status: 'available', Size: 2, 'Attached to': [] },
  ]);
  const shown = await openstack<Row>('volume show data');
  expect(shown).toMatchObject({ name: 'data', status: 'available', size: 2, multiattach: false });
  expect(await openstack<Row>(`volume show ${String(shown['id'])}`)).toMatchObject({ name: 'data' });
  const named = await openstack<Row[]>('volume list --name more --status available');
  expect(named.map((one) => one['Name'])).toEqual(['more']);
});

test('openstack attaches a volume, shows it at server and volume, and takes it away', async () => {
  const added = await openstack<Row>('server add volume web data --tag db --enable-delete-on-termination');
  expect(added).toMatchObject({ 'Server ID': id, Device: '/dev/vdb', Tag: 'db' });
  await becomes('data', 'in-use');
  const [attached] = await openstack<Row[]>('server volume list web --os-compute-api-version 2.89');
  expect(attached).toMatchObject({ Device: '/dev/vdb', 'Server ID': id, 'Delete On Termination?': true });
  const [listed] = (await openstack<Row[]>('volume list')).filter((one) => one['Name'] === 'data');
  expect(JSON.stringify(listed?.['Attached to'])).toContain(id);
  const shown = await openstack<Row>('server show web');
  expect(JSON.stringify(shown['volumes_attached'])).toContain(String(listed?.['ID']));
  const volume = String(listed?.['ID']);
  // The client looks for no name here.
  await runs(`server volume update web ${volume} --preserve-on-termination --os-compute-api-version 2.85`);
  const [kept] = await openstack<Row[]>('server volume list web --os-compute-api-version 2.89');
  expect(kept).toMatchObject({ 'Volume ID': volume, 'Delete On Termination?': false });
  await runs('server remove volume web data');
  await becomes('data', 'available');
  expect(await openstack<Row[]>('server volume list web')).toEqual([]);
  const events = await openstack<Row[]>('server event list web');
  expect(events.map((one) => one['Action']).slice(0, 2)).toEqual(['detach_volume', 'attach_volume']);
});

test('nova attaches and detaches too, and the SDK waits for both', async () => {
  const { id: volume } = await server.stage.client().volume('more');
  const attached = await server.clients.nova('volume-attach', id, volume);
  expect(attached).toContainEqual({ Property: 'volumeId', Value: volume });
  await becomes('more', 'in-use');
  expect(JSON.stringify(await server.clients.nova('volume-attachments', id))).toContain('/dev/vdb');
  await server.clients.nova('volume-detach', id, volume);
  await becomes('more', 'available');
  const told = await server.clients.sdk<string[]>(`
server = conn.compute.get_server('${id}')
volume = conn.get_volume('more')
conn.attach_volume(server, volume, wait=True, timeout=30)
first = conn.get_volume('more').status
conn.detach_volume(server, conn.get_volume('more'), wait=True, timeout=30)
print(json.dumps([first, conn.get_volume('more').status]))
`);
  expect(told).toEqual(['in-use', 'available']);
});

test('openstack makes volumes, of types too, and changes, extends and deletes them', async () => {
  const { pools } = server.stage.world.host('compute11');
  const pool = { type: 'dir', active: true, autostart: true, directory: '/data', source: '' };
  pools.set('default', pool);
  pools.set('fast', pool);
  await server.stage.client().addVolumeType({ name: 'fast', pool: 'fast', description: 'of the SSDs' });
  const types = await openstack<Row[]>('volume type list');
  expect(types.map((one) => one['Name'])).toEqual(['__DEFAULT__', 'fast']);
  expect(await openstack<Row>('volume type show fast')).toMatchObject({
    name: 'fast',
    description: 'of the SSDs',
  });
  const made = await openstack<Row>('volume create --size 1 --property tier=gold --description hers v');
  expect(made).toMatchObject({ name: 'v', size: 1, type: '__DEFAULT__', description: 'hers' });
  await runs('volume create --size 2 --type fast f');
  for (const name of ['v', 'f']) await becomes(name, 'available');
  await runs('volume set --size 3 --name w --property site=b v');
  await becomes('w', 'available');
  expect(await openstack<Row>('volume show w')).toMatchObject({
    size: 3,
    status: 'available',
    properties: { tier: 'gold', site: 'b' },
  });
  await runs('volume unset --property tier w');
  expect((await openstack<Row>('volume show w'))['properties']).toEqual({ site: 'b' });
  expect((await openstack<Row>('volume show f'))['type']).toBe('fast');
  const limits = await openstack<Row[]>('limits show --absolute');
  expect(limits).toContainEqual({ Name: 'totalVolumesUsed', Value: 4 });
  await runs('server add volume web f');
  await becomes('f', 'in-use');
  await runs('server remove volume web f');
  await becomes('f', 'available');
  await runs('volume delete w f');
  await until('both are gone', async () => {
    const left = (await openstack<Row[]>('volume list')).map((one) => one['Name']);
    return left.includes('w') || left.includes('f') ? null : true;
  });
  const refused = await server.clients.runOpenstack('volume', 'snapshot', 'create', '--volume', 'data', 's');
  expect([refused.code === 0, refused.stderr]).toEqual([
    false,
    expect.stringContaining('Ferry has no snapshots'),
  ]);
});

test('the SDK makes a volume, waits for it and deletes it, as Terraform does', async () => {
  const told = await server.clients.sdk<unknown[]>(`
volume = conn.create_volume(size=1, name='sdk', wait=True, timeout=30)
first = [volume.status, volume.size]
conn.delete_volume('sdk', wait=True, timeout=30)
print(json.dumps([first, conn.get_volume('sdk')]))
`);
  expect(told).toEqual([['available', 1], null]);
});

test('a volume that is attached is kept, and one that is not is deleted', async () => {
  await runs('server add volume web more');
  await becomes('more', 'in-use');
  const refused = await server.clients.runOpenstack('volume', 'delete', 'more');
  expect(refused.stderr).toContain('web has it as /dev/vdb');
  await runs('volume delete data');
  await until('it is gone', async () => ((await server.stage.client().volumes()).length === 1 ? true : null));
  expect((await openstack<Row[]>('volume list')).map((one) => one['Name'])).toEqual(['more']);
});
