import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectMovedWarm } from './expect-moved-warm.ts';
import { expectStayed } from './expect-stayed.ts';
import { expectWritten } from './expect-written.ts';
import { WarmWorld } from './warm-world.ts';

let world: WarmWorld;
const images = '/var/lib/libvirt/images';

beforeAll(async () => {
  world = await WarmWorld.up('warm');
});
afterAll(() => world?.down());

describe.each([
  { way: 'direct', to: 'compute12' },
  { way: 'streams', to: 'compute13' },
] as const)('$way', ({ way, to }) => {
  // The gate takes each disk by one way, and a part by both: what Ferry decides is the same.
  for (const disk of ['raw', 'overlay'] as const)
    test(`a guest on a disk that is ${disk}: the bulk while it runs, a small rest while it is off`, {
      tags: (disk === 'raw') === (way === 'direct') ? [] : ['thorough'],
    }, async () => {
      const guest = await world.writingGuest(`bulk-${disk}-${way}`, disk);
      const disks = await world.disksOf('compute11', guest.name);
      const id = await world.copying(guest, to);
      const records = await world.wrote(guest, 64);
      const migration = await world.lab.ended(id);
      expect(migration.result?.downtimeMs).toBeGreaterThan(0);
      for (const copy of migration.copies) expect(copy).toMatchObject({ state: 'done', way: { kind: way } });
      await expectMovedWarm(world, guest, migration, { disks, records });
      const shown = await world.lab.ferry.run('migration', 'show', id);
      expect(shown.stdout).toMatch(/downtime +[0-9.]+ m?s\n/);
      expect(shown.stdout).toMatch(/while it ran \(in one round\), .* while it was off/);
      await world.end(to, guest);
    });
});

test('a disk that somebody grows while it is copied (virsh blockresize) is as large on the target, and has all that was written', {
  tags: 'thorough',
}, async () => {
  const guest = await world.writingGuest('grown', 'raw');
  const id = await world.copying(guest, 'compute12');
  await world.source.virsh('blockresize', guest.name, 'vda', '512M');
  const records = await world.wrote(guest, 64);
  expect(await world.lab.ended(id)).toMatchObject({ status: 'confirmed', error: null });
  const target = world.lab.host('compute12');
  expect(await target.virsh('domblkinfo', guest.name, 'vda')).toMatch(/Capacity: +536870912\n/);
  expect(await world.filesOf('compute12', guest.name)).toEqual([guest.diskPath]);
  expect(await world.filesOf('compute11', guest.name)).toEqual([]);
  // The guest has booted on 256 MiB, and writes to the end of those.
  const first = '/tmp/first-256-mib.raw';
  await target.execOk(['cp', '--sparse=always', guest.diskPath, first]);
  await target.execOk(['truncate', '-s', '256M', first]);
  await expectWritten(target, first, records);
  await world.end('compute12', guest);
});

test('much is written meanwhile: it is copied in a second round while the guest still runs', {
  tags: 'thorough',
}, async () => {
  const guest = await world.writingGuest('rounds', 'overlay');
  const disks = await world.disksOf('compute11', guest.name);
  const id = await world.copying(guest, 'compute13');
  const write = `qemu-io -d /machine/peripheral/virtio-disk0/virtio-backend "write -q -P 85 96M 64M"`;
  await world.source.virsh('qemu-monitor-command', guest.name, '--hmp', write);
  // As a try that a crash has cut short would leave it: the overlay of the next round, which nobody uses.
  const left = `${images}/.rounds.qcow2.ferry-${id}.2`;
  await world.source.execOk(['qemu-img', 'create', '-q', '-f', 'qcow2', left, '1M']);
  await world.lab.waitFor(
    id,
    'copying a second round',
    (one) => one.phase.startsWith('round 2') && one.progress?.iteration === 2,
  );
  const records = await world.wrote(guest, 1);
  const migration = await world.lab.ended(id);
  expect(migration.result?.warm?.rounds).toBe(2);
  await expectMovedWarm(world, guest, migration, { disks, records });
  const read = ['qemu-io', '-U', '-r', '-f', 'qcow2', '-c', 'read -P 85 96M 64M', guest.diskPath];
  expect(await world.lab.host('compute13').execOk(read)).not.toContain('failed');
  await world.end('compute13', guest);
});

test.each([
  { kind: 'in the image', more: [], files: ['snaps1.qcow2'] },
  { kind: 'of disks', more: ['--disk-only'], files: ['snaps2.first', 'snaps2.qcow2'] },
])('snapshots $kind come along', { tags: 'thorough' }, async ({ more, files }) => {
  const [name = ''] = files.at(-1)?.split('.') ?? [];
  const guest = await world.writingGuest(name, 'overlay');
  await world.source.virsh('snapshot-create-as', name, 'first', ...more);
  const disks = await world.disksOf('compute11', name);
  const records = await world.wrote(guest, 1);
  const migration = await world.lab.moved(name, 'cold', 'compute12', { warm: true });
  expect(migration).toMatchObject({ status: 'confirmed', error: null, result: { warm: { rounds: 1 } } });
  const target = world.lab.host('compute12');
  expect(await world.disksOf('compute12', name)).toBe(disks);
  const paths = files.map((file) => `${images}/${file}`);
  expect(await world.filesOf('compute12', name)).toEqual(paths);
  await expectWritten(target, paths[0] ?? '', records);
  expect((await target.virsh('snapshot-current', name, '--name')).trim()).toBe('first');
  await guest.waitAlive();
  if (more.length === 0) await target.virsh('snapshot-revert', name, 'first');
  await world.end('compute12', guest);
});

test('the source’s libvirtd is killed and comes back while the bulk is copied: it is gone on with', {
  tags: 'thorough',
}, async () => {
  const guest = await world.writingGuest('back', 'raw');
  const disks = await world.disksOf('compute11', guest.name);
  const id = await world.copying(guest, 'compute13');
  await world.source.libvirtd.kill();
  await world.source.libvirtd.start();
  const records = await world.wrote(guest, 1);
  const migration = await world.lab.ended(id);
  expect(migration.status).toBe('confirmed');
  await expectMovedWarm(world, guest, migration, { disks, records });
  await world.end('compute13', guest);
});

test('what it writes meanwhile fills the source: it runs on, on its own disk', {
  tags: 'thorough',
}, async () => {
  const { source } = world;
  await source.execOk(['mount', '-t', 'tmpfs', '-o', 'size=440M,mode=711', 'none', images]);
  await source.virsh('pool-refresh', 'default');
  const guest = await world.writingGuest('filled', 'raw');
  const disks = await world.disksOf('compute11', guest.name);
  const id = await world.copying(guest, 'compute12');
  const records = await world.wrote(guest, 1);
  await source.execOk(['dd', 'if=/dev/zero', `of=${images}/ballast`, 'bs=1M', 'count=240', 'status=none']);
  const migration = await world.lab.ended(id);
  expect(migration).toMatchObject({ status: 'error', error: { code: 'source-full' } });
  expect(migration.error?.message).toContain('compute11');
  await expectStayed(world, guest, 'compute12', { disks, records });
  await world.end('compute11', guest);
  await source.execOk(['umount', images]);
  await source.virsh('pool-refresh', 'default');
});

test('what stands in the way is told, with what to do', async () => {
  const guest = await world.writingGuest('refused', 'overlay');
  const asked = { kind: 'cold-migration', host: 'compute12', warm: true } as const;
  const errors = async (): Promise<unknown[]> =>
    (await world.lab.client.check(guest.name, asked)).findings.filter(({ severity }) => severity === 'error');
  expect(await errors()).toEqual([]);
  await world.source.virsh('checkpoint-create-as', guest.name, 'monday');
  expect(await errors()).toMatchObject([{ code: 'warm-ready', compared: { checkpoints: 1 } }]);
  await world.source.virsh('checkpoint-delete', guest.name, 'monday');
  await world.source.virsh('blockcopy', guest.name, 'vda', `${images}/elsewhere.qcow2`, '--transient-job');
  expect(await errors()).toMatchObject([
    { code: 'warm-ready', compared: { disk: 'vda', obstacle: 'job', what: 'copy' } },
  ]);
  await world.source.virsh('blockjob', guest.name, 'vda', '--abort');
  expect((await world.lab.ferry.run('check', guest.name, 'compute12', '--warm')).code).toBe(0);
  await world.end('compute11', guest);
  const off = await world.lab.client.check(guest.name, asked);
  expect(off.findings).toContainEqual(expect.objectContaining({ code: 'warm-ready', severity: 'info' }));
});
