import { afterAll, beforeAll, expect, test } from 'vitest';
import { baseContent, guestChecksum } from './base-content.ts';
import { Lab } from './lab.ts';
import { until } from './processes.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.up({ name: 'selftest', hosts: [{}, {}, { qemuUid: 64_066 }] });
});
afterAll(() => lab?.down());

const known = guestChecksum(baseContent());
const migrate = ['virsh', '-q', 'migrate', '--live', '--p2p', '--persistent', '--undefinesource'];

test('hosts answer over TCP and on a socket that the machine sees', async () => {
  for (const host of lab.hosts) {
    const overTcp = await lab.ctl.exec(['virsh', '-q', '-c', host.uri, 'hostname']);
    expect(overTcp.stdout.trim()).toBe(host.name);
    const overSocket = `qemu:///system?socket=${host.socketPath}`;
    expect((await lab.ctl.exec(['virsh', '-q', '-c', overSocket, 'hostname'])).stdout.trim()).toBe(host.name);
    expect(await host.virsh('pool-list', '--name')).toMatch(/default\s+shared/);
    expect(await host.virsh('capabilities')).toContain(`<uuid>${host.uuid}</uuid>`);
  }
  expect(new Set(lab.hosts.map((host) => host.uuid)).size).toBe(3);
});

test('a guest on shared storage moves live, without --unsafe, and is the same one with its memory whole', async () => {
  const [source, target] = [lab.host('compute11'), lab.host('compute12')];
  const dirty = { mib: 16, mibPerSecond: 10 };
  const guest = await lab.createGuest({ name: 'shared', host: source, storage: 'shared', dirty });
  const before = await guest.waitAlive();
  const probe = await guest.probe();
  expect(await source.exec([...migrate, 'shared', target.uri])).toMatchObject({ code: 0 });
  const seen = await probe.stop();
  expect(await lab.runStates('shared')).toMatchObject([{ host: 'compute12', state: 'running' }]);
  const { passes } = await guest.waitAlive();
  const after = await until('the whole memory is looked at again', 60_000, async () => {
    const answer = await guest.stat();
    return answer !== null && answer.passes > passes + 1 ? answer : null;
  });
  expect(after).toMatchObject({ id: before.id, bad: 0 });
  expect(seen).toMatchObject({ ids: [before.id], duplicates: 0, countWentBack: false });
  expect(await guest.diskChecksum()).toBe(known);
  // The source's end of the move left the image to the target's QEMU.
  expect(await target.execOk(['stat', '-c', '%U', guest.diskPath])).toBe('libvirt-qemu\n');
});

test("the image lock keeps a second copy from running, over the hosts' borders", async () => {
  const disk = lab.guest('shared').diskPath;
  const tried = await lab.host('compute11').exec(['qemu-io', '-f', 'qcow2', '-c', 'quit', disk]);
  expect(tried.code).not.toBe(0);
  expect(tried.stderr + tried.stdout).toContain('Failed to get');
});

test('each kind of local disk holds the known content', async () => {
  const host = lab.host('compute12');
  const guests = await lab.createGuests([
    { name: 'local', host },
    { name: 'standalone', host, disk: 'standalone' },
    { name: 'raw', host, disk: 'raw', memoryMib: 96 },
  ]);
  for (const guest of guests) expect(await guest.diskChecksum()).toBe(known);
});

test('a guest writes its disk and leaves the known content as it is', async () => {
  const guest = lab.guest('raw');
  await guest.writeDisk(400);
  await until('records are written', 20_000, async () => ((await guest.stat())?.records ?? 0) > 3 || null);
  await guest.writeDisk(0);
  expect(await guest.diskChecksum()).toBe(known);
});

test('another process finds the lab and its guests', async () => {
  const again = Lab.attach('selftest');
  expect(again.guests().map((guest) => guest.name)).toEqual(['shared', 'local', 'standalone', 'raw']);
  expect((await again.guest('local').stat())?.id).toBe((await lab.guest('local').stat())?.id);
  again.close();
});

test('a host with another number for its QEMU user runs guests as that user', async () => {
  const host = lab.host('compute13');
  const guest = await lab.createGuest({ name: 'other', host });
  await guest.waitAlive();
  const pid = await host.qemuPid('other');
  expect(await host.execOk(['stat', '-c', '%u', guest.diskPath])).toBe('64066\n');
  expect(await lab.ctl.exec(['stat', '-c', '%u', `/proc/${pid}`])).toMatchObject({ stdout: '64066\n' });
});

test('dropped traffic and pulled cables cut a host off, until they are put back', async () => {
  const [one, other] = [lab.host('compute11'), lab.host('compute12')];
  const reach = async (): Promise<boolean> => {
    const connect = ['timeout', '1', 'bash', '-c', `exec 3<>/dev/tcp/${other.address}/16509`];
    return (await one.exec(connect)).code === 0;
  };
  expect(await reach()).toBe(true);
  for (const cut of [
    () => one.dropTraffic({ to: other.address }),
    () => one.dropTraffic({ from: other.address, port: 16_509 }),
    () => one.unplug(),
  ]) {
    const restore = await cut();
    expect(await reach()).toBe(false);
    await restore();
    await until('reached again', 10_000, async () => (await reach()) || null);
  }
});

test('libvirtd can be frozen, thawed, killed and started; guests go on', async () => {
  const { libvirtd } = lab.host('compute12');
  const before = await lab.guest('local').waitAlive();
  await libvirtd.freeze();
  expect(await libvirtd.isFrozen()).toBe(true);
  await libvirtd.thaw();
  await libvirtd.waitAnswering();
  const pid = await libvirtd.pid();
  await libvirtd.restart();
  expect(await libvirtd.pid()).not.toBe(pid);
  expect(await lab.guest('local').waitAlive()).toMatchObject({ id: before.id });
});

test('a power cut ends all that ran, and the host boots again with its disk and uuid', async () => {
  const host = lab.host('compute12');
  await host.powerOff();
  expect(host.pid).toBeNull();
  expect(await host.processes()).toEqual([]);
  expect(await lab.runners('local')).toEqual([]);
  await host.powerOn();
  expect(await host.virsh('capabilities')).toContain(`<uuid>${host.uuid}</uuid>`);
  expect((await host.virsh('domstate', 'local')).trim()).toBe('shut off');
  await host.virsh('start', 'local');
  await lab.guest('local').waitAlive();
});

test('QEMU of a guest can be killed', async () => {
  const host = lab.host('compute12');
  await host.killQemu('local');
  await until('no QEMU', 10_000, async () => (await lab.runners('local')).length === 0 || null);
  await expect(host.killQemu('local')).rejects.toThrow('runs no QEMU of local');
});

test('a lab that runs is not brought up again, and too many hosts are refused', async () => {
  await expect(Lab.up({ name: 'selftest', hosts: 1 })).rejects.toThrow('runs already');
  await expect(Lab.up({ name: 'other', hosts: 5 })).rejects.toThrow('1 to 4 hosts');
  expect(() => lab.host('nobody')).toThrow('compute11, compute12, compute13');
});
