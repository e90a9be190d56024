import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OpenStackClients } from '../compat/client.ts';
import requireClients from '../compat/set-up.ts';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;
let clients: OpenStackClients;

type Row = Readonly<Record<string, unknown>>;
const newest = ['--os-compute-api-version', '2.92'];

beforeAll(async () => {
  requireClients();
  world = await LabWorld.up('power', 2);
  await world.ferry.stop();
  // Loopback of the lab's own network: no other controller can have the port.
  await world.ferry.start('--listen', '127.0.0.1:8774');
  const environment = {
    OS_AUTH_URL: 'http://127.0.0.1:8774/identity/v3',
    OS_USERNAME: 'admin',
    OS_PASSWORD: readFileSync(join(world.ferry.dataDirectory, 'admin.password'), 'utf8').trim(),
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_NAME: 'admin',
    OS_PROJECT_DOMAIN_NAME: 'Default',
  };
  clients = new OpenStackClients(environment, (argv, options) => world.lab.spawnInCtl(argv, options));
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

test('a real guest is paused, suspended to disk, brought back where it was, and rebooted', async () => {
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

test('a guest that changes memory faster than it is sent is forced: it stands still, and runs on at the target', async () => {
  const guest = await world.guest({
    name: 'busy',
    host: 'compute11',
    storage: 'shared',
    memoryMib: 192,
    dirty: { mib: 96, mibPerSecond: 60 },
  });
  const { id } = await guest.waitAlive();
  // A weak link, which Nova's API has no word for.
  const bandwidthBytesPerSecond = 20 * 1024 * 1024;
  const { id: migration } = await world.move('busy', 'live', 'compute12', { bandwidthBytesPerSecond });
  await world.waitFor(migration, 'in its second pass', (one) => (one.progress?.iteration ?? 0) > 1);
  const [row] = await clients.openstack<Row[]>(
    'server',
    'migration',
    'list',
    '--status',
    'running',
    ...newest,
  );
  await does('migration', 'force', 'complete', 'busy', String(row?.['Id']), ...newest);
  expect(await world.ended(migration)).toMatchObject({ status: 'completed', error: null });
  expect(await world.lab.runners('busy')).toEqual(['compute12']);
  expect(await libvirtState('compute12', 'busy')).toMatch(/^running/);
  expect(await guest.waitAlive()).toMatchObject({ id, bad: 0 });
});
