import { baseContent, guestChecksum } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;
const known = guestChecksum(baseContent());

beforeAll(async () => {
  world = await LabWorld.up('held', 2);
});
afterAll(() => world?.down());

test('a guest on local disks is held after its move, goes back to its source, and goes again for good', async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11' });
  await guest.waitAlive();
  await world.host('compute11').virsh('autostart', 'web');
  const wait = async (id: string, status: string): Promise<void> => {
    await world.waitFor(id, status, (migration) => migration.status === status);
  };

  const first = await world.ferry.run(
    'migrate',
    'web',
    'compute12',
    '--hold',
    '--shutdown-timeout',
    '2',
    '--wait',
    '-o',
    'json',
  );
  expect(first).toMatchObject({ code: 0 });
  const held = JSON.parse(first.stdout) as { id: string };
  expect(held).toMatchObject({ status: 'finished', held: true });
  expect(await world.lab.runners('web')).toEqual(['compute12']);
  await guest.waitAlive();
  expect((await world.host('compute11').virsh('domstate', 'web')).trim()).toBe('shut off');
  expect(await world.host('compute11').virsh('dominfo', 'web')).toMatch(/Autostart:\s+disable/);
  expect(await world.hasFile('compute11', guest.diskPath)).toBe(true);

  const back = await world.ferry.run('migration', 'revert', held.id, '--wait');
  expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining('reverted') as string });
  expect(await world.lab.runners('web')).toEqual(['compute11']);
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(known);
  expect(await world.defines('compute12', 'web')).toBe(false);
  expect(await world.hasFile('compute12', guest.diskPath)).toBe(false);
  expect(await world.host('compute11').virsh('dominfo', 'web')).toMatch(/Autostart:\s+enable/);

  const { id } = await world.move('web', 'cold', 'compute12', { hold: true, shutdownTimeoutMs: 2_000 });
  await wait(id, 'finished');
  await world.client.decideMigration(id, 'confirm');
  expect(await world.ended(id)).toMatchObject({ status: 'confirmed', error: null });
  expect(await world.lab.runners('web')).toEqual(['compute12']);
  expect(await world.defines('compute11', 'web')).toBe(false);
  expect(await world.hasFile('compute11', guest.diskPath)).toBe(false);
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(known);
});

test('a guest gets another size: memory, processors and a larger disk at the target, and the old ones when it is reverted', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'db', host: 'compute11' });
  await guest.waitAlive();
  const flavor = { name: 'm1.lab', ram: 384, vcpus: 2, disk: 1 };
  expect(await world.ferry.compute('POST', '/flavors', { flavor })).toMatchObject({ status: 200 });
  const shown = async (host: string): Promise<string> => world.host(host).virsh('dumpxml', 'db');
  const before = await shown('compute11');

  const words = ['resize', 'db', 'm1.lab', 'compute12', '--shutdown-timeout', '2', '--wait', '-o', 'json'];
  const resized = await world.ferry.run(...words);
  expect(resized).toMatchObject({ code: 0 });
  const { id } = JSON.parse(resized.stdout) as { id: string };
  await guest.waitAlive();
  const xml = await shown('compute12');
  expect(xml).toMatch(/<memory unit='KiB'>393216<\/memory>/);
  expect(xml).toMatch(/<vcpu[^>]*>2<\/vcpu>/);
  expect(await world.host('compute12').virsh('domblkinfo', 'db', 'vda')).toMatch(/Capacity:\s+1073741824/);
  expect(await guest.diskChecksum()).toBe(known);

  expect(await world.ferry.run('migration', 'revert', id, '--wait')).toMatchObject({ code: 0 });
  await guest.waitAlive();
  const memory = /<memory.*<\/memory>/;
  expect(memory.exec(await shown('compute11'))?.[0]).toBe(memory.exec(before)?.[0]);
  expect(await world.host('compute11').virsh('domblkinfo', 'db', 'vda')).not.toMatch(/1073741824/);
  expect(await guest.diskChecksum()).toBe(known);
});
