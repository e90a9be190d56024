import { until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenStackClients } from '../compat/client.ts';
import { LabWorld } from './lab-world.ts';
import { openstackOf } from './openstack-of.ts';

let world: LabWorld;
let clients: OpenStackClients;

type Row = Readonly<Record<string, unknown>>;
const newest = ['--os-compute-api-version', '2.92'];

beforeAll(async () => {
  world = await LabWorld.up('openstack', 2);
  clients = await openstackOf(world);
});
afterAll(async () => {
  clients?.[Symbol.dispose]();
  await world?.down();
});

async function does(...words: string[]): Promise<void> {
  expect(await clients.runOpenstack('server', ...words)).toMatchObject({ code: 0 });
}

/** Waits until a server has a status. */
function becomes(name: string, status: string): Promise<Row> {
  return until(`${name} to be ${status}`, 120_000, async () => {
    const shown = await clients.openstack<Row>('server', 'show', name, ...newest);
    return shown['status'] === status ? shown : null;
  });
}

async function libvirtState(host: string, name: string): Promise<string> {
  const { stdout } = await world.host(host).exec(['virsh', '-q', 'domstate', '--reason', name]);
  return stdout.trim();
}

test('the openstack client moves a real guest live, with its disk, and shows what was done', async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11' });
  const { id } = await guest.waitAlive();
  await does('migrate', '--live-migration', '--host', 'compute12', '--wait', 'web', ...newest);
  const shown = await clients.openstack<Row>('server', 'show', 'web', ...newest);
  expect(shown).toMatchObject({
    status: 'ACTIVE',
    'OS-EXT-SRV-ATTR:host': 'compute12',
    'OS-EXT-SRV-ATTR:instance_name': 'web',
  });
  expect(await world.lab.runners('web')).toEqual(['compute12']);
  expect(await guest.waitAlive()).toMatchObject({ id, bad: 0 });
  const listed = await clients.openstack<Row[]>('server', 'migration', 'list', ...newest);
  expect(listed).toMatchObject([
    { Status: 'completed', 'Source Compute': 'compute11', 'Dest Compute': 'compute12' },
  ]);
  const events = await clients.openstack<Row[]>('server', 'event', 'list', 'web', ...newest);
  expect(events.map((event) => event['Action'])).toContain('live-migration');
});

test('a real guest is paused, suspended to disk, brought back where it was, and rebooted', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'db', host: 'compute11' });
  const { id } = await guest.waitAlive();
  await does('pause', 'db');
  await becomes('db', 'PAUSED');
  expect(await libvirtState('compute11', 'db')).toBe('paused (user)');
  await does('unpause', 'db');
  await becomes('db', 'ACTIVE');
  await does('suspend', 'db');
  await becomes('db', 'SUSPENDED');
  expect(await libvirtState('compute11', 'db')).toBe('shut off (saved)');
  await does('resume', 'db');
  await becomes('db', 'ACTIVE');
  // The same boot goes on: its memory came back.
  expect(await guest.waitAlive()).toMatchObject({ id, bad: 0 });
  await does('reboot', '--hard', 'db');
  await becomes('db', 'ACTIVE');
  expect((await guest.waitAlive()).id).not.toBe(id);
  const log = await clients.runOpenstack('console', 'log', 'show', 'db', '--lines', '5');
  expect(log).toMatchObject({ code: 0 });
  expect(log.stdout.length).toBeGreaterThan(0);
});

test.each(['shared', 'local'] as const)(
  'a guest that changes memory faster than it is sent is forced: it stands still, and runs on at the target (%s disk)',
  { tags: 'thorough' },
  async (storage) => {
    const guest = await world.guest({
      name: `busy-${storage}`,
      host: 'compute11',
      storage,
      memoryMib: 192,
      dirty: { mib: 96, mibPerSecond: 60 },
    });
    const { id } = await guest.waitAlive();
    // A weak link, which Nova's API has no word for.
    const bandwidthBytesPerSecond = 20 * 1024 * 1024;
    const { id: migration } = await world.move(guest.name, 'live', 'compute12', { bandwidthBytesPerSecond });
    await world.waitFor(migration, 'in its second pass', (one) => (one.progress?.iteration ?? 0) > 1);
    const [row] = await clients.openstack<Row[]>(
      'server',
      'migration',
      'list',
      '--status',
      'running',
      ...newest,
    );
    await does('migration', 'force', 'complete', guest.name, String(row?.['Id']), ...newest);
    expect(await world.ended(migration)).toMatchObject({ status: 'completed', error: null });
    expect(await world.lab.runners(guest.name)).toEqual(['compute12']);
    expect(await libvirtState('compute12', guest.name)).toMatch(/^running/);
    expect(await guest.waitAlive()).toMatchObject({ id, bad: 0 });
  },
);
