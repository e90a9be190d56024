import { describe, expect, test } from 'vitest';
import { guestMemorySafeCheck } from './guest-memory-safe.ts';
import { sampleDomain, sampleHost, severities } from './sample-input.ts';

describe('memory of emulated guests', () => {
  test.each([
    {
      when: 'KVM on an old QEMU',
      given: { source: sampleHost('alpha', { hypervisorVersion: 7_002_022 }) },
      finds: ['ok'],
    },
    { when: 'emulated on QEMU 10', given: { domain: sampleDomain({ domainType: 'qemu' }) }, finds: ['ok'] },
    {
      when: 'emulated on QEMU 9.0',
      given: {
        domain: sampleDomain({ domainType: 'qemu' }),
        source: sampleHost('alpha', { hypervisorVersion: 9_000_000 }),
      },
      finds: ['ok'],
    },
    {
      when: 'emulated on QEMU 7.2',
      given: {
        domain: sampleDomain({ domainType: 'qemu' }),
        source: sampleHost('alpha', { hypervisorVersion: 7_002_022 }),
      },
      finds: ['error'],
    },
    {
      when: 'emulated, version not told',
      given: { domain: sampleDomain({ domainType: 'qemu' }), source: sampleHost('alpha', null) },
      finds: ['unknown'],
    },
    { when: 'guest not told', given: { domain: null }, finds: ['unknown'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(guestMemorySafeCheck, given)).toEqual(finds);
  });
});
