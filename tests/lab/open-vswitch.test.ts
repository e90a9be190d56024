import type { FindingBody, MoveBody } from '@ferry/api';
import { type LabGuest, OpenVswitch } from '@ferry/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findingOf } from './finding-of.ts';
import { LabWorld } from './lab-world.ts';
import { packetsLost } from './packets-lost.ts';

/** A network of libvirt over the bridge, with port groups; the VLAN of one is given. */
const network = (vlan: number): string => `<network><name>switched</name><forward mode='bridge'/>
  <bridge name='br-ovs'/><virtualport type='openvswitch'/><portgroup name='plain'/>
  <portgroup name='red'><vlan><tag id='${vlan}'/></vlan></portgroup></network>`;
const port = "<virtualport type='openvswitch'/>";

let world: LabWorld;
const switches = new Map<string, OpenVswitch>();
const switchOf = (host: string): OpenVswitch => {
  const there = switches.get(host) ?? new OpenVswitch(world.host(host));
  switches.set(host, there);
  return there;
};

beforeAll(async () => {
  world = await LabWorld.up('ovs', 2);
  for (const { name } of world.lab.hosts) await switchOf(name).start();
  await switchOf('compute11').bridge('br-ovs');
});
afterAll(() => world?.down());

const found = (
  instance: string,
  code = 'network-present',
  move: Partial<MoveBody> = {},
): Promise<FindingBody | undefined> => findingOf(world, instance, code, move);

async function define(host: string, xml: string): Promise<void> {
  const script = 'cat > /run/net.xml && virsh -q net-define /run/net.xml && virsh -q net-start switched';
  await world.host(host).execOk(['sh', '-ec', script], { input: xml });
}

async function undefine(host: string): Promise<void> {
  await world.host(host).virsh('net-destroy', 'switched');
  await world.host(host).virsh('net-undefine', 'switched');
}

/** What is wrong after a move; nothing when packets get through to the guest. */
const lost = (
  guest: LabGuest,
  kind: 'live' | 'cold',
  host: string,
  more: Partial<MoveBody> = {},
): Promise<string[]> => packetsLost(world, guest, kind, host, more);

describe('a guest on a bridge of Open vSwitch', () => {
  let guest: LabGuest;
  let id: string | undefined;

  beforeAll(async () => {
    const plug = { type: 'bridge', xml: `<source bridge='br-ovs'/>${port}` } as const;
    guest = await world.guest({ name: 'web', host: 'compute11', storage: 'shared', plug });
    id = (await switchOf('compute11').port(guest.mac))?.id;
  });

  test('refused where there is none, or a Linux bridge of that name', async () => {
    expect(await found('web')).toMatchObject({ severity: 'error', compared: { onTarget: 'absent' } });
    const target = world.host('compute12');
    await target.execOk(['sh', '-ec', 'ip link add br-ovs type bridge && ip link set br-ovs up']);
    const linux = await found('web');
    expect(linux).toMatchObject({ severity: 'error' });
    expect(linux?.message).toContain('Linux bridge');
    await target.execOk(['ip', 'link', 'del', 'br-ovs']);
  });

  test('refused where a device of that name is no bridge, and where Open vSwitch does not run', async () => {
    const target = world.host('compute12');
    await target.execOk([
      'sh',
      '-ec',
      'ip link add br-ovs type veth peer name other && ip link set br-ovs up',
    ]);
    const none = await found('web');
    expect(none).toMatchObject({ severity: 'error' });
    expect(none?.message).toContain('no bridge of Open vSwitch');
    await target.execOk(['ip', 'link', 'del', 'br-ovs']);
    await switchOf('compute12').bridge('br-ovs');
    expect(await found('web')).toMatchObject({ severity: 'ok' });
    await switchOf('compute12').stop();
    expect(await found('web')).toMatchObject({ severity: 'error' });
    await target.execOk([
      'sh',
      '-ec',
      'ovs-vswitchd --pidfile=/run/openvswitch/ovs-vswitchd.pid --detach --log-file=/var/log/openvswitch/vswitchd.log',
    ]);
  });

  test('refused where it is down, and where its packets are smaller', async () => {
    const target = world.host('compute12');
    await target.execOk(['ip', 'link', 'set', 'br-ovs', 'down']);
    const down = await found('web');
    expect(down).toMatchObject({ severity: 'error' });
    expect(down?.message).toContain('is down');
    await target.execOk(['ip', 'link', 'set', 'br-ovs', 'up']);
    await switchOf('compute12').vsctl('set', 'interface', 'br-ovs', 'mtu_request=1400');
    const small = await found('web', 'network-mtu');
    expect(small).toMatchObject({ severity: 'error', compared: { sourceMtu: 1500, targetMtu: 1400 } });
    await switchOf('compute12').vsctl('set', 'interface', 'br-ovs', 'mtu_request=1500');
    expect(await world.client.check('web', { kind: 'live-migration', host: 'compute12' })).toMatchObject({
      possible: true,
    });
  });

  test('live there, cold back: packets flow, and the port keeps its id', async () => {
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await lost(guest, 'live', 'compute12')).toEqual([]);
    expect(await switchOf('compute12').port(guest.mac)).toEqual({ id, vlan: null });
    expect(await switchOf('compute11').port(guest.mac)).toBeNull();
    expect(await lost(guest, 'cold', 'compute11')).toEqual([]);
    expect(await switchOf('compute11').port(guest.mac)).toEqual({ id, vlan: null });
    expect(await switchOf('compute12').port(guest.mac)).toBeNull();
  });

  test('to a bridge of another name', async () => {
    await switchOf('compute12').vsctl('del-br', 'br-ovs');
    await switchOf('compute12').bridge('br-int');
    expect(await found('web')).toMatchObject({ severity: 'error' });
    expect(await lost(guest, 'live', 'compute12', { networkMap: { 'br-ovs': 'br-int' } })).toEqual([]);
    expect(await switchOf('compute12').port(guest.mac)).toEqual({ id, vlan: null });
    expect(await lost(guest, 'cold', 'compute11', { networkMap: { 'br-int': 'br-ovs' } })).toEqual([]);
    await world.host('compute11').virsh('destroy', 'web');
    await switchOf('compute12').vsctl('del-br', 'br-int');
  });
});

describe('a guest in a port group of a network', () => {
  let guest: LabGuest;

  beforeAll(async () => {
    await define('compute11', network(42));
    // The cable carries what is of VLAN 42 untagged, as an access port: the guest is reached through it.
    await switchOf('compute11').vsctl('set', 'port', 'eth1', 'tag=42');
    const plug = { type: 'network', xml: "<source network='switched' portgroup='red'/>" } as const;
    guest = await world.guest({ name: 'db', host: 'compute11', storage: 'shared', plug });
  });

  test('refused where the network leads through a bridge that is not there', async () => {
    await define('compute12', network(42));
    const finding = await found('db');
    expect(finding).toMatchObject({ severity: 'error', compared: { lacks: 'br-ovs' } });
    await undefine('compute12');
    const defined = await found('db', 'network-present', { defineNetworks: true });
    expect(defined).toMatchObject({ severity: 'error', compared: { lacks: 'br-ovs' } });
    await switchOf('compute12').bridge('br-ovs');
    await switchOf('compute12').vsctl('set', 'port', 'eth1', 'tag=42');
  });

  test('refused where the port group is not there, or of another VLAN', async () => {
    await define('compute12', network(42).replace(/<portgroup name='red'>.*?<\/portgroup>/, ''));
    const missing = await found('db');
    expect(missing).toMatchObject({ severity: 'error', compared: { portGroup: 'red', targetPort: null } });
    await undefine('compute12');
    await define('compute12', network(43));
    const other = await found('db');
    expect(other).toMatchObject({
      severity: 'error',
      compared: { sourcePort: 'VLAN 42, openvswitch port', targetPort: 'VLAN 43, openvswitch port' },
    });
    await undefine('compute12');
  });

  test('live to a network that is defined as at the source: its VLAN, and the id of its port', async () => {
    const before = await switchOf('compute11').port(guest.mac);
    expect(before?.vlan).toBe(42);
    expect(await lost(guest, 'live', 'compute12', { defineNetworks: true })).toEqual([]);
    expect(await switchOf('compute12').port(guest.mac)).toEqual(before);
    const kept = await world.host('compute12').virsh('dumpxml', '--inactive', 'db');
    expect(kept).toContain("<source network='switched' portgroup='red'/>");
  });

  test('cold back: its VLAN', async () => {
    expect(await lost(guest, 'cold', 'compute11')).toEqual([]);
    expect(await switchOf('compute11').port(guest.mac)).toMatchObject({ vlan: 42 });
  });
});
