import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MigrationBody, MoveBody } from '@ferry/api';
import { baseContent, guestChecksum, until } from '@ferry/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';
import { SshKeys } from './libvirt/ssh-keys.ts';

let world: LabWorld;
let folder: string;
const mebibyte = 1024 * 1024;
/** Slow enough to do something to a copy while it goes. */
const slowly = { bandwidthBytesPerSecond: 24 * mebibyte };
const serve = ['--copy-stall-timeout', '4'];
const images = '/var/lib/libvirt/images';

/** From compute11 to compute12 by ssh: straight; to compute13, which is reached by TCP: through libvirt's streams. */
const ways = [
  { way: 'direct', to: 'compute12', leastResumed: 16 * mebibyte, ballastMib: 300 },
  { way: 'streams', to: 'compute13', leastResumed: 0, ballastMib: 200 },
] as const;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-copy-'));
  world = await LabWorld.up('coldcopy', 3, { addHosts: false });
  const keys = new SshKeys(folder);
  await world.ferry.stop();
  await world.ferry.start(...serve);
  world.ferry.allow(world.lab.hosts.map((host) => keys.uri(host)));
  for (const host of world.lab.hosts) {
    const bySsh = host.name !== 'compute13';
    if (bySsh) await keys.letInto(host);
    await world.addHost({ uri: bySsh ? keys.uri(host) : host.uri, peerUri: host.uri });
  }
});
afterAll(async () => {
  await world?.down();
  rmSync(folder, { recursive: true, force: true });
});

const copyOf = (migration: MigrationBody, path: string): MigrationBody['copies'][number] => {
  const found = migration.copies.find((copy) => copy.path === path);
  if (found === undefined) throw new Error(`no record of ${path} in ${JSON.stringify(migration.copies)}`);
  return found;
};

/** An instance that is never started, and its one raw disk of 256 MiB. */
interface Still {
  readonly name: string;
  readonly diskPath: string;
}

/** Makes one, with so much of its disk random. */
async function offGuest(name: string, mib = 160): Promise<Still> {
  const guest = { name, diskPath: `${images}/${name}.img` };
  const host = world.host('compute11');
  const xml = `<domain type='qemu'><name>${name}</name><memory unit='MiB'>64</memory>
    <os><type arch='x86_64'>hvm</type></os><devices><disk type='file' device='disk'>
    <driver name='qemu' type='raw'/><source file='${guest.diskPath}'/><target dev='vda'/></disk></devices></domain>`;
  await host.execOk(['truncate', '-s', '256M', guest.diskPath]);
  await host.execOk(['sh', '-ec', 'cat > /run/$0.xml && virsh -q define /run/$0.xml', name], { input: xml });
  await world.client.adoptInstance({ host: 'compute11', domain: name });
  const fill = [
    'dd',
    'if=/dev/urandom',
    `of=${guest.diskPath}`,
    'bs=1M',
    `count=${mib}`,
    'seek=64',
    'conv=notrunc',
  ];
  await world.host('compute11').execOk([...fill, 'status=none']);
  return guest;
}

async function sum(host: string, path: string): Promise<string> {
  return (await world.host(host).execOk(['sha256sum', path])).split(' ')[0] ?? '';
}

/** Begins a slow move, and waits until some of the disk has been sent. */
async function copying(name: string, host: string, move: Partial<MoveBody> = slowly): Promise<string> {
  const { id } = await world.move(name, 'cold', host, move);
  await world.waitFor(id, 'copying', (one) => (one.progress?.diskBytes ?? 0) > 40 * mebibyte);
  return id;
}

/** Whole at the source, and nothing of the try on the target. */
async function expectStayed(guest: Still, host: string, before: string): Promise<void> {
  expect(await sum('compute11', guest.diskPath)).toBe(before);
  expect(await world.defines('compute11', guest.name)).toBe(true);
  expect(await world.defines(host, guest.name)).toBe(false);
  const left = await world.host(host).execOk(['find', images, '-name', `*${guest.name}*`]);
  expect(left).toBe('');
  expect(await world.client.instance(guest.name)).toMatchObject({ host: 'compute11', migrationId: null });
}

async function expectMoved(guest: Still, host: string, before: string): Promise<void> {
  expect(await sum(host, guest.diskPath)).toBe(before);
  expect(await world.hasFile('compute11', guest.diskPath)).toBe(false);
  expect(await world.defines(host, guest.name)).toBe(true);
  const names = await world.host(host).execOk(['find', images, '-name', `*${guest.name}*`]);
  expect(names.trim()).toBe(guest.diskPath);
}

test('a running guest with an overlay goes straight and encrypted, and lives again', async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11' });
  await guest.waitAlive();
  const migration = await world.moved('web', 'cold', 'compute12');
  expect(migration).toMatchObject({ status: 'confirmed', error: null });
  expect(migration.copies).toHaveLength(2);
  for (const copy of migration.copies) {
    expect(copy).toMatchObject({ state: 'done', way: { kind: 'direct', encrypted: true } });
  }
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(guestChecksum(baseContent()));
  const owner = await world.host('compute12').execOk(['stat', '-c', '%U %a', guest.diskPath]);
  expect(owner.trim()).toBe('libvirt-qemu 600');
  const shown = await world.ferry.run('migration', 'show', migration.id);
  expect(shown.stdout).toContain('straight to 203.0.113.12, encrypted');
  await world.host('compute12').virsh('destroy', 'web');
});

test('to an address that the operator trusts it goes unencrypted, until they take it back', {
  tags: 'thorough',
}, async () => {
  const trusted = ['--trusted-copy-address', world.host('compute12').address];
  expect((await world.ferry.run('host', 'set', 'compute12', ...trusted)).code).toBe(0);
  const guest = await offGuest('trusted', 16);
  const before = await sum('compute11', guest.diskPath);
  const migration = await world.moved('trusted', 'cold', 'compute12');
  expect(copyOf(migration, guest.diskPath).way).toMatchObject({ kind: 'direct', encrypted: false });
  await expectMoved(guest, 'compute12', before);
  expect((await world.ferry.run('host', 'set', 'compute12', '--no-trusted-copy-address')).code).toBe(0);
  expect((await world.client.host('compute12')).host.trustedCopyAddress).toBeNull();
});

test.each([
  ['is reached by TCP alone', 'compute13', 'the URI of compute13 gives no shell', []],
  ['has no python3', 'compute12', 'there is no python3', ['/usr/bin/python3']],
])(
  'a target that %s is copied to through the controller, which says why',
  { tags: 'thorough' },
  async (_, to, because, away) => {
    const name = `streams-${to}`;
    const guest = await offGuest(name, 16);
    const before = await sum('compute11', guest.diskPath);
    for (const file of away) await world.host(to).execOk(['mv', file, `${file}.away`]);
    const migration = await world.moved(name, 'cold', to);
    for (const file of away) await world.host(to).execOk(['mv', `${file}.away`, file]);
    const { way } = copyOf(migration, guest.diskPath);
    expect(way.kind).toBe('streams');
    expect(way.because).toContain(because);
    await expectMoved(guest, to, before);
  },
);

describe.each(ways)('$way', ({ way, to, leastResumed, ballastMib }) => {
  // The gate takes each case by one way, and a part by both: what Ferry decides is the same.
  test('the controller is killed in the middle: the next one goes on with what is there', {
    tags: way === 'direct' ? [] : ['thorough'],
  }, async () => {
    const guest = await offGuest(`killed-${way}`);
    const before = await sum('compute11', guest.diskPath);
    const id = await copying(guest.name, to);
    await world.ferry.kill();
    await world.ferry.start(...serve);
    const migration = await world.ended(id);
    expect(migration).toMatchObject({ status: 'confirmed', error: null });
    const copy = copyOf(migration, guest.diskPath);
    expect(copy.way.kind).toBe(way);
    expect(copy.resumedBytes).toBeGreaterThanOrEqual(leastResumed);
    await expectMoved(guest, to, before);
  });

  test('an abort: nothing is left on the target', { tags: 'thorough' }, async () => {
    const guest = await offGuest(`abort-${way}`);
    const before = await sum('compute11', guest.diskPath);
    const id = await copying(guest.name, to);
    await world.client.abortMigration(id);
    expect(await world.ended(id)).toMatchObject({ status: 'cancelled', error: { code: 'aborted' } });
    await expectStayed(guest, to, before);
  });

  test('the target’s disk runs full: it says so, and nothing is left there', {
    tags: way === 'streams' ? [] : ['thorough'],
  }, async () => {
    const guest = await offGuest(`full-${way}`);
    const before = await sum('compute11', guest.diskPath);
    const target = world.host(to);
    // A disk of its own, with room enough at first. Through libvirt Ferry leaves some: a libvirtd may die of a full disk.
    await target.execOk(['mount', '-t', 'tmpfs', '-o', 'size=300M,mode=711', 'none', images]);
    await target.virsh('pool-refresh', 'default');
    const id = await copying(guest.name, to);
    await target.exec([
      'dd',
      'if=/dev/zero',
      `of=${images}/ballast`,
      'bs=1M',
      `count=${ballastMib}`,
      'status=none',
    ]);
    const migration = await world.ended(id);
    expect(migration).toMatchObject({ status: 'error', error: { code: 'disk-full' } });
    expect(migration.error?.message).toContain(to);
    await expectStayed(guest, to, before);
    await target.execOk(['umount', images]);
    await target.virsh('pool-refresh', 'default');
  });

  test('the source’s file changes in the middle: what arrives is what it is at the end', {
    tags: way === 'direct' ? [] : ['thorough'],
  }, async () => {
    const guest = await offGuest(`changes-${way}`, 96);
    const id = await copying(guest.name, to);
    const change = [
      'dd',
      'if=/dev/urandom',
      `of=${guest.diskPath}`,
      'bs=1M',
      'count=1',
      'seek=1',
      'conv=notrunc',
    ];
    await world.host('compute11').execOk([...change, 'status=none']);
    const changed = await sum('compute11', guest.diskPath);
    expect(await world.ended(id)).toMatchObject({ status: 'confirmed', error: null });
    await expectMoved(guest, to, changed);
  });
});

test('the receiver ends in the middle: it is gone on with', { tags: 'thorough' }, async () => {
  const guest = await offGuest('receiver');
  const before = await sum('compute11', guest.diskPath);
  const id = await copying('receiver', 'compute12');
  await world.host('compute12').execOk(['pkill', '-KILL', '-f', 'ferry-receiver']);
  const migration = await world.ended(id);
  expect(migration).toMatchObject({ status: 'confirmed', error: null });
  expect(copyOf(migration, guest.diskPath).resumedBytes).toBeGreaterThan(16 * mebibyte);
  await expectMoved(guest, 'compute12', before);
});

test('the link between the hosts is cut for good: it goes on through the controller, which says why', async () => {
  const guest = await offGuest('cut', 96);
  const before = await sum('compute11', guest.diskPath);
  const id = await copying('cut', 'compute12');
  const { address } = world.host('compute12');
  const mend = await world.host('compute11').dropTraffic({ from: address, to: address });
  const migration = await world.ended(id);
  await mend();
  expect(migration).toMatchObject({ status: 'confirmed', error: null });
  const { way } = copyOf(migration, guest.diskPath);
  expect(way.kind).toBe('streams');
  expect(way.because).toContain('not straight');
  await expectMoved(guest, 'compute12', before);
});

test('a pool that is not active on the target is made so', { tags: 'thorough' }, async () => {
  const guest = await offGuest('inactive', 8);
  const before = await sum('compute11', guest.diskPath);
  await world.host('compute13').virsh('pool-destroy', 'default');
  expect(await world.moved('inactive', 'cold', 'compute13')).toMatchObject({
    status: 'confirmed',
    error: null,
  });
  await expectMoved(guest, 'compute13', before);
});

test('somebody else’s file gets the name first: it is left alone, and nothing is left of ours', async () => {
  const guest = await offGuest('taken');
  const before = await sum('compute11', guest.diskPath);
  const target = world.host('compute12');
  const id = await copying('taken', 'compute12');
  await target.execOk(['sh', '-c', `echo theirs > ${guest.diskPath}`]);
  expect(await world.ended(id)).toMatchObject({ status: 'error', error: { code: 'path-taken' } });
  expect(await target.execOk(['cat', guest.diskPath])).toBe('theirs\n');
  await target.execOk(['rm', guest.diskPath]);
  await expectStayed(guest, 'compute12', before);
});

test('the target’s libvirtd is killed and comes back in a straight copy, which does without it', {
  tags: 'thorough',
}, async () => {
  const guest = await offGuest('daemon-direct');
  const before = await sum('compute11', guest.diskPath);
  const id = await copying('daemon-direct', 'compute12');
  await world.host('compute12').libvirtd.kill();
  await world.host('compute12').libvirtd.start();
  expect(await world.ended(id)).toMatchObject({ status: 'confirmed', error: null });
  await expectMoved(guest, 'compute12', before);
});

test('the target’s libvirtd is killed in a copy through it, and stays away: whole at the source, cleaned up later', {
  tags: 'thorough',
}, async () => {
  const guest = await offGuest('daemon-streams');
  const before = await sum('compute11', guest.diskPath);
  const id = await copying('daemon-streams', 'compute13');
  await world.host('compute13').libvirtd.kill();
  const migration = await world.ended(id);
  expect(migration).toMatchObject({ status: 'error', error: { code: 'unreachable' } });
  expect(migration.error?.message).toContain('Clean-up on compute13 is not done yet');
  await world.host('compute13').libvirtd.start();
  await until('clean-up', 120_000, async () => !(await world.hasFile('compute13', guest.diskPath)) || null);
  await expectStayed(guest, 'compute13', before);
});

test('the target’s libvirtd is killed in a copy through it, and comes back: it is gone on with', {
  tags: 'thorough',
}, async () => {
  const guest = await offGuest('daemon-back');
  const before = await sum('compute11', guest.diskPath);
  const id = await copying('daemon-back', 'compute13');
  await world.host('compute13').libvirtd.kill();
  await world.host('compute13').libvirtd.start();
  expect(await world.ended(id)).toMatchObject({ status: 'confirmed', error: null });
  await expectMoved(guest, 'compute13', before);
});

test('snapshots come along, the current one as such', async () => {
  const host = world.host('compute11');
  const path = `${images}/snaps.qcow2`;
  const xml = `<domain type='qemu'><name>snaps</name>
    <uuid>5b6a6d0e-64d9-4c4e-9f0c-3c2f6f1f0a11</uuid><memory unit='MiB'>64</memory>
    <os><type arch='x86_64'>hvm</type></os><devices><disk type='file' device='disk'>
    <driver name='qemu' type='qcow2'/><source file='${path}'/><target dev='vda'/></disk></devices></domain>`;
  await host.execOk(['qemu-img', 'create', '-q', '-f', 'qcow2', path, '64M']);
  await host.execOk(['sh', '-ec', 'cat > /run/snaps.xml && virsh -q define /run/snaps.xml'], { input: xml });
  for (const name of ['first', 'second', 'third']) await host.virsh('snapshot-create-as', 'snaps', name);
  await host.virsh('snapshot-revert', 'snaps', 'second');
  await world.client.adoptInstance({ host: 'compute11', domain: 'snaps' });
  const tree = await host.virsh('snapshot-list', 'snaps', '--tree');
  expect(await world.moved('snaps', 'cold', 'compute12')).toMatchObject({ status: 'confirmed', error: null });
  const target = world.host('compute12');
  expect(await target.virsh('snapshot-list', 'snaps', '--tree')).toBe(tree);
  expect((await target.virsh('snapshot-current', 'snaps', '--name')).trim()).toBe('second');
  await target.virsh('snapshot-revert', 'snaps', 'first');
  expect(await world.defines('compute11', 'snaps')).toBe(false);
});
