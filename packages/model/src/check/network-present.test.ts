import { describe, expect, test } from 'vitest';
import { networkPresentCheck } from './network-present.ts';
import { sampleDomain, sampleHost, sampleInterface, severities } from './sample-input.ts';

describe('networks of the guest', () => {
  test.each([
    { when: 'present', given: {}, finds: ['ok'] },
    { when: 'missing', given: { target: sampleHost('beta', { networks: [] }) }, finds: ['error'] },
    {
      when: 'not active',
      given: { target: sampleHost('beta', { networks: [{ name: 'default', active: false, bridge: null }] }) },
      finds: ['error'],
    },
    {
      when: 'a bridge of a network',
      given: {
        domain: sampleDomain({ interfaces: [sampleInterface({ kind: 'bridge', source: 'virbr0' })] }),
      },
      finds: ['ok'],
    },
    {
      when: 'a bridge libvirt does not show',
      given: { domain: sampleDomain({ interfaces: [sampleInterface({ kind: 'bridge', source: 'br7' })] }) },
      finds: ['unknown'],
    },
    {
      when: 'a device of the host',
      given: { domain: sampleDomain({ interfaces: [sampleInterface({ kind: 'direct', source: 'eth0' })] }) },
      finds: ['unknown'],
    },
    {
      when: 'user networking',
      given: { domain: sampleDomain({ interfaces: [sampleInterface({ kind: 'user', source: null })] }) },
      finds: ['ok'],
    },
    { when: 'none', given: { domain: sampleDomain({ interfaces: [] }) }, finds: ['ok'] },
    { when: 'source silent', given: { domain: null }, finds: ['unknown'] },
    { when: 'target silent', given: { target: null }, finds: ['unknown'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(networkPresentCheck, given)).toEqual(finds);
  });
});
