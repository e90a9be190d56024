import type { InstanceBody } from '@ferry/api';
import { type LabGuest, until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectWritten } from './expect-written.ts';
import { recordsOnDisk } from './guest-records-on-disk.ts';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;
const [source, target, third] = ['compute11', 'compute12', 'compute13'] as const;

beforeAll(async () => {
  world = await LabWorld.up('drift');
});
afterAll(() => world?.down());

async function domainState(host: string, name: string): Promise<string> {
  const { stdout } = await world.host(host).exec(['virsh', '-q', 'domstate', name]);
  return stdout.trim();
}

/** Waits until Ferry shows something of an instance. */
function seen(name: string, what: string, when: (instance: InstanceBody) => boolean): Promise<InstanceBody> {
  let last: InstanceBody | null = null;
  return until(`${name} is seen ${what}`, 120_000, async () => {
    last = await world.client.instance(name);
    return when(last) ? last : null;
  }).catch((error: unknown) => {
    throw new Error(`${name} is ${JSON.stringify(last)}`, { cause: error });
  });
}
const seenWith = (name: string, kind: string) => seen(name, kind, ({ fault }) => fault?.kind === kind);
const seenWell = (name: string, host: string) =>
  seen(name, `well on ${host}`, (one) => one.host === host && one.fault === null);

/** `virsh migrate` as an administrator types it, while Ferry looks on. */
async function migrateByHand(name: string, from: string, to: string, ...more: string[]): Promise<void> {
  const words = ['virsh', 'migrate', '--live', '--p2p', '--persistent', '--unsafe', ...more, name];
  await world.host(from).execOk([...words, world.host(to).uri], { timeoutMs: 120_000 });
}

test('a guest that virsh migrate took away is adopted where it runs, and moves on from there', async () => {
  const guest = await world.guest({ name: 'wanderer', host: source, storage: 'shared' });
  const { id: boot } = await guest.waitAlive();
  await migrateByHand('wanderer', source, target, '--undefinesource');
  expect(await seenWell('wanderer', target)).toMatchObject({ generation: 2, powerState: 'running' });
  expect(await world.moved('wanderer', 'live', third)).toMatchObject({ status: 'completed' });
  expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
  expect(await world.lab.runners('wanderer')).toEqual([third]);
  await world.host(third).virsh('destroy', 'wanderer');
});

test('one whose definition virsh migrate left behind is adopted, and the rest is told', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'leaver', host: source, storage: 'shared' });
  await migrateByHand('leaver', source, target);
  const found = await seenWith('leaver', 'stale-copy');
  expect(found).toMatchObject({ host: target, powerState: 'running', vmState: 'active' });
  expect(found.fault?.hosts).toEqual([source]);
  const shown = await world.ferry.run('instance', 'show', 'leaver');
  expect(shown.stdout).toContain(`on ${source}: virsh undefine ${guest.uuid}`);
  await world.host(source).virsh('undefine', guest.uuid, '--keep-nvram');
  await seenWell('leaver', target);
  await guest.waitAlive();
  await world.host(target).virsh('destroy', 'leaver');
});

test('one that was undefined is told and kept on record, and is well when it is defined again', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'ghost', host: source, storage: 'local', disk: 'standalone' });
  const xml = await world.host(source).virsh('dumpxml', '--inactive', 'ghost');
  await world.host(source).virsh('destroy', 'ghost');
  await world.host(source).virsh('undefine', 'ghost');
  expect(await seenWith('ghost', 'vanished')).toMatchObject({ host: source, vmState: 'error' });
  const list = await world.ferry.run('instance', 'list');
  expect(list.stdout).toMatch(/ghost .* error .* vanished/);
  expect((await world.ferry.run('migrate', 'ghost', target)).code).toBe(4);
  expect(await world.hasFile(source, guest.diskPath)).toBe(true);
  const define = ['sh', '-ec', 'cat > /run/again.xml && virsh -q define /run/again.xml'];
  await world.host(source).execOk(define, { input: xml });
  await world.host(source).virsh('start', 'ghost');
  expect(await seenWell('ghost', source)).toMatchObject({ generation: 1, vmState: 'active' });
  await guest.waitAlive();
  await world.host(source).virsh('destroy', 'ghost');
});

/** Has stock tools lose the end of a block migration, so that the guest runs on both hosts. */
async function splitByHand(guest: LabGuest): Promise<void> {
  const [from, to] = [world.host(source), world.host(target)];
  const base = '/var/lib/libvirt/images/lab-base.qcow2';
  const make = `[ -e ${base} ] || cp /lab/base.qcow2 ${base}; qemu-img create -q -f qcow2 -b ${base} -F qcow2 ${guest.diskPath} 256M; chown libvirt-qemu ${guest.diskPath}`;
  await to.execOk(['sh', '-ec', make]);
  await to.virsh('pool-refresh', 'default');
  const words = '--live --p2p --copy-storage-inc --persistent --undefinesource --bandwidth 12'.split(' ');
  const running = from.exec(['virsh', 'migrate', ...words, guest.name, to.uri], { timeoutMs: 120_000 });
  await until('memory to be sent', 120_000, async () => {
    const { stdout } = await from.exec(['virsh', 'domjobinfo', guest.name]);
    return Number(/Memory processed:\s+([\d.]+) MiB/.exec(stdout)?.[1] ?? 0) > 2 || null;
  });
  await to.libvirtd.freeze();
  await until(
    'the source to stand still',
    60_000,
    async () => (await domainState(source, guest.name)) === 'paused' || null,
  );
  // Only what the two libvirtds say to each other is lost: QEMU has sent all it has.
  const heal = await to.dropTraffic({ to: from.address, port: 16_509 });
  await to.libvirtd.thaw();
  await running;
  await heal();
}

test('one that stock tools let run twice is paused on both hosts, and a person keeps the copy that ran on', async () => {
  const guest = await world.guest({ name: 'twin', host: source });
  // A host that never had it would not be believed.
  for (const host of [target, source]) await world.moved('twin', 'live', host);
  const { generation } = await world.client.instance('twin');
  const { id: boot } = await guest.waitAlive();
  await guest.writeDisk(64);
  await splitByHand(guest);
  const found = await seenWith('twin', 'two-copies');
  expect(found.fault).toMatchObject({ hosts: [source, target], withoutGap: target });
  expect(found.fault?.message).toContain(`${source}: running (migration canceled)`);
  await until('both to stand still', 120_000, async () => {
    const states = await Promise.all([source, target].map((host) => domainState(host, 'twin')));
    return states.join() === 'paused,paused' || null;
  });
  expect(await guest.stat()).toBeNull();

  await world.ferry.kill();
  await world.ferry.start();
  expect((await world.client.instance('twin')).fault).toEqual(found.fault);
  expect((await world.ferry.run('live-migrate', 'twin', third)).code).toBe(4);
  expect((await world.ferry.run('instance', 'keep', 'twin', '--host', third)).code).toBe(1);

  const written = await recordsOnDisk(world.host(target), guest.diskPath);
  const kept = await world.ferry.run('instance', 'keep', 'twin', '--host', target);
  expect(kept).toMatchObject({ code: 0, stderr: '' });
  expect(await world.lab.runStates('twin')).toMatchObject([{ host: target, state: 'running' }]);
  expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
  expect(await world.client.instance('twin')).toMatchObject({
    host: target,
    fault: null,
    generation: generation + 1,
  });
  expect(await world.defines(source, 'twin')).toBe(false);
  // No disk was touched: the ended copy's is still there, and the kept one's is whole and grows.
  expect(await world.hasFile(source, guest.diskPath)).toBe(true);
  await until('it writes on', 120_000, async () => {
    const { unbroken } = await recordsOnDisk(world.host(target), guest.diskPath);
    return unbroken > written.unbroken || null;
  });
  await guest.writeDisk(0);
  await expectWritten(world.host(target), guest.diskPath, written.unbroken + 1);
  expect((await world.ferry.run('instance', 'keep', 'twin', '--host', target)).code).toBe(0);
  await world.host(target).virsh('destroy', 'twin');
});

test('a host that comes back after its guest was started elsewhere: adopted there, what is left is told', async () => {
  const guest = await world.guest({ name: 'refuge', host: third, storage: 'shared' });
  // A host that never had it would not be believed.
  for (const host of [source, third]) await world.moved('refuge', 'live', host);
  const { generation } = await world.client.instance('refuge');
  await world.host(third).virsh('autostart', 'refuge');
  const xml = await world.host(third).virsh('dumpxml', '--inactive', 'refuge');
  await world.host(third).powerOff();
  await seenWith('refuge', 'unreachable');
  const define = ['sh', '-ec', 'cat > /run/refuge.xml && virsh -q define /run/refuge.xml'];
  await world.host(source).execOk(define, { input: xml });
  await world.host(source).virsh('start', 'refuge');
  expect(await seenWith('refuge', 'ambiguous')).toMatchObject({ host: third, generation });
  await world.host(third).powerOn();
  // Its autostart is refused by the lock of the shared disk: what is left there is a definition.
  expect(await seenWith('refuge', 'stale-copy')).toMatchObject({
    host: source,
    generation: generation + 1,
  });
  expect(await world.lab.runners('refuge')).toEqual([source]);
  expect(await world.defines(third, 'refuge')).toBe(true);
  await guest.waitAlive();
  await world.host(source).virsh('destroy', 'refuge');
});

test('a host that comes back and starts its own copy of a guest that was restored elsewhere: both are paused', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'double', host: third, disk: 'standalone' });
  for (const host of [target, third]) await world.moved('double', 'live', host);
  await world.host(third).virsh('autostart', 'double');
  const xml = await world.host(third).virsh('dumpxml', '--inactive', 'double');
  await world.host(third).powerOff();
  const disk = `cp /lab/base.qcow2 ${guest.diskPath}; chown libvirt-qemu ${guest.diskPath}`;
  await world.host(target).execOk(['sh', '-ec', disk]);
  const define = ['sh', '-ec', 'cat > /run/double.xml && virsh -q define /run/double.xml'];
  await world.host(target).execOk(define, { input: xml });
  await world.host(target).virsh('start', 'double');
  await seenWith('double', 'ambiguous');
  await world.host(third).powerOn();
  const found = await seenWith('double', 'two-copies');
  expect(found.fault).toMatchObject({ hosts: [target, third], withoutGap: null });
  await until('both to stand still', 120_000, async () => {
    const states = await Promise.all([target, third].map((host) => domainState(host, 'double')));
    return states.join() === 'paused,paused' || null;
  });
  expect((await world.ferry.run('instance', 'keep', 'double', '--host', target)).code).toBe(0);
  expect(await world.lab.runStates('double')).toMatchObject([{ host: target, state: 'running' }]);
  await guest.waitAlive();
  await world.host(target).virsh('destroy', 'double');
});
