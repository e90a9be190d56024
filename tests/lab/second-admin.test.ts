import { baseContent, guestChecksum } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;
const mebibyte = 1024 * 1024;
const known = guestChecksum(baseContent());
const images = '/var/lib/libvirt/images';

beforeAll(async () => {
  world = await LabWorld.up('secondadmin', 3);
});
afterAll(() => world?.down());

test('the target’s image is deleted while a guest is sent into it: the source’s stays, and it is said that it may be the last', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'deleted', host: 'compute11' });
  await guest.waitAlive();
  const slowly = { bandwidthBytesPerSecond: 12 * mebibyte };
  const { id } = await world.move('deleted', 'live', 'compute12', slowly);
  await world.waitFor(id, 'sending', (one) => (one.progress?.memoryBytes ?? 0) > 2 * mebibyte);
  await world.host('compute12').execOk(['rm', guest.diskPath]);
  const end = await world.ended(id);
  expect(await world.hasFile('compute11', guest.diskPath)).toBe(true);
  // It runs on, on a file that has no name any more.
  expect(await guest.diskChecksum()).toBe(known);
  expect(end.status).toBe('completed');
  const because = expect.stringContaining('compute12 has') as string;
  expect(end.kept).toEqual([{ host: 'compute11', path: guest.diskPath, because }]);
  const [runner = ''] = await world.lab.runners('deleted');
  await world.host(runner).virsh('destroy', 'deleted');
});

test('a disk is attached to the definition while the others are copied: the move goes back, and says so', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'attached', host: 'compute11' });
  await guest.waitAlive();
  const [here, there] = [world.host('compute11'), world.host('compute12')];
  const late = `${images}/late.qcow2`;
  for (const host of [here, there])
    await host.execOk(['qemu-img', 'create', '-q', '-f', 'qcow2', late, '8M']);
  await guest.writeDisk(48);
  const { id } = await world.move('attached', 'cold', 'compute12', { bandwidthBytesPerSecond: 4 * mebibyte });
  await world.waitFor(id, 'copying', ({ phase }) => phase.startsWith(`copy ${guest.diskPath}`));
  await here.virsh('attach-disk', 'attached', late, 'vdy', '--subdriver', 'qcow2', '--config');
  const end = await world.ended(id);
  expect(end).toMatchObject({
    status: 'error',
    error: { code: 'disks-changed', message: expect.stringContaining(`vdy (${late}) was added`) as string },
  });
  expect(await world.lab.runners('attached')).toEqual(['compute11']);
  await guest.waitAlive();
  expect(await world.defines('compute12', 'attached')).toBe(false);
  expect(await world.hasFile('compute12', guest.diskPath)).toBe(false);
  for (const host of ['compute11', 'compute12']) expect(await world.hasFile(host, late)).toBe(true);
  await here.virsh('destroy', 'attached');
});

test('virsh migrate takes the guest to a third host while its move begins: it is found there, and nothing is left on the target', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'taken', host: 'compute11', storage: 'shared' });
  const { id: boot } = await guest.waitAlive();
  await world.host('compute11').virsh('autostart', 'taken');
  const { id } = await world.move('taken', 'cold', 'compute12');
  const to = world.host('compute13').uri;
  const words = ['--live', '--p2p', '--persistent', '--undefinesource', '--unsafe', 'taken', to];
  const byHand = await world.host('compute11').exec(['virsh', 'migrate', ...words], { timeoutMs: 120_000 });
  const end = await world.ended(id);
  const [runner = ''] = await world.lab.runners('taken');
  // Whoever was first has it; the other one says why not.
  const stayed = end.status === 'confirmed' ? 'compute12' : 'compute11';
  const isTaken = byHand.code === 0;
  expect(runner).toBe(isTaken ? 'compute13' : stayed);
  expect(end.error?.message ?? 'compute13').toContain(isTaken ? 'compute13' : '');
  const { id: bootNow, bad } = await guest.waitAlive();
  // Taken along as it ran; powered off and started by a cold move that was first.
  expect([!isTaken || bootNow === boot, bad]).toEqual([true, 0]);
  expect(await world.lab.runners('taken')).toHaveLength(1);
  expect(await guest.diskChecksum()).toBe(known);
  await world.host(runner).virsh('destroy', 'taken');
});
