import { describe, expect, test } from 'vitest';
import { type NetworkIdentity, unspecifiedNetwork } from '../instance/network-facts.ts';
import { networkSameCheck } from './network-same.ts';
import { sampleDomain, sampleInput, sampleInterface, sampleNetwork, severities } from './sample-input.ts';

const mac = '52:54:00:AA:bb:01';
const nat: NetworkIdentity = {
  forward: 'nat',
  hostBridge: null,
  addresses: ['192.168.122.1/24'],
  reservations: [{ mac: mac.toLowerCase(), address: '192.168.122.50' }],
};
const bridged: NetworkIdentity = { forward: 'bridge', hostBridge: 'br0', addresses: [], reservations: [] };

/** A guest in a network that is one thing at the source and another on the target. */
function given(
  here: NetworkIdentity | null,
  there: NetworkIdentity | null,
  map: Record<string, string> = {},
) {
  const facts = { ...unspecifiedNetwork, kind: 'network', active: true, mtu: 1500 } as const;
  return {
    domain: sampleDomain({ interfaces: [sampleInterface({ mac })] }),
    networks: [
      sampleNetwork({ atSource: { ...facts, identity: here }, onTarget: { ...facts, identity: there } }),
    ],
    request: { networkMap: map },
  };
}

describe('a network of the same name', () => {
  test.each([
    { when: 'the same', given: given(nat, nat), finds: ['ok'] },
    { when: 'isolated there', given: given(nat, { ...nat, forward: 'isolated' }), finds: ['error'] },
    { when: 'another subnet', given: given(nat, { ...nat, addresses: ['10.9.9.1/24'] }), finds: ['error'] },
    {
      when: 'another gateway in it',
      given: given(nat, { ...nat, addresses: ['192.168.122.254/24'] }),
      finds: ['error'],
    },
    {
      when: 'no address kept for the guest',
      given: given(nat, { ...nat, reservations: [] }),
      finds: ['error'],
    },
    {
      when: 'an address kept for it there alone',
      given: given({ ...nat, reservations: [] }, nat),
      finds: ['ok'],
    },
    {
      when: 'one kept for another guest',
      given: given(
        { ...nat, reservations: [] },
        { ...nat, reservations: [{ mac: '52:54:00:00:00:99', address: '192.168.122.9' }] },
      ),
      finds: ['ok'],
    },
    {
      when: 'through another bridge',
      given: given(bridged, { ...bridged, hostBridge: 'br1' }),
      finds: ['error'],
    },
    { when: 'another one, by word', given: given(nat, bridged, { default: 'default' }), finds: ['warning'] },
    { when: 'not told', given: given(nat, null), finds: ['ok'] },
  ])('$when: $finds', (row) => {
    expect(severities(networkSameCheck, row.given)).toEqual(row.finds);
  });
});

test('all that differs is told at once, with both sides and the way out', () => {
  const [finding] = networkSameCheck.judge(
    sampleInput(given(nat, { forward: 'isolated', hostBridge: null, addresses: [], reservations: [] })),
  );
  expect(finding?.message).toContain('how it forwards: isolated there, nat at the source');
  expect(finding?.message).toContain('192.168.122.1/24');
  expect(finding?.message).toContain('192.168.122.50');
  expect(finding?.remedy).toContain('--map-network default=default');
});

test('a network that is called like something every object has is mapped by no word', () => {
  const { networks, ...rest } = given(nat, bridged);
  const named = networks.map((network) => ({ ...network, name: 'constructor', targetName: 'constructor' }));
  expect(severities(networkSameCheck, { ...rest, networks: named })).toEqual(['error']);
});
