import { describe, expect, test } from 'vitest';
import { firewallReadyCheck } from './firewall-ready.ts';
import { sampleDomain, sampleInterface, severities } from './sample-input.ts';

const groups = ['web'];
const plugged = (change: Parameters<typeof sampleInterface>[0]): ReturnType<typeof sampleDomain> =>
  sampleDomain({ interfaces: [sampleInterface(change)] });

describe('packet filters of the guest', () => {
  test.each([
    { when: 'none', given: {}, finds: ['ok'] },
    {
      when: 'none, on a target that has no filters',
      given: { targetFilters: 'cannot-filter' },
      finds: ['ok'],
    },
    { when: 'groups', given: { groups }, finds: ['ok'] },
    {
      when: 'groups, target without filters',
      given: { groups, targetFilters: 'cannot-filter' },
      finds: ['error'],
    },
    {
      when: 'groups, filters that see nothing',
      given: { groups, targetFilters: 'not-in-force' },
      finds: ['error'],
    },
    { when: 'groups, target silent', given: { groups, targetFilters: null }, finds: ['unknown'] },
    { when: 'groups on a bridge', given: { groups, domain: plugged({ kind: 'bridge' }) }, finds: ['ok'] },
    { when: 'groups on a device', given: { groups, domain: plugged({ kind: 'direct' }) }, finds: ['error'] },
    {
      when: 'groups on Open vSwitch',
      given: { groups, domain: plugged({ kind: 'bridge', virtualPort: 'openvswitch' }) },
      finds: ['error'],
    },
    {
      when: "a filter of the operator's that is there",
      given: { domain: plugged({ filter: 'clean-traffic' }) },
      finds: ['ok'],
    },
    {
      when: "a filter of the operator's that is not",
      given: { domain: plugged({ filter: 'mine' }) },
      finds: ['error'],
    },
    { when: "Ferry's own", given: { domain: plugged({ filter: 'ferry-instance-i1' }) }, finds: ['ok'] },
    { when: 'source silent', given: { domain: null }, finds: ['unknown'] },
  ] as const)('$when: $finds', ({ given, finds }) => {
    expect(severities(firewallReadyCheck, given)).toEqual(finds);
  });
});
