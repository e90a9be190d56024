import { describe, expect, test } from 'vitest';
import { portableNetworkXml, readNetworkXml } from './network-xml.ts';

const network = (inside: string): string => `<network><name>lan</name>${inside}</network>`;
const read = (inside: string): ReturnType<typeof readNetworkXml> => readNetworkXml(network(inside));
/** How ports of a network are that tells a controller of its switch so. */
const port = (parameters: string): Readonly<Record<string, string>> =>
  read(`<virtualport type='openvswitch'><parameters ${parameters}/></virtualport>`).portGroups;

test('a bridge of its own, or one of the host', () => {
  expect(read("<bridge name='virbr1'/>")).toMatchObject({ bridge: 'virbr1', ownBridge: true, cards: [] });
  const ofHost = "<forward mode='bridge'/><bridge name='br-ex'/>";
  expect(read(ofHost)).toMatchObject({ bridge: 'br-ex', ownBridge: false, cards: [] });
});

test('cards that macvtap devices stand on; the card of NAT is none of them', () => {
  const pool =
    "<forward dev='eth1' mode='passthrough'><interface dev='eth1'/><interface dev='eth2'/></forward>";
  expect(read(pool)).toMatchObject({ bridge: null, ownBridge: false, cards: ['eth1', 'eth2'] });
  expect(read("<forward mode='nat' dev='eth0'/><bridge name='virbr0'/>").cards).toEqual([]);
});

test('what tells it from another network of the same name', () => {
  expect(read('').identity).toEqual({
    forward: 'isolated',
    hostBridge: null,
    addresses: [],
    reservations: [],
  });
  const nat = `<forward/><bridge name='virbr0'/><ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.122.2' end='192.168.122.254'/><host mac='52:54:00:AA:BB:01' ip='192.168.122.50'/></dhcp></ip>
    <ip family='ipv6' address='FD00::1' prefix='64'/>`;
  expect(read(nat).identity).toEqual({
    forward: 'nat',
    hostBridge: null,
    addresses: ['192.168.122.1/24', 'fd00::1/64'],
    reservations: [{ mac: '52:54:00:aa:bb:01', address: '192.168.122.50' }],
  });
  expect(read("<forward mode='bridge'/><bridge name='br-ex'/>").identity).toMatchObject({
    forward: 'bridge',
    hostBridge: 'br-ex',
  });
});

describe('port groups', () => {
  test('each with its own VLAN and port, else the network’s', () => {
    const groups = `<forward mode='bridge'/><bridge name='br-ovs'/><virtualport type='openvswitch'/>
      <portgroup name='plain'/><portgroup name='red'><vlan><tag id='42'/></vlan></portgroup>
      <portgroup name='all'><vlan trunk='yes'><tag id='7' nativeMode='untagged'/><tag id='8'/></vlan></portgroup>`;
    expect(read(groups).portGroups).toEqual({
      '': 'untagged, openvswitch port',
      plain: 'untagged, openvswitch port',
      red: 'VLAN 42, openvswitch port',
      all: 'VLAN 7 (untagged), 8, trunk, openvswitch port',
    });
  });

  test('the default is what an interface gets that names none', () => {
    const groups =
      "<portgroup name='a'/><portgroup name='b' default='yes'><vlan><tag id='9'/></vlan></portgroup>";
    expect(read(groups).portGroups).toEqual({ '': 'VLAN 9', a: 'untagged', b: 'VLAN 9' });
  });

  test('what a controller of the switch is told counts, the id of a single port does not', () => {
    expect(port("interfaceid='1'")).toEqual(port("interfaceid='2'"));
    expect(port("profileid='gold'")).toEqual({ '': 'untagged, openvswitch port profileid=gold' });
  });
});

test('for another host: all but the hardware address of the bridge', () => {
  expect(portableNetworkXml(network("<mac address='52:54:00:11:22:33'/><bridge name='virbr1'/>"))).toBe(
    network('<bridge name="virbr1"/>'),
  );
});
