import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageBody, MigrationBody } from '@ferry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';
import { SshKeys } from './libvirt/ssh-keys.ts';

const images = '/var/lib/libvirt/images';
const base = `${images}/lab-base.qcow2`;
const mebibyte = 1024 * 1024;
/** So that the first is still at it when the second has been checked, on a busy machine too. */
const slowly = { bandwidthBytesPerSecond: 3 * mebibyte } as const;

let world: LabWorld;
let folder: string;

/** compute11 and compute12 have shells for the controller, compute13 is reached by libvirt alone. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-base-'));
  world = await LabWorld.up('baseimages', 3, { addHosts: false });
  const keys = new SshKeys(folder);
  world.ferry.allow(world.lab.hosts.map((host) => keys.uri(host)));
  for (const host of world.lab.hosts) {
    const bySsh = host.name !== 'compute13';
    if (bySsh) await keys.letInto(host);
    await world.addHost({ uri: bySsh ? keys.uri(host) : host.uri, peerUri: host.uri });
  }
  for (const name of ['web', 'db', 'mail']) await world.guest({ name, host: 'compute11', off: true });
});
afterAll(async () => {
  await world?.down();
  rmSync(folder, { recursive: true, force: true });
});

/** The base as a host has it; null where Ferry knows none there. */
async function baseOn(host: string): Promise<ImageBody | null> {
  return (await world.client.images(host)).find(({ path }) => path === base) ?? null;
}

async function sum(host: string, path = base): Promise<string> {
  return (await world.host(host).execOk(['sha256sum', path])).split(' ')[0] ?? '';
}

const bringing = (id: string): Promise<MigrationBody> =>
  world.waitFor(
    id,
    'bringing',
    ({ phase, progress }) => phase.startsWith('bring base image') && (progress?.diskBytes ?? 0) > 0,
  );

const waiting = (id: string, other: string): Promise<MigrationBody> =>
  world.waitFor(id, 'waiting', ({ phase }) =>
    phase.startsWith(`wait for base image ${base}: migration ${other}`),
  );

/** Puts one byte of the base of compute12 wrong, and keeps the right one. */
async function change(): Promise<void> {
  const wrong = `printf x | dd of=${base} bs=1 seek=70000 conv=notrunc status=none`;
  await world.host('compute12').execOk(['sh', '-ec', `cp -p ${base} /run/kept; ${wrong}`]);
}

const users = (image: ImageBody | null): string[] | undefined =>
  image?.users.map(({ name }) => name).toSorted();

test('the list tells who stands on a base, running or not, whether Ferry looks after them or not', {
  tags: 'thorough',
}, async () => {
  const source = world.host('compute11');
  const overlay = `qemu-img create -q -f qcow2 -b ${base} -F qcow2 ${images}/stranger.qcow2`;
  await source.execOk(['sh', '-ec', overlay]);
  const xml = `<domain type='qemu'><name>stranger</name><memory unit='MiB'>64</memory><os><type>hvm</type></os><devices>
    <disk type='file'><driver name='qemu' type='qcow2'/><source file='${images}/stranger.qcow2'/><target dev='vda'/></disk></devices></domain>`;
  await source.execOk(['sh', '-ec', 'cat > /run/s.xml && virsh -q define /run/s.xml'], { input: xml });
  expect(users(await baseOn('compute11'))).toEqual(['db', 'mail', 'stranger', 'web']);
  const shown = await world.ferry.run('image', 'list', '--host', 'compute11');
  expect(shown.stdout).toMatch(
    /compute11 +\/var\/lib\/libvirt\/images\/lab-base.qcow2 .* not read yet +found .*stranger/,
  );
  const refused = await world.ferry.run('image', 'remove', base, '--host', 'compute11');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('stranger');
  expect(await world.hasFile('compute11', base)).toBe(true);
});

test.each(['compute12', 'compute13'])(
  'to %s two at once: one brings the base, the other waits, says for whom, and uses it',
  async (host) => {
    const from = host === 'compute12' ? 'compute11' : 'compute12';
    const first = await world.move('web', 'cold', host, slowly);
    await bringing(first.id);
    const second = await world.move('db', 'cold', host);
    await waiting(second.id, first.id);
    for (const { id } of [first, second])
      expect(await world.ended(id)).toMatchObject({ status: 'confirmed' });
    const copied = (await world.client.migration(second.id)).copies.map(({ path }) => path);
    expect(copied).toEqual([`${images}/db.qcow2`]);
    expect(await sum(host)).toBe(await sum(from));
    const brought = await baseOn(host);
    expect(brought).toMatchObject({ brought: { migrationId: first.id }, overlays: [] });
    expect(users(brought)).toEqual(['db', 'web']);
    for (const name of ['web', 'db']) expect(await world.defines(from, name)).toBe(false);
  },
);

test('what was brought stays until somebody says otherwise; then it goes, with nothing on it', async () => {
  expect(await baseOn('compute12')).toMatchObject({ users: [], overlays: [] });
  const removed = await world.ferry.run('image', 'remove', base, '--host', 'compute12', '-o', 'json');
  expect(JSON.parse(removed.stdout)).toMatchObject({ host: 'compute12', path: base });
  expect(await world.hasFile('compute12', base)).toBe(false);
  expect(await baseOn('compute12')).toBeNull();
});

test('the first is aborted on its way: the second brings it itself', async () => {
  const first = await world.move('web', 'cold', 'compute12', slowly);
  await bringing(first.id);
  const second = await world.move('db', 'cold', 'compute12');
  await waiting(second.id, first.id);
  await world.client.abortMigration(first.id);
  expect(await world.ended(first.id)).toMatchObject({ status: 'cancelled' });
  expect(await world.ended(second.id)).toMatchObject({ status: 'confirmed', error: null });
  expect(await sum('compute12')).toBe(await sum('compute13'));
  expect(await baseOn('compute12')).toMatchObject({ brought: { migrationId: second.id } });
  const left = await world.host('compute12').execOk(['find', images, '-name', '.*.ferry-*']);
  expect(left).toBe('');
});

test('read by a shell or through libvirt, a base has one digest, and is read once', {
  tags: 'thorough',
}, async () => {
  // Both hosts have the base: what it holds is compared.
  expect(await world.client.check('web', { kind: 'cold-migration', host: 'compute12' })).toMatchObject({
    possible: true,
  });
  const [shell, streams] = [await baseOn('compute12'), await baseOn('compute13')];
  expect(shell?.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(streams?.digest).toBe(shell?.digest);
  // Whoever changes a file and sets its time back makes Ferry believe that it is the same: it is not read again.
  await change();
  await world.host('compute12').execOk(['touch', '-r', '/run/kept', base]);
  expect(await world.client.check('web', { kind: 'cold-migration', host: 'compute12' })).toMatchObject({
    possible: true,
  });
  await world.host('compute12').execOk(['cp', '-p', '/run/kept', base]);
});

test('a base of that name and other content is refused, with both digests', {
  tags: 'thorough',
}, async () => {
  await change();
  const { possible, findings } = await world.client.check('web', {
    kind: 'cold-migration',
    host: 'compute12',
  });
  expect(possible).toBe(false);
  const finding = findings.find(({ severity }) => severity === 'error');
  const { obstacle, sourceDigest, targetDigest } = finding?.compared ?? {};
  expect(obstacle).toBe('base-differs');
  expect(sourceDigest).toBe((await baseOn('compute13'))?.digest);
  expect(targetDigest).toBe((await baseOn('compute12'))?.digest);
  expect(targetDigest).not.toBe(sourceDigest);
  // What stands there now is not what was brought.
  expect(await baseOn('compute12')).toMatchObject({ brought: null });
  await world.host('compute12').execOk(['cp', '-p', '/run/kept', base]);
});

test('where it is set, a base that was brought goes with the last guest that stood on it, also after a live move', {
  tags: 'thorough',
}, async () => {
  const set = await world.ferry.run('host', 'set', 'compute13', '--remove-unused-images');
  expect(set.code).toBe(0);
  await world.host('compute13').virsh('start', 'web');
  await world.lab.guest('web').waitAlive();
  const { id } = await world.lab.guest('web').waitAlive();
  const moved = await world.moved('web', 'live', 'compute12');
  expect(moved).toMatchObject({
    status: 'completed',
    plan: { disks: [{ backing: [{ action: 'present' }] }] },
  });
  expect(await world.lab.guest('web').waitAlive()).toMatchObject({ id });
  expect(await world.hasFile('compute13', base)).toBe(false);
  expect(await world.client.images('compute13')).toEqual([]);
  expect(users(await baseOn('compute12'))).toEqual(['db', 'web']);
  const refused = await world.ferry.run('image', 'remove', base, '--host', 'compute12');
  expect(refused.stderr).toMatch(/db, web|web, db/);
  expect(await world.hasFile('compute11', base)).toBe(true);
});
