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
