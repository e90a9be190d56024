import { baseContent, guestChecksum } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;
const known = guestChecksum(baseContent());

beforeAll(async () => {
  world = await LabWorld.up('moves');
});
afterAll(() => world?.down());

test('block live migration: the guest never notices, its disk comes along, the base is brought, the source is clean', async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11', dirty: { mib: 24, mibPerSecond: 20 } });
  const { id } = await guest.waitAlive();
  const probe = await guest.probe();
  const migration = await world.moved('web', 'live', 'compute12');
  const seen = await probe.stop();

  expect(migration).toMatchObject({ status: 'completed', plan: { form: 'coordinated' }, error: null });
  expect(migration.result?.guestSeenAlive).toContain('processors ran');
  expect(migration.result?.downtimeMs).toBeGreaterThan(0);
  expect(migration.result?.diskBytes).toBeGreaterThan(48 * 1024 * 1024);
  expect(await world.lab.runners('web')).toEqual(['compute12']);
  expect({ ids: seen.ids, duplicates: seen.duplicates, back: seen.countWentBack }).toEqual({
    ids: [id],
    duplicates: 0,
    back: false,
  });
  const after = await guest.waitAlive();
  expect(after).toMatchObject({ id, bad: 0 });
  expect(after.passes).toBeGreaterThan(0);
  expect(await guest.diskChecksum()).toBe(known);
  expect(await world.defines('compute11', 'web')).toBe(false);
  expect(await world.hasFile('compute11', guest.diskPath)).toBe(false);
  const sparse = await world.host('compute12').execOk(['stat', '-c', '%b %s', guest.diskPath]);
  const [blocks = 0] = sparse.trim().split(' ').map(Number);
  expect(blocks * 512).toBeLessThan(16 * 1024 * 1024);
  expect(await world.client.instance('web')).toMatchObject({
    host: 'compute12',
    powerState: 'running',
    taskState: null,
  });
});

test('live migration on shared storage goes peer-to-peer and copies nothing', async () => {
  const guest = await world.guest({
    name: 'db',
    host: 'compute11',
    storage: 'shared',
    dirty: { mib: 24, mibPerSecond: 20 },
  });
  const { id } = await guest.waitAlive();
  const migration = await world.moved('db', 'live', 'compute13');
  expect(migration).toMatchObject({ status: 'completed', plan: { form: 'peer-to-peer', copyBytes: 0 } });
  expect(await world.lab.runners('db')).toEqual(['compute13']);
  expect(await guest.waitAlive()).toMatchObject({ id, bad: 0 });
  expect(await world.hasFile('compute13', guest.diskPath)).toBe(true);
  expect(await world.defines('compute11', 'db')).toBe(false);
});

test('cold migration of a running instance: files moved and verified, owned by QEMU there, started again', async () => {
  const guest = await world.guest({ name: 'mail', host: 'compute11', disk: 'standalone' });
  const { id } = await guest.waitAlive();
  await world.host('compute11').virsh('autostart', 'mail');
  const migration = await world.moved('mail', 'cold', 'compute12');
  expect(migration).toMatchObject({ status: 'confirmed', plan: { form: 'cold' } });
  const after = await guest.waitAlive();
  expect(after.id).not.toBe(id);
  expect(await guest.diskChecksum()).toBe(known);
  expect(await world.lab.runners('mail')).toEqual(['compute12']);
  expect(await world.hasFile('compute11', guest.diskPath)).toBe(false);
  expect(await world.defines('compute11', 'mail')).toBe(false);
  const owner = await world.host('compute12').execOk(['stat', '-c', '%U', guest.diskPath]);
  expect(owner.trim()).toBe('libvirt-qemu');
  expect(await world.host('compute12').virsh('dominfo', 'mail')).toMatch(/Autostart:\s+enable/);
});

test('cold migration of an instance that is off leaves it off; a raw disk keeps its content', async () => {
  const guest = await world.guest({ name: 'old', host: 'compute11', disk: 'raw', off: true });
  const sum = async (host: string): Promise<string> =>
    (await world.host(host).execOk(['sha256sum', guest.diskPath])).split(' ')[0] ?? '';
  const before = await sum('compute11');
  const migration = await world.moved('old', 'cold', 'compute13');
  expect(migration).toMatchObject({ status: 'confirmed', error: null });
  expect(await sum('compute13')).toBe(before);
  expect((await world.host('compute13').virsh('domstate', 'old')).trim()).toBe('shut off');
  expect(await world.client.instance('old')).toMatchObject({
    host: 'compute13',
    powerState: 'shutoff',
    vmState: 'stopped',
  });
  const uid = await world.host('compute13').execOk(['stat', '-c', '%u', guest.diskPath]);
  expect(uid.trim()).toBe((await world.host('compute13').execOk(['id', '-u', 'libvirt-qemu'])).trim());
});

test('the source does not start it again by itself while it moves, and the target does afterwards', async () => {
  const guest = await world.guest({ name: 'auto', host: 'compute11', dirty: { mib: 48, mibPerSecond: 60 } });
  await world.host('compute11').virsh('autostart', 'auto');
  const { id } = await world.move('auto', 'live', 'compute12', { bandwidthBytesPerSecond: 64 * 1024 * 1024 });
  await world.waitFor(id, 'running', (migration) => migration.status === 'running');
  expect(await world.host('compute11').virsh('dominfo', 'auto')).toMatch(/Autostart:\s+disable/);
  await guest.dirty(0, 0);
  expect(await world.ended(id)).toMatchObject({ status: 'completed' });
  expect(await world.host('compute12').virsh('dominfo', 'auto')).toMatch(/Autostart:\s+enable/);
  await world.host('compute12').virsh('destroy', 'auto');
});

test('the command line tells the truth with --wait, and -o json is for programs', async () => {
  const moved = await world.ferry.run('live-migrate', 'web', 'compute13', '--wait', '-o', 'json');
  expect(moved.code).toBe(0);
  expect(JSON.parse(moved.stdout)).toMatchObject({ status: 'completed', targetHost: 'compute13' });
  const again = await world.ferry.run('live-migrate', 'web', 'compute13', '--wait');
  expect(again.code).toBe(4);
  expect(again.stderr).toContain('hosts-differ');
  expect((await world.ferry.run('instance', 'show', 'nothing')).code).toBe(6);
  const list = await world.ferry.run('migration', 'list');
  expect(list.stdout).toContain('live coordinated');
});
