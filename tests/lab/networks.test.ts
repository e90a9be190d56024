import type { MoveBody } from '@ferry/api';
import type { LabGuest } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

const lan = "<network><name>lan</name><forward mode='bridge'/><bridge name='br-ex'/></network>";
const slowly = { bandwidthBytesPerSecond: 8 * 1024 * 1024 } as const;

let world: LabWorld;
let plugged: LabGuest;

/** A guest on compute11 that is plugged into libvirt's network "lan" rather than into its bridge. */
async function guestOnLan(): Promise<LabGuest> {
  const source = world.host('compute11');
  const dirty = { mib: 24, mibPerSecond: 60 };
  const guest = await world.lab.createGuest({
    name: 'lan',
    host: source,
    storage: 'shared',
    off: true,
    dirty,
  });
  const xml = await source.virsh('dumpxml', '--inactive', 'lan');
  const input = xml
    .replace("<interface type='bridge'>", "<interface type='network'>")
    .replace("<source bridge='br-ex'/>", "<source network='lan'/>");
  await source.execOk(['sh', '-c', 'cat > /run/lan.xml && virsh -q define /run/lan.xml'], { input });
  await source.virsh('start', 'lan');
  await guest.waitAlive();
  await world.client.adoptInstance({ host: 'compute11', domain: 'lan' });
  return guest;
}

async function define(host: string, network: string = lan): Promise<void> {
  await world
    .host(host)
    .execOk(['sh', '-c', 'cat > /run/net.xml && virsh -q net-define /run/net.xml'], { input: network });
}

/** Names of a host's networks that run, and of those that are only defined. */
async function networks(host: string): Promise<{ active: string[]; inactive: string[] }> {
  const list = async (...which: string[]): Promise<string[]> =>
    (await world.host(host).virsh('net-list', '--name', ...which))
      .split('\n')
      .filter((name) => name === 'lan');
  return { active: await list(), inactive: await list('--inactive') };
}

/** What a check found of one code: severity and remedy. */
async function found(
  instance: string,
  code: string,
  move: Partial<MoveBody> = {},
): Promise<[string, string][]> {
  const report = await world.client.check(instance, { kind: 'live-migration', host: 'compute12', ...move });
  return report.findings.filter((one) => one.code === code).map((one) => [one.severity, one.remedy]);
}

/** Begins a move that cannot come to its end soon, waits until it sends, and aborts it. */
async function aborted(instance: string, more: Partial<MoveBody>): Promise<void> {
  const { id } = await world.move(instance, 'live', 'compute12', { ...slowly, ...more });
  await world.waitFor(
    id,
    'sending',
    ({ status, progress }) => status === 'running' && (progress?.memoryBytes ?? 0) > 0,
  );
  expect((await networks('compute12')).active).toEqual(['lan']);
  await world.client.abortMigration(id);
  expect(await world.ended(id)).toMatchObject({ status: 'cancelled' });
}

beforeAll(async () => {
  world = await LabWorld.up('networks', 2);
  await define('compute11');
  await world.host('compute11').virsh('net-start', 'lan');
  plugged = await guestOnLan();
});
afterAll(() => world?.down());

test('a network that the target lacks is refused, with what would help', { tags: 'thorough' }, async () => {
  const [finding] = await found('lan', 'network-present');
  expect(finding?.[0]).toBe('error');
  expect(finding?.[1]).toContain('--define-networks');
  await expect(world.move('lan', 'live', 'compute12')).rejects.toMatchObject({ code: 'checks-failed' });
});

test('where it may be, it is defined and started; gone again when the migration is aborted', async () => {
  await aborted('lan', { defineNetworks: true });
  expect(await networks('compute12')).toEqual({ active: [], inactive: [] });
  expect(await world.lab.runners('lan')).toEqual(['compute11']);
});

test('one of that name that is another network is refused with all that differs, and taken by word', async () => {
  await define(
    'compute12',
    "<network><name>lan</name><bridge name='virbr9'/><ip address='10.9.9.1' netmask='255.255.255.0'/></network>",
  );
  const [finding] = await found('lan', 'network-same');
  expect(finding?.[0]).toBe('error');
  expect(finding?.[1]).toContain('--map-network lan=lan');
  await expect(world.move('lan', 'live', 'compute12')).rejects.toMatchObject({ code: 'checks-failed' });
  expect((await found('lan', 'network-same', { networkMap: { lan: 'lan' } }))[0]?.[0]).toBe('warning');
  await world.host('compute12').virsh('net-undefine', 'lan');
});

test('one that is stopped is started, and stopped again when the migration is aborted', {
  tags: 'thorough',
}, async () => {
  await define('compute12');
  expect((await found('lan', 'network-present'))[0]?.[0]).toBe('info');
  await aborted('lan', {});
  expect(await networks('compute12')).toEqual({ active: [], inactive: ['lan'] });
  await world.host('compute12').virsh('net-undefine', 'lan');
});

test('the guest arrives, is reached through the network, and the network stays', async () => {
  await plugged.dirty(0, 0);
  const { id } = await plugged.waitAlive();
  const migration = await world.moved('lan', 'live', 'compute12', { defineNetworks: true });
  expect(migration).toMatchObject({ status: 'completed', plan: { form: 'peer-to-peer' } });
  expect(await plugged.waitAlive()).toMatchObject({ id });
  expect(await networks('compute12')).toEqual({ active: ['lan'], inactive: [] });
});

test('a bridge of another name is told before the move, and is taken where it is named', async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11' });
  expect((await found('web', 'network-present'))[0]?.[0]).toBe('ok');
  expect((await found('web', 'network-mtu'))[0]?.[0]).toBe('ok');
  // From here on the guests' network of compute12 hangs on another bridge.
  const target = world.host('compute12');
  await target.virsh('destroy', 'lan');
  await target.execOk([
    'sh',
    '-ec',
    'ip link add br-lan type bridge && ip link set br-lan up && ip link set eth1 master br-lan && ip link del br-ex',
  ]);
  const [missing] = await found('web', 'network-present');
  expect(missing?.[0]).toBe('error');
  expect(missing?.[1]).toContain('--map-network br-ex=OTHER');

  const { id } = await guest.waitAlive();
  const moved = await world.ferry.run(
    'live-migrate',
    'web',
    'compute12',
    '--map-network',
    'br-ex=br-lan',
    '--wait',
    '-o',
    'json',
  );
  expect(JSON.parse(moved.stdout)).toMatchObject({ status: 'completed', plan: { form: 'coordinated' } });
  expect(await guest.waitAlive()).toMatchObject({ id });
  for (const which of [[], ['--inactive']])
    expect(await target.virsh('dumpxml', 'web', ...which)).toContain("<source bridge='br-lan'/>");

  const back = await world.moved('web', 'cold', 'compute11', { networkMap: { 'br-lan': 'br-ex' } });
  expect(back).toMatchObject({ status: 'confirmed', error: null });
  await guest.waitAlive();
  expect(await world.host('compute11').virsh('dumpxml', 'web')).toContain("<source bridge='br-ex'/>");
  await world.host('compute11').virsh('destroy', 'web');
});

test('peer-to-peer, too, takes the other bridge; a network of smaller packets is refused, with both sizes', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'db', host: 'compute11', storage: 'shared' });
  const networkMap = { 'br-ex': 'br-lan' };
  const target = world.host('compute12');
  await target.execOk(['ip', 'link', 'set', 'br-lan', 'mtu', '1400']);
  const report = await world.client.check('db', { kind: 'live-migration', host: 'compute12', networkMap });
  const finding = report.findings.find((one) => one.code === 'network-mtu');
  expect(report.possible).toBe(false);
  expect(finding).toMatchObject({
    severity: 'error',
    compared: { sourceMtu: 1500, targetMtu: 1400, target: 'br-lan' },
  });
  await target.execOk(['ip', 'link', 'set', 'br-lan', 'mtu', '1500']);

  const { id } = await guest.waitAlive();
  const migration = await world.moved('db', 'live', 'compute12', { networkMap });
  expect(migration).toMatchObject({ status: 'completed', plan: { form: 'peer-to-peer' } });
  expect(await guest.waitAlive()).toMatchObject({ id });
  for (const which of [[], ['--inactive']])
    expect(await target.virsh('dumpxml', 'db', ...which)).toContain("<source bridge='br-lan'/>");
});
