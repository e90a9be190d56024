import type { LabGuest } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

/** The controller's place has two addresses in the guests' network: the group lets one in, and not the other. */
const friend = '203.0.113.130';
const stranger = '203.0.113.131';
const everyMs = 4;

let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('firewall', 2);
  await world.lab.ctl.exec(['ip', 'addr', 'add', `${stranger}/25`, 'dev', 'eth1']);
  await world.client.addSecurityGroup({
    name: 'counter',
    rules: [{ protocol: 'udp', portMin: 7000, portMax: 7001, remoteCidr: `${friend}/32` }],
  });
});
afterAll(() => world?.down());

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word.startsWith('ferry-'));

/** Ferry's filters on a host, and what filters stand before which interfaces. */
async function filters(host: string): Promise<{ defined: string[]; bound: string[] }> {
  const [defined, bound] = await Promise.all([
    world.host(host).virsh('nwfilter-list'),
    world.host(host).virsh('nwfilter-binding-list'),
  ]);
  return {
    defined: words(defined)
      .map((name) => name.replace(/-[0-9a-f-]{36}$/, ''))
      .toSorted(),
    bound: words(bound),
  };
}

const nothing = { defined: [], bound: [] };
const filtersOf = (guest: LabGuest): unknown => ({
  defined: ['ferry-group', 'ferry-instance'],
  bound: [`ferry-instance-${guest.uuid}`],
});

/** Whether answers come back to the stranger within a moment. */
async function strangerGetsThrough(guest: LabGuest): Promise<boolean> {
  const probe = await guest.probe(everyMs, stranger);
  const end = performance.now() + 1500;
  while (performance.now() < end) await guest.stat();
  return (await probe.stop()).answered > 0;
}

/** Moves while friend and stranger probe, and goes on for a moment after. */
async function movedUnderFire(guest: LabGuest, kind: 'live' | 'cold', to: string): Promise<void> {
  const allowed = await guest.probe(10, friend);
  const forbidden = await guest.probe(everyMs, stranger);
  const migration = await world.moved(guest.name, kind, to);
  await guest.waitAlive();
  expect(await strangerGetsThrough(guest)).toBe(false);
  const [friendSaw, strangerSaw] = [await allowed.stop(), await forbidden.stop()];
  expect(migration.error).toBeNull();
  expect(friendSaw.answered).toBeGreaterThan(100);
  expect(strangerSaw).toMatchObject({ answered: 0, ids: [] });
  expect(strangerSaw.sent).toBeGreaterThan(friendSaw.answered);
}

test('groups put before a running guest block what they do not name, and only that; off again, all is let through', async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11', storage: 'local' });
  expect(await strangerGetsThrough(guest)).toBe(true);
  const set = await world.client.setInstanceGroups('web', {
    groups: ['counter'],
    addresses: [guest.address],
  });
  expect(set.applied).toEqual([{ host: 'compute11', state: 'applied', reason: '' }]);
  expect(await filters('compute11')).toEqual(filtersOf(guest));
  expect(await strangerGetsThrough(guest)).toBe(false);
  expect(await guest.stat()).not.toBeNull();
  expect(await world.host('compute11').virsh('dumpxml', '--inactive', 'web')).toContain(
    `ferry-instance-${guest.uuid}`,
  );

  await world.client.setInstanceGroups('web', { groups: [] });
  expect(await filters('compute11')).toEqual(nothing);
  expect(await strangerGetsThrough(guest)).toBe(true);
  await world.client.setInstanceGroups('web', { groups: ['counter'], addresses: [guest.address] });
});

test('block live migration: not one forbidden packet before, during and after it; the source lets go', async () => {
  const guest = world.lab.guest('web');
  await movedUnderFire(guest, 'live', 'compute12');
  expect(await world.lab.runners('web')).toEqual(['compute12']);
  expect(await filters('compute12')).toEqual(filtersOf(guest));
  expect(await filters('compute11')).toEqual(nothing);
});

test('cold migration: the same, from the first moment of its start on the target', async () => {
  const guest = world.lab.guest('web');
  await movedUnderFire(guest, 'cold', 'compute11');
  expect(await filters('compute11')).toEqual(filtersOf(guest));
  expect(await filters('compute12')).toEqual(nothing);
});

test('a rule that is taken away cuts a flow that is under way; a new one opens it again', {
  tags: 'thorough',
}, async () => {
  const guest = world.lab.guest('web');
  const { group } = await world.client.addSecurityGroupRule('counter', {
    protocol: 'udp',
    remoteCidr: `${stranger}/32`,
  });
  expect(await strangerGetsThrough(guest)).toBe(true);
  const rule = group.rules.find((one) => one.remoteCidr === `${stranger}/32`);
  const flow = await guest.probe(everyMs, stranger);
  await guest.stat();
  await world.client.deleteSecurityGroupRule('counter', rule?.id ?? '');
  expect(await strangerGetsThrough(guest)).toBe(false);
  expect((await flow.stop()).longestGapMs).toBeGreaterThan(1000);
  await world.host('compute11').virsh('destroy', 'web');
});

/** As libvirt sometimes leaves it when a QEMU ends suddenly: a filter stands before an interface that is not there. */
async function leaveBinding(host: string, guest: LabGuest): Promise<void> {
  const owner = `<owner><name>${guest.name}</name><uuid>${guest.uuid}</uuid></owner>`;
  const port = "<portdev name='ghost0'/><mac address='52:54:00:00:00:99'/>";
  const xml = `<filterbinding>${owner}${port}<filterref filter='no-mac-spoofing'/></filterbinding>`;
  const script = `ip tuntap add ghost0 mode tap && echo "$1" > /tmp/binding.xml &&
    virsh nwfilter-binding-create /tmp/binding.xml && ip link delete ghost0 && rm /tmp/binding.xml`;
  await world.host(host).execOk(['sh', '-c', script, 'sh', xml]);
  expect(await bindings(host)).toContain('ghost0');
}

const bindings = (host: string): Promise<string> => world.host(host).virsh('nwfilter-binding-list');

test('peer-to-peer live migration on shared storage: the same; an aborted one leaves no filter on the target', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({
    name: 'db',
    host: 'compute11',
    storage: 'shared',
    dirty: { mib: 48, mibPerSecond: 200 },
  });
  await world.client.setInstanceGroups('db', { groups: ['counter'] });
  await leaveBinding('compute12', guest);
  const { id } = await world.move('db', 'live', 'compute12', { bandwidthBytesPerSecond: 8 * 1024 * 1024 });
  await world.waitFor(id, 'running', (migration) => (migration.progress?.memoryBytes ?? 0) > 0);
  expect((await filters('compute12')).defined).toEqual(['ferry-group', 'ferry-instance']);
  await world.client.abortMigration(id);
  expect(await world.ended(id)).toMatchObject({ status: 'cancelled' });
  expect(await filters('compute12')).toEqual(nothing);
  expect(await bindings('compute12')).not.toContain('ghost0');
  expect(await strangerGetsThrough(guest)).toBe(false);

  await guest.dirty(0, 0);
  await leaveBinding('compute11', guest);
  await movedUnderFire(guest, 'live', 'compute12');
  expect(await world.lab.runners('db')).toEqual(['compute12']);
  expect(await filters('compute12')).toEqual(filtersOf(guest));
  expect(await bindings('compute11')).not.toContain('ghost0');
  // "web" is off there and needs the group's filter when it is started again.
  expect(await filters('compute11')).toEqual({ defined: ['ferry-group', 'ferry-instance'], bound: [] });
});

/** What a TCP connection over IPv6 to a port of the guest comes to; its address follows from its hardware address. */
async function connectV6(name: string, port: number): Promise<string> {
  const list = await world.host('compute12').virsh('domiflist', name);
  const [mac = ''] = /52:54:00(:[0-9a-f]{2}){3}/.exec(list) ?? [];
  const [x, y, z] = mac.split(':').slice(3);
  const host = `fe80::5054:ff:fe${x}:${y}${z}%eth1`;
  const script = `const socket = require('node:net').connect({ host: '${host}', port: ${port} });
    const end = (what) => { console.log(what); process.exit(); };
    socket.on('error', (error) => end(error.code)); socket.on('connect', () => end('connected'));
    setTimeout(end, 2000, 'silence');`;
  return (await world.lab.ctl.exec([process.execPath, '-e', script])).stdout.trim();
}

test('IPv6 is held by rules of its own, and neighbours find each other', { tags: 'thorough' }, async () => {
  expect(await connectV6('db', 9)).toBe('silence');
  await world.client.addSecurityGroupRule('counter', {
    protocol: 'tcp',
    portMin: 9,
    remoteCidr: 'fe80::/10',
  });
  // Nobody listens there: that the guest says so is its answer.
  expect(await connectV6('db', 9)).toBe('ECONNREFUSED');
  expect(await connectV6('db', 10)).toBe('silence');
});

test('a host whose kernel shows filters nothing of what passes bridges is refused: nothing would be blocked there', {
  tags: 'thorough',
}, async () => {
  const off = ['sysctl', '-w', 'net.bridge.bridge-nf-call-iptables=0'];
  await world.host('compute11').execOk(off);
  const report = await world.client.check('db', { kind: 'live-migration', host: 'compute11' });
  const finding = report.findings.find((one) => one.code === 'firewall-ready');
  expect(finding).toMatchObject({ severity: 'error', compared: { targetFilters: 'not-in-force' } });
  expect(finding?.remedy).toContain('net.bridge.bridge-nf-call-iptables');
  await world.host('compute11').execOk(['sysctl', '-w', 'net.bridge.bridge-nf-call-iptables=1']);
  const again = await world.client.check('db', { kind: 'live-migration', host: 'compute11' });
  expect(again.findings.find((one) => one.code === 'firewall-ready')).toMatchObject({ severity: 'ok' });
});
