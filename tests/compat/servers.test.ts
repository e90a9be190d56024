import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tinyImage } from '../sim/server-world.ts';
import { until } from '../sim/world.ts';
import { FerryServer } from './ferry-server.ts';

let server: FerryServer;
let directory: string;

const openstack = <T>(...words: string[]): Promise<T> => server.clients.openstack<T>(...words);
const runs = async (...words: string[]): Promise<void> => {
  const { code, stderr, stdout } = await server.clients.runOpenstack(...words);
  expect([words.join(' '), code, code === 0 ? '' : stderr + stdout]).toEqual([words.join(' '), 0, '']);
};

const words = (line: string): string[] => line.split(' ');

beforeAll(async () => {
  server = await FerryServer.start();
  directory = await mkdtemp(join(tmpdir(), 'ferry-compat-'));
  for (const { name } of await server.stage.client().hosts())
    await server.stage.client().setHost(name, { imageDirectory: '/images' });
});

afterAll(async () => {
  await rm(directory, { recursive: true });
  await server[Symbol.asyncDispose]();
});

describe('what a server is made of', () => {
  test('an image is uploaded, shown, changed and saved as it was', async () => {
    const file = join(directory, 'tiny.qcow2');
    writeFileSync(file, tinyImage());
    const made = await openstack<Record<string, unknown>>(
      ...words('image create tiny --disk-format qcow2 --public --tag small --file'),
      file,
    );
    expect(made).toMatchObject({ name: 'tiny', disk_format: 'qcow2', visibility: 'public' });
    await runs('image', 'set', 'tiny', '--property', 'os_distro=none', '--min-ram', '32');
    const shown = await openstack<Record<string, unknown>>('image', 'show', 'tiny');
    expect(shown).toMatchObject({ status: 'active', min_ram: 32, size: 600, tags: ['small'] });
    expect(shown['properties']).toMatchObject({ os_distro: 'none', os_hash_algo: 'sha512' });
    const list = await openstack<{ Name: string; Status: string }[]>('image', 'list');
    expect(list).toMatchObject([{ Name: 'tiny', Status: 'active' }]);
    const saved = join(directory, 'saved');
    await runs('image', 'save', 'tiny', '--file', saved);
    expect(readFileSync(saved).equals(tinyImage())).toBe(true);
  });

  test('a flavor, a keypair and a server group are made and shown', async () => {
    await openstack('flavor', 'create', 'small', '--ram', '64', '--disk', '1', '--vcpus', '1', '--id', '1');
    await runs('flavor', 'set', 'small', '--property', 'note=tests');
    expect(await openstack('flavor', 'show', 'small')).toMatchObject({
      ram: 64,
      properties: { note: 'tests' },
    });
    const key = join(directory, 'key');
    await runs('keypair', 'create', 'mine', '--private-key', key);
    expect(readFileSync(key, 'utf8')).toContain('PRIVATE KEY');
    expect(await openstack('keypair', 'list')).toMatchObject([{ Name: 'mine' }]);
    await openstack('server', 'group', 'create', 'apart', '--policy', 'anti-affinity');
    const groups = await openstack<{ Name: string }[]>('server', 'group', 'list');
    expect(groups).toMatchObject([{ Name: 'apart' }]);
    expect(JSON.stringify(groups)).toContain('anti-affinity');
  });
});

describe('a server', () => {
  test('is created and waited for, with a network by its name', async () => {
    const groups = await openstack<{ ID: string }[]>('server', 'group', 'list');
    const made = await openstack<Record<string, unknown>>(
      ...words('server create web --image tiny --flavor small --network default --key-name mine --wait'),
      ...words(`--property role=front --hint group=${groups[0]?.ID}`),
    );
    expect(made).toMatchObject({ name: 'web', status: 'ACTIVE', 'OS-EXT-STS:vm_state': 'active' });
    const list = await openstack<Record<string, unknown>[]>('server', 'list');
    expect(list).toMatchObject([{ Name: 'web', Status: 'ACTIVE', Image: 'tiny', Flavor: 'small' }]);
    const shown = await openstack<Record<string, unknown>>('server', 'show', 'web');
    expect(shown).toMatchObject({ key_name: 'mine', properties: { role: 'front' } });
    expect(server.stage.world.runners(String(shown['id']))).toHaveLength(1);
  });

  test('its image stays as long as it stands on it', async () => {
    const refused = await server.clients.runOpenstack('image', 'delete', 'tiny');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr + refused.stdout).toContain('in use');
  });

  test('one that no host can take is refused, with why', async () => {
    await openstack('flavor', 'create', 'huge', '--ram', '999999', '--disk', '1', '--vcpus', '1');
    const refused = await server.clients.runOpenstack(
      ...words('server create x --image tiny --flavor huge --network default --wait'),
    );
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('No valid host was found. compute11: ');
  });

  test('novaclient boots one and deletes it', async () => {
    await server.clients.nova(...words('boot by-nova --image tiny --flavor small --nic net-name=default'));
    const rows = await server.clients.nova('list');
    expect(new Set(rows.map((row) => row['Name']))).toEqual(new Set(['by-nova', 'web']));
    const { code } = await server.clients.run(['nova', 'delete', 'by-nova']);
    expect(code).toBe(0);
  });

  test('one that waits to be confirmed is deleted and waited for', async () => {
    await openstack(...words('server create moved --image tiny --flavor small --network default --wait'));
    await runs('server', 'migrate', 'moved');
    await until('it is to be confirmed', async () => {
      const { status } = await openstack<Record<string, unknown>>('server', 'show', 'moved');
      return status === 'VERIFY_RESIZE' ? true : null;
    });
    await runs('server', 'delete', 'moved', '--wait');
    const list = await openstack<Record<string, unknown>[]>('server', 'list');
    expect(list.map((row) => row['Name'])).toEqual(['web']);
  });

  test('is deleted and waited for; then all it was made of can go', async () => {
    await runs('server', 'delete', 'web', '--wait');
    await server.stage.quiet();
    expect(await openstack('server', 'list')).toEqual([]);
    await runs('image', 'delete', 'tiny');
    await runs('keypair', 'delete', 'mine');
    await runs('server', 'group', 'delete', 'apart');
    await runs('flavor', 'delete', 'small', 'huge');
    expect(await openstack('image', 'list')).toEqual([]);
    expect(await openstack('flavor', 'list')).toEqual([]);
  });
});
