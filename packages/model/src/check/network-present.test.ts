import { describe, expect, test } from 'vitest';
import { unspecifiedNetwork } from '../instance/network-facts.ts';
import { networkPresentCheck } from './network-present.ts';
import {
  sampleDomain,
  sampleHost,
  sampleInput,
  sampleInterface,
  sampleNetwork,
  severities,
} from './sample-input.ts';

const device = { ...unspecifiedNetwork, kind: 'device', active: true, isBridge: true, mtu: 1500 } as const;
const ovs = { ...device, isBridge: false, isOpenVswitch: true } as const;
const card = { ...device, isBridge: false, isPart: false } as const;
const net = { ...unspecifiedNetwork, kind: 'network', active: true, mtu: 1500 } as const;
/** A macvtap interface on a card. */
const direct = (change: Parameters<typeof sampleNetwork>[0]): ReturnType<typeof bridge> =>
  bridge({ kind: 'direct', mode: 'bridge', atSource: card, ...change });
const bridge = (
  change: Parameters<typeof sampleNetwork>[0],
): { networks: [ReturnType<typeof sampleNetwork>] } => ({
  networks: [sampleNetwork({ kind: 'bridge', name: 'br7', targetName: 'br7', atSource: device, ...change })],
});
/** A network with port groups on both hosts. */
const grouped = (
  portGroup: string | null,
  here: Readonly<Record<string, string>>,
  there: Readonly<Record<string, string>>,
): { networks: [ReturnType<typeof sampleNetwork>] } => ({
  networks: [
    sampleNetwork({
      portGroup,
      atSource: { ...net, portGroups: here },
      onTarget: { ...net, portGroups: there },
    }),
  ],
});
const absent = { networks: [sampleNetwork({ onTarget: 'absent' })] } as const;

describe('networks of the guest', () => {
  test.each([
    { when: 'present', given: {}, finds: ['ok'] },
    { when: 'missing', given: absent, finds: ['error'] },
    {
      when: 'missing, to be defined',
      given: { ...absent, request: { defineNetworks: true } },
      finds: ['info'],
    },
    {
      when: 'missing, to be defined on that target always',
      given: { ...absent, target: { ...sampleHost('beta'), networks: { map: {}, define: true } } },
      finds: ['info'],
    },
    {
      when: 'missing under the name it is mapped to',
      given: {
        networks: [sampleNetwork({ targetName: 'lan', onTarget: 'absent' })],
        request: { defineNetworks: true },
      },
      finds: ['error'],
    },
    {
      when: 'not active',
      given: {
        networks: [sampleNetwork({ onTarget: { ...net, active: false } })],
      },
      finds: ['info'],
    },
    { when: 'a bridge', given: bridge({ onTarget: device }), finds: ['ok'] },
    { when: 'a bridge that is missing', given: bridge({ onTarget: 'absent' }), finds: ['error'] },
    {
      when: 'a bridge that is none there',
      given: bridge({ onTarget: { ...device, isBridge: false } }),
      finds: ['error'],
    },
    {
      when: 'a bridge of which that cannot be told',
      given: bridge({ onTarget: { ...device, isBridge: null } }),
      finds: ['ok'],
    },
    {
      when: 'a bridge of Open vSwitch',
      given: bridge({ virtualPort: 'openvswitch', onTarget: ovs }),
      finds: ['ok'],
    },
    {
      when: 'a bridge of Open vSwitch that is none there',
      given: bridge({ virtualPort: 'openvswitch', onTarget: { ...ovs, isOpenVswitch: false } }),
      finds: ['error'],
    },
    {
      when: 'a bridge of Open vSwitch of which that cannot be told',
      given: bridge({ virtualPort: 'openvswitch', onTarget: { ...ovs, isOpenVswitch: null } }),
      finds: ['unknown'],
    },
    {
      when: 'a Linux bridge that is one of Open vSwitch there',
      given: bridge({ onTarget: ovs }),
      finds: ['error'],
    },
    { when: 'down', given: bridge({ onTarget: { ...device, active: false } }), finds: ['error'] },
    {
      when: 'down on both',
      given: bridge({ atSource: { ...device, active: false }, onTarget: { ...device, active: false } }),
      finds: ['ok'],
    },
    {
      when: 'a card that is down',
      given: direct({ onTarget: { ...card, active: false } }),
      finds: ['error'],
    },
    { when: 'a card in a bridge', given: direct({ onTarget: { ...card, isPart: true } }), finds: ['error'] },
    {
      when: 'a card that others use too',
      given: direct({ onTarget: { ...card, macvtaps: ['macvtap0'] } }),
      finds: ['ok'],
    },
    {
      when: 'a card that others use, for a guest that wants it alone',
      given: direct({ mode: 'passthrough', onTarget: { ...card, macvtaps: ['macvtap0'] } }),
      finds: ['error'],
    },
    {
      when: 'a network that leads through what is not there',
      given: { networks: [sampleNetwork({ onTarget: { ...net, through: ['br7'], lacks: ['br7'] } })] },
      finds: ['error'],
    },
    {
      when: 'a network of several cards, one of which is not there',
      given: {
        networks: [sampleNetwork({ onTarget: { ...net, through: ['eth1', 'eth2'], lacks: ['eth2'] } })],
      },
      finds: ['warning'],
    },
    {
      when: 'a network of Open vSwitch that leads through a Linux bridge there',
      given: {
        networks: [
          sampleNetwork({
            atSource: { ...net, isOpenVswitch: true },
            onTarget: { ...net, isOpenVswitch: false, isBridge: true },
          }),
        ],
      },
      finds: ['error'],
    },
    {
      when: 'a network to be defined, whose bridge is not there',
      given: {
        networks: [sampleNetwork({ onTarget: 'absent', wouldLack: ['br7'] })],
        request: { defineNetworks: true },
      },
      finds: ['error'],
    },
    {
      when: 'a port group that the target lacks',
      given: grouped('red', { '': 'untagged', red: 'VLAN 7' }, { '': 'untagged' }),
      finds: ['error'],
    },
    {
      when: 'a port group of another VLAN',
      given: grouped('red', { red: 'VLAN 7' }, { red: 'VLAN 8' }),
      finds: ['error'],
    },
    {
      when: 'the same port group',
      given: grouped('red', { red: 'VLAN 7' }, { red: 'VLAN 7' }),
      finds: ['ok'],
    },
    {
      when: 'no port group, where another is taken by itself',
      given: grouped(null, { '': 'untagged' }, { '': 'VLAN 8' }),
      finds: ['error'],
    },
    {
      when: 'a bridge of Open vSwitch that is a Linux bridge there',
      given: bridge({ virtualPort: 'openvswitch', onTarget: device }),
      finds: ['error'],
    },
    {
      when: 'a device of the host',
      given: direct({ onTarget: card }),
      finds: ['ok'],
    },
    { when: 'target silent', given: { networks: [sampleNetwork({ onTarget: null })] }, finds: ['unknown'] },
    {
      when: 'a mapped name that is not used',
      given: { request: { networkMap: { lan: 'wan' } } },
      finds: ['ok', 'warning'],
    },
    {
      when: 'user networking',
      given: { domain: sampleDomain({ interfaces: [sampleInterface({ kind: 'user' })] }), networks: [] },
      finds: ['ok'],
    },
    {
      when: 'something else',
      given: { domain: sampleDomain({ interfaces: [sampleInterface({ kind: 'other' })] }), networks: [] },
      finds: ['info'],
    },
    { when: 'none', given: { domain: sampleDomain({ interfaces: [] }), networks: [] }, finds: ['ok'] },
    { when: 'source silent', given: { domain: null, networks: [] }, finds: ['unknown'] },
  ] as const)('$when: $finds', ({ given, finds }) => {
    expect(severities(networkPresentCheck, given)).toEqual(finds);
  });

  test('a port group of another VLAN is told with both', () => {
    const [finding] = networkPresentCheck.judge(
      sampleInput(grouped('red', { red: 'VLAN 7' }, { red: 'VLAN 8' })),
    );
    expect(finding?.compared).toMatchObject({ portGroup: 'red', sourcePort: 'VLAN 7', targetPort: 'VLAN 8' });
  });

  test('a missing network is refused with what would help, by its name', () => {
    const [finding] = networkPresentCheck.judge(sampleInput(absent));
    expect(finding?.remedy).toContain('--define-networks');
    expect(finding?.remedy).toContain('--map-network default=');
    expect(finding?.compared).toMatchObject({ source: 'default', onTarget: 'absent' });
  });
});
