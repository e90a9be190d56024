import { describe, expect, test } from 'vitest';
import { networkPresentCheck } from './network-present.ts';
import {
  sampleDomain,
  sampleHost,
  sampleInput,
  sampleInterface,
  samplePlug,
  severities,
} from './sample-input.ts';

const device = { kind: 'device', active: true, isBridge: true, mtu: 1500 } as const;
const bridge = (change: Parameters<typeof samplePlug>[0]): { plugs: [ReturnType<typeof samplePlug>] } => ({
  plugs: [samplePlug({ kind: 'bridge', name: 'br7', targetName: 'br7', atSource: device, ...change })],
});
const absent = { plugs: [samplePlug({ onTarget: 'absent' })] } as const;

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
        plugs: [samplePlug({ targetName: 'lan', onTarget: 'absent' })],
        request: { defineNetworks: true },
      },
      finds: ['error'],
    },
    {
      when: 'not active',
      given: {
        plugs: [samplePlug({ onTarget: { kind: 'network', active: false, isBridge: null, mtu: 1500 } })],
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
      given: bridge({ virtualPort: 'openvswitch', onTarget: { ...device, isBridge: false } }),
      finds: ['ok'],
    },
    {
      when: 'a bridge of Open vSwitch that is a Linux bridge there',
      given: bridge({ virtualPort: 'openvswitch', onTarget: device }),
      finds: ['error'],
    },
    {
      when: 'a device of the host',
      given: bridge({ kind: 'direct', onTarget: { ...device, isBridge: false } }),
      finds: ['ok'],
    },
    { when: 'target silent', given: { plugs: [samplePlug({ onTarget: null })] }, finds: ['unknown'] },
    {
      when: 'a mapped name that is not used',
      given: { request: { networkMap: { lan: 'wan' } } },
      finds: ['ok', 'warning'],
    },
    {
      when: 'user networking',
      given: { domain: sampleDomain({ interfaces: [sampleInterface({ kind: 'user' })] }), plugs: [] },
      finds: ['ok'],
    },
    {
      when: 'something else',
      given: { domain: sampleDomain({ interfaces: [sampleInterface({ kind: 'other' })] }), plugs: [] },
      finds: ['unknown'],
    },
    { when: 'none', given: { domain: sampleDomain({ interfaces: [] }), plugs: [] }, finds: ['ok'] },
    { when: 'source silent', given: { domain: null, plugs: [] }, finds: ['unknown'] },
  ] as const)('$when: $finds', ({ given, finds }) => {
    expect(severities(networkPresentCheck, given)).toEqual(finds);
  });

  test('a missing network is refused with what would help, by its name', () => {
    const [finding] = networkPresentCheck.judge(sampleInput(absent));
    expect(finding?.remedy).toContain('--define-networks');
    expect(finding?.remedy).toContain('--map-network default=');
    expect(finding?.compared).toMatchObject({ source: 'default', onTarget: 'absent' });
  });
});
