import { describe, expect, test } from 'vitest';
import { machineTypeCheck } from './machine-type.ts';
import { sampleDomain, sampleHost, severities } from './sample-input.ts';

describe('the machine type', () => {
  test.each([
    { when: 'known', given: {}, finds: ['ok'] },
    { when: 'not known', given: { domain: sampleDomain({ machineType: 'pc-q35-11.0' }) }, finds: ['error'] },
    {
      when: 'no KVM on the target',
      given: { target: sampleHost('beta', { domainTypes: ['qemu'] }) },
      finds: ['error', 'ok'],
    },
    {
      when: 'of another architecture',
      given: { domain: sampleDomain({ arch: 'aarch64', domainType: 'qemu' }) },
      finds: ['unknown'],
    },
    { when: 'source silent', given: { domain: null }, finds: ['unknown'] },
    { when: 'target silent', given: { target: null }, finds: ['unknown'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(machineTypeCheck, given)).toEqual(finds);
  });
});
