import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OpenStackClients } from '../compat/client.ts';
import requireClients from '../compat/set-up.ts';
import { LabWorld } from './lab-world.ts';

const listen = '127.0.0.1:8774';

let world: LabWorld;
let clients: OpenStackClients;

beforeAll(async () => {
  requireClients();
  world = await LabWorld.up('clients', 2);
  await world.ferry.stop();
  await world.ferry.start('--listen', listen);
  const { dataDirectory } = world.ferry;
  clients = new OpenStackClients(
    {
      OS_AUTH_URL: `http://${listen}/identity/v3`,
      OS_IDENTITY_API_VERSION: '3',
      OS_USERNAME: 'admin',
      OS_PASSWORD: readFileSync(join(dataDirectory, 'admin.password'), 'utf8').trim(),
      OS_USER_DOMAIN_ID: 'default',
      OS_PROJECT_NAME: 'admin',
      OS_PROJECT_DOMAIN_ID: 'default',
    },
    (argv, options) => world.lab.spawnInCtl(argv, options),
  );
});

afterAll(async () => {
  clients?.[Symbol.dispose]();
  await world?.down();
});

test("OpenStack's own clients move a real guest while it runs, there and back", async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11' });
  const { id } = await guest.waitAlive();
  const listed = await clients.openstack<{ Name: string; Status: string }[]>('server', 'list');
  expect(listed).toMatchObject([{ Name: 'web', Status: 'ACTIVE' }]);
  const live = ['--live-migration', '--host', 'compute12', '--wait'];
  const moved = await clients.runOpenstack(
    '--os-compute-api-version',
    '2.79',
    'server',
    'migrate',
    ...live,
    'web',
  );
  expect([moved.code, moved.stderr]).toEqual([0, '']);
  expect(await world.lab.runners('web')).toEqual(['compute12']);
  expect(await guest.waitAlive()).toMatchObject({ id, bad: 0 });
  const shown = await clients.openstack('server', 'show', 'web');
  expect(shown).toMatchObject({
    status: 'ACTIVE',
    'OS-EXT-SRV-ATTR:host': 'compute12',
    'OS-EXT-STS:power_state': 1,
  });
  expect(await clients.run(['nova', 'live-migration', 'web', 'compute11'])).toMatchObject({ code: 0 });
  await until('the guest is back', 60_000, async () =>
    (await world.client.instance('web')).host === 'compute11' ? true : null,
  );
  expect(await world.lab.runners('web')).toEqual(['compute11']);
  expect(await guest.waitAlive()).toMatchObject({ id, bad: 0 });
});
