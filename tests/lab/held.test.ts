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

test('what somebody gives the guest at its target stays there when it goes back, and is named', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'gifts', host: 'compute11' });
  await guest.waitAlive();
  const { id } = await world.move('gifts', 'cold', 'compute12', { hold: true, shutdownTimeoutMs: 2_000 });
  await world.waitFor(id, 'finished', ({ status }) => status === 'finished');
  const there = world.host('compute12');
  const images = '/var/lib/libvirt/images';
  await guest.waitAlive();
  for (const name of ['lasting', 'passing'])
    await there.execOk(['qemu-img', 'create', '-q', '-f', 'qcow2', `${images}/${name}.qcow2`, '8M']);
  const attach = ['attach-disk', 'gifts', '--subdriver', 'qcow2', '--targetbus', 'virtio'];
  await there.virsh(...attach, `${images}/lasting.qcow2`, 'vdy', '--config');
  await there.virsh(...attach, `${images}/passing.qcow2`, 'vdz', '--live');
  const mac = '52:54:00:fe:77:77';
  await there.virsh('attach-interface', 'gifts', 'bridge', 'br-ex', '--mac', mac, '--config');
  const overlay = `${images}/gifts.later`;
  const only = ['--disk-only', '--no-metadata', '--diskspec', `vda,file=${overlay}`];
  await there.virsh('snapshot-create-as', 'gifts', 'later', ...only, '--diskspec', 'vdz,snapshot=no');

  const back = await world.ferry.run('migration', 'revert', id, '--wait');
  expect(back.code).toBe(0);
  expect(await world.lab.runners('gifts')).toEqual(['compute11']);
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(known);
  const shown = await world.ferry.run('migration', 'show', id);
  for (const [path, as] of [
    [`${images}/lasting.qcow2`, 'as disk vdy'],
    [`${images}/passing.qcow2`, 'as disk vdz'],
    [overlay, 'as disk vda'],
    [guest.diskPath, 'stands on it'],
  ] as const) {
    expect(await world.hasFile('compute12', path)).toBe(true);
    expect(shown.stdout).toMatch(new RegExp(`${path.replaceAll('.', String.raw`\.`)} on compute12: .*${as}`));
  }
  expect(shown.stdout).toContain(mac);
  expect(await world.defines('compute12', 'gifts')).toBe(false);
  await world.host('compute11').virsh('destroy', 'gifts');
});
