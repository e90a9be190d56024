import { until } from '@ferry/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectMovedWarm } from './expect-moved-warm.ts';
import { expectStayed } from './expect-stayed.ts';
import { expectWritten } from './expect-written.ts';
import { WarmWorld } from './warm-world.ts';

let world: WarmWorld;
const images = '/var/lib/libvirt/images';

beforeAll(async () => {
  world = await WarmWorld.up('warmluck');
});
afterAll(() => world?.down());

describe.each([
  { way: 'direct', to: 'compute12' },
  { way: 'streams', to: 'compute13' },
] as const)('$way', ({ way, to }) => {
  // The gate takes each case by one way, and a part by both: what Ferry decides is the same.
  test('an abort while the bulk is copied: it runs on, on its own disk', {
    tags: way === 'direct' ? [] : ['thorough'],
  }, async () => {
    const guest = await world.writingGuest(`abort-${way}`, 'overlay');
    const disks = await world.disksOf('compute11', guest.name);
    const { id: boot } = await guest.waitAlive();
    const id = await world.copying(guest, to);
    const records = await world.wrote(guest, 1);
    await world.lab.client.abortMigration(id);
    expect(await world.lab.ended(id)).toMatchObject({ status: 'cancelled', error: { code: 'aborted' } });
    await expectStayed(world, guest, to, { disks, records });
    expect((await guest.waitAlive()).id).toBe(boot);
    await world.end('compute11', guest);
  });

  test('the target’s disk runs full for the rest: it runs again at the source, on its own disk', {
    tags: 'thorough',
  }, async () => {
    const guest = await world.writingGuest(`full-${way}`, 'raw');
    const disks = await world.disksOf('compute11', guest.name);
    const target = world.lab.host(to);
    await target.execOk(['mount', '-t', 'tmpfs', '-o', 'size=400M,mode=711', 'none', images]);
    await target.virsh('pool-refresh', 'default');
    const id = await world.askedToPowerOff(guest, to);
    const records = await world.wrote(guest, 1);
    await target.exec(['dd', 'if=/dev/zero', `of=${images}/ballast`, 'bs=1M', 'status=none']);
    expect(await world.lab.ended(id)).toMatchObject({ status: 'error', error: { code: 'disk-full' } });
    await expectStayed(world, guest, to, { disks, records });
    await target.execOk(['umount', images]);
    await target.virsh('pool-refresh', 'default');
    await world.end('compute11', guest);
  });

  test('the controller is killed while the bulk is copied: the next one goes on', {
    tags: 'thorough',
  }, async () => {
    const guest = await world.writingGuest(`killed-${way}`, 'overlay');
    const disks = await world.disksOf('compute11', guest.name);
    const id = await world.copying(guest, to);
    await world.lab.ferry.kill();
    const records = await world.wrote(guest, 64);
    await world.startFerry();
    const migration = await world.lab.ended(id);
    expect(migration.status).toBe('confirmed');
    await expectMovedWarm(world, guest, migration, { disks, records });
    await world.end(to, guest);
  });

  test('the controller is killed while the rest is copied: the next one goes on', {
    tags: way === 'streams' ? [] : ['thorough'],
  }, async () => {
    const guest = await world.writingGuest(`late-${way}`, 'raw');
    const disks = await world.disksOf('compute11', guest.name);
    const id = await world.askedToPowerOff(guest, to);
    const records = await world.wrote(guest, 1);
    // Nothing gets to the target, until the controller is gone.
    const { address } = world.lab.host(to);
    const mend = await world.lab.host(to).dropTraffic({ to: address });
    await world.lab.waitFor(id, 'copying the rest', (one) => one.phase.startsWith('the rest'));
    await world.lab.ferry.kill();
    await mend();
    await world.startFerry();
    const migration = await world.lab.ended(id);
    expect(migration.status).toBe('confirmed');
    await expectMovedWarm(world, guest, migration, { disks, records });
    await world.end(to, guest);
  });
});

test('the target’s libvirtd is away when it is to be defined there: it runs at the source again at once', {
  tags: 'thorough',
}, async () => {
  const guest = await world.writingGuest('daemon', 'overlay');
  const disks = await world.disksOf('compute11', guest.name);
  const target = world.lab.host('compute12');
  const id = await world.askedToPowerOff(guest, 'compute12');
  const records = await world.wrote(guest, 1);
  await target.libvirtd.kill();
  const migration = await world.lab.ended(id);
  expect(migration).toMatchObject({ status: 'error', error: { code: 'target-silent' } });
  expect(migration.error?.message).toContain('Clean-up on compute12 is not done yet');
  expect(await world.disksOf('compute11', guest.name)).toBe(disks);
  expect(await world.filesOf('compute11', guest.name)).toEqual([guest.diskPath]);
  await target.libvirtd.start();
  const clean = async (): Promise<true | null> =>
    (await world.filesOf('compute12', guest.name)).length === 0 || null;
  await until('clean-up', 120_000, clean);
  await expectStayed(world, guest, 'compute12', { disks, records });
  await world.end('compute11', guest);
});

test('the source loses its power while the bulk is copied: once it is back, its disk is its own again', async () => {
  const guest = await world.writingGuest('dark', 'overlay');
  const disks = await world.disksOf('compute11', guest.name);
  const id = await world.copying(guest, 'compute12');
  const records = await world.wrote(guest, 1);
  await world.source.powerOff();
  const migration = await world.lab.ended(id);
  expect(migration.status).toBe('error');
  await world.source.powerOn();
  await world.letIn(world.source);
  const clean = async (): Promise<true | null> =>
    (await world.filesOf('compute11', guest.name)).length === 1 || null;
  await until('clean-up', 120_000, clean);
  expect(await world.disksOf('compute11', guest.name)).toBe(disks);
  expect(await world.lab.lab.runStates(guest.name)).toEqual([]);
  await expectWritten(world.source, guest.diskPath, records);
});

test('the guest ends while the bulk is copied, and the move is aborted: it is off, on its own disk', {
  tags: 'thorough',
}, async () => {
  const guest = await world.writingGuest('ends', 'raw');
  const disks = await world.disksOf('compute11', guest.name);
  const id = await world.copying(guest, 'compute12');
  const records = await world.wrote(guest, 1);
  await world.end('compute11', guest);
  await world.lab.client.abortMigration(id);
  expect(await world.lab.ended(id)).toMatchObject({ status: 'cancelled' });
  expect(await world.lab.lab.runStates(guest.name)).toEqual([]);
  expect(await world.disksOf('compute11', guest.name)).toBe(disks);
  expect(await world.filesOf('compute11', guest.name)).toEqual([guest.diskPath]);
  await expectWritten(world.source, guest.diskPath, records);
});

test('a file that QEMU has open and libvirt does not know of is not removed, and said', {
  tags: 'thorough',
}, async () => {
  const guest = await world.writingGuest('unknown', 'overlay');
  const disks = await world.disksOf('compute11', guest.name);
  const monitor = (command: string, args: object): Promise<string> =>
    world.source.virsh(
      'qemu-monitor-command',
      guest.name,
      JSON.stringify({ execute: command, arguments: args }),
    );
  const id = await world.copying(guest, 'compute12');
  // As a libvirtd would leave it that ends between QEMU's change and its own.
  const path = `${images}/.unknown.qcow2.ferry-${id}.2`;
  await world.source.execOk(['qemu-img', 'create', '-q', '-f', 'qcow2', path, '256M']);
  await world.source.execOk(['chown', 'libvirt-qemu:libvirt-qemu', path]);
  await monitor('blockdev-add', { 'node-name': 'stray', driver: 'file', filename: path });
  const records = await world.wrote(guest, 1);
  await world.lab.client.abortMigration(id);
  const migration = await world.lab.ended(id);
  expect(migration.error?.message).toContain(`the guest writes to ${path}`);
  expect(await world.lab.hasFile('compute11', path)).toBe(true);
  await monitor('blockdev-del', { 'node-name': 'stray' });
  await until(
    'clean-up',
    60_000,
    async () => (await world.filesOf('compute11', guest.name)).length === 1 || null,
  );
  await until(
    'clean-up on the target',
    60_000,
    async () => (await world.filesOf('compute12', guest.name)).length === 0 || null,
  );
  await expectStayed(world, guest, 'compute12', { disks, records });
  await world.end('compute11', guest);
});
