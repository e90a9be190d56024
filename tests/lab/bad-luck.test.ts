import { until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;
const mebibyte = 1024 * 1024;
/** Slow enough to do something to a migration while it sends. */
const slowly = { bandwidthBytesPerSecond: 12 * mebibyte };

beforeAll(async () => {
  world = await LabWorld.up('badluck');
  await world.ferry.stop();
  await world.ferry.start('--prepare-timeout', '10', '--finish-timeout', '5');
});
afterAll(() => world?.down());

async function domainState(host: string, name: string): Promise<string> {
  const { stdout } = await world.host(host).exec(['virsh', '-q', 'domstate', name]);
  return stdout.trim();
}

async function nothingLeft(host: string, name: string, path: string): Promise<void> {
  expect(await world.defines(host, name)).toBe(false);
  expect(await world.host(host).qemuPid(name)).toBeNull();
  expect(await world.hasFile(host, path)).toBe(false);
}

const sends = (id: string) =>
  world.waitFor(id, 'sending', (one) => (one.progress?.memoryBytes ?? 0) > 2 * mebibyte);

for (const storage of ['local', 'shared'] as const)
  test(`abort of a ${storage} migration: the guest runs on where it was, nothing is left`, {
    // The gate has the one that has brought files.
    tags: storage === 'local' ? [] : ['thorough'],
  }, async () => {
    const name = `abort-${storage}`;
    const guest = await world.guest({
      name,
      host: 'compute11',
      storage,
      dirty: { mib: 24, mibPerSecond: 10 },
    });
    const { id: boot } = await guest.waitAlive();
    const { id } = await world.move(name, 'live', 'compute12', slowly);
    await sends(id);
    await world.client.abortMigration(id);
    expect(await world.ended(id)).toMatchObject({ status: 'cancelled', error: { code: 'aborted' } });
    expect(await world.lab.runners(name)).toEqual(['compute11']);
    expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
    expect(await world.defines('compute12', name)).toBe(false);
    // What a local migration brought is gone again, the base too; shared files were never brought.
    const files = [guest.diskPath, '/var/lib/libvirt/images/lab-base.qcow2'];
    const left = await Promise.all(files.map((file) => world.hasFile('compute12', file)));
    expect(left).toEqual([storage === 'shared', false]);
    expect(await world.client.instance(name)).toMatchObject({
      host: 'compute11',
      taskState: null,
      migrationId: null,
    });
    await world.host('compute11').virsh('destroy', name);
  });

test('the controller is killed, the peer-to-peer migration ends meanwhile: the next start finds it moved', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'k1', host: 'compute11', storage: 'shared' });
  const { id } = await world.move('k1', 'live', 'compute12', slowly);
  await sends(id);
  await world.ferry.kill();
  await until(
    'the hosts to finish among themselves',
    60_000,
    async () => (await world.lab.runners('k1')).join() === 'compute12' || null,
  );
  await world.ferry.start('--prepare-timeout', '10', '--finish-timeout', '5');
  expect(await world.ended(id)).toMatchObject({ status: 'completed' });
  expect(await world.client.instance('k1')).toMatchObject({ host: 'compute12', taskState: null });
  expect(await guest.waitAlive()).toMatchObject({ bad: 0 });
  await world.host('compute12').virsh('destroy', 'k1');
});

test('the controller is killed and started again while the peer-to-peer migration still runs: it is followed to its end', async () => {
  await world.guest({
    name: 'k2',
    host: 'compute11',
    storage: 'shared',
    memoryMib: 192,
    dirty: { mib: 64, mibPerSecond: 5 },
  });
  const { id } = await world.move('k2', 'live', 'compute13', slowly);
  await sends(id);
  await world.ferry.kill();
  await world.ferry.start('--prepare-timeout', '10', '--finish-timeout', '5');
  expect(await world.ended(id)).toMatchObject({ status: 'completed' });
  expect(await world.lab.runners('k2')).toEqual(['compute13']);
  await world.host('compute13').virsh('destroy', 'k2');
});

test('the controller is killed, the migration fails meanwhile: the next start finds it at the source and cleans the target', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'k3', host: 'compute11', storage: 'shared' });
  const { id } = await world.move('k3', 'live', 'compute12', slowly);
  await sends(id);
  await world.ferry.kill();
  await world.host('compute12').killQemu('k3');
  await until(
    'the source to be told',
    30_000,
    async () => (await domainState('compute11', 'k3')) === 'running' || null,
  );
  await world.ferry.start('--prepare-timeout', '10', '--finish-timeout', '5');
  expect(await world.ended(id)).toMatchObject({ status: 'failed', error: { code: 'transfer-failed' } });
  expect(await world.lab.runners('k3')).toEqual(['compute11']);
  expect(await world.defines('compute12', 'k3')).toBe(false);
  expect(await guest.waitAlive()).toMatchObject({ bad: 0 });
  await world.host('compute11').virsh('destroy', 'k3');
});

test('the controller is killed while it coordinates a block migration: libvirt gives up, the next start cleans up', async () => {
  const guest = await world.guest({ name: 'k4', host: 'compute11' });
  const { id: boot } = await guest.waitAlive();
  const { id } = await world.move('k4', 'live', 'compute12', slowly);
  await sends(id);
  await world.ferry.kill();
  await world.ferry.start('--prepare-timeout', '10', '--finish-timeout', '5');
  expect(await world.ended(id)).toMatchObject({ status: 'failed' });
  expect(await world.lab.runners('k4')).toEqual(['compute11']);
  expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
  await nothingLeft('compute12', 'k4', guest.diskPath);
  expect(await world.client.instance('k4')).toMatchObject({ host: 'compute11', taskState: null });
  await world.host('compute11').virsh('destroy', 'k4');
});

test("the target's answer to Finish is lost: virsh migrate ends with the guest running on both hosts", {
  tags: 'thorough',
}, async () => {
  const guest = await world.lab.createGuest({ name: 'two', host: world.host('compute11') });
  await guest.waitAlive();
  const [source, target] = [world.host('compute11'), world.host('compute12')];
  const base = '/var/lib/libvirt/images/lab-base.qcow2';
  await target.execOk([
    'sh',
    '-ec',
    `[ -e ${base} ] || cp /lab/base.qcow2 ${base}; qemu-img create -q -f qcow2 -b ${base} -F qcow2 ${guest.diskPath} 256M; chown libvirt-qemu ${guest.diskPath}`,
  ]);
  await target.virsh('pool-refresh', 'default');
  const migrate = [
    'virsh',
    'migrate',
    '--live',
    '--p2p',
    '--copy-storage-inc',
    '--persistent',
    '--undefinesource',
    '--bandwidth',
    '12',
    'two',
    target.uri,
  ];
  const running = source.exec(migrate, { timeoutMs: 120_000 });
  await until('memory to be sent', 120_000, async () => {
    const { stdout } = await source.exec(['virsh', 'domjobinfo', 'two']);
    return Number(/Memory processed:\s+([\d.]+) MiB/.exec(stdout)?.[1] ?? 0) > 2 || null;
  });
  await target.libvirtd.freeze();
  await until(
    'the source to stand still',
    60_000,
    async () => (await domainState('compute11', 'two')) === 'paused' || null,
  );
  // Only what the two libvirtds say to each other is lost: QEMU has sent all it has.
  const heal = await target.dropTraffic({ to: source.address, port: 16_509 });
  await target.libvirtd.thaw();
  await running;
  await heal();
  await until(
    'both to run',
    60_000,
    async () =>
      ((await domainState('compute11', 'two')) === 'running' &&
        (await domainState('compute12', 'two')) === 'running') ||
      null,
  );
  expect(await world.lab.runners('two')).toEqual(['compute11', 'compute12']);
  await source.virsh('destroy', 'two');
  await target.virsh('destroy', 'two');
});

test('a target that freezes while it gets ready is given up by the deadline, and cleaned when it is back', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'ice', host: 'compute11' });
  const { id: boot } = await guest.waitAlive();
  const target = world.host('compute13');
  const pid = (await target.libvirtd.pid()) ?? 0;
  const { id } = await world.move('ice', 'live', 'compute13');
  await world.waitFor(id, 'at Prepare', (one) => one.phase.startsWith('prepare: compute13'));
  process.kill(pid, 'SIGSTOP');
  const ended = await world.ended(id);
  expect(ended).toMatchObject({ status: 'failed' });
  expect(ended.error?.message).toContain('within');
  expect(await world.lab.runners('ice')).toContain('compute11');
  expect(await guest.waitAlive()).toMatchObject({ id: boot });
  expect(await world.client.instance('ice')).toMatchObject({ host: 'compute11', migrationId: null });
  process.kill(pid, 'SIGCONT');
  await until(
    'the target to be clean',
    90_000,
    async () => !(await world.hasFile('compute13', guest.diskPath)) || null,
  );
  await nothingLeft('compute13', 'ice', guest.diskPath);
  expect(await world.moved('ice', 'live', 'compute13')).toMatchObject({ status: 'completed' });
});
