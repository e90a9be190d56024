import { until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('undefined', 2);
});
afterAll(() => world?.down());

test('a guest that somebody undefines while it is copied cold is defined again, and runs where it was', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11' });
  await guest.waitAlive();
  const here = world.host('compute11');
  await here.virsh('autostart', 'web');
  const before = await here.virsh('dumpxml', '--inactive', 'web');
  const slowly = { bandwidthBytesPerSecond: 4 * 1024 * 1024 };
  const { id } = await world.move('web', 'cold', 'compute12', slowly);
  const isOff = async (): Promise<true | null> =>
    (await here.exec(['virsh', '-q', 'domstate', 'web'])).stdout.includes('shut off') || null;
  await until('it to be off', 60_000, isOff);
  await here.virsh('undefine', 'web', '--nvram');
  expect(await world.ended(id)).toMatchObject({ status: 'error' });
  await until('it to be taken back', 60_000, async () =>
    (await world.client.instance('web')).taskState === null && !(await world.defines('compute12', 'web'))
      ? true
      : null,
  );
  await guest.waitAlive();
  expect(await world.lab.runners('web')).toEqual(['compute11']);
  expect(await here.virsh('dumpxml', '--inactive', 'web')).toBe(before);
  expect(await here.virsh('dominfo', 'web')).toMatch(/Autostart:\s+enable/);
  expect(await world.hasFile('compute12', guest.diskPath)).toBe(false);
});
