import { describe, expect, test } from 'vitest';
import { hypervisorVersionCheck } from './hypervisor-version.ts';
import { sampleHost, severities } from './sample-input.ts';

describe('type and version', () => {
  test.each([
    { when: 'equal', given: {}, finds: ['ok'] },
    {
      when: 'target newer',
      given: { target: sampleHost('beta', { hypervisorVersion: 10_001_000 }) },
      finds: ['ok'],
    },
    {
      when: 'target newer, and known not to take guests of the source',
      given: {
        source: sampleHost('alpha', { hypervisorVersion: 10_000_013 }),
        target: sampleHost('beta', { hypervisorVersion: 11_001_003 }),
      },
      finds: ['warning'],
    },
    {
      when: 'the same pair, cold',
      given: {
        request: { kind: 'cold-migration' as const },
        source: sampleHost('alpha', { hypervisorVersion: 10_000_013 }),
        target: sampleHost('beta', { hypervisorVersion: 11_001_003 }),
      },
      finds: ['ok'],
    },
    {
      when: 'a later one',
      given: {
        source: sampleHost('alpha', { hypervisorVersion: 10_000_013 }),
        target: sampleHost('beta', { hypervisorVersion: 11_002_000 }),
      },
      finds: ['ok'],
    },
    {
      when: 'target older',
      given: { target: sampleHost('beta', { hypervisorVersion: 7_002_022 }) },
      finds: ['error'],
    },
    {
      when: 'target older, cold',
      given: {
        request: { kind: 'cold-migration' as const },
        target: sampleHost('beta', { hypervisorVersion: 7_002_022 }),
      },
      finds: ['warning'],
    },
    {
      when: 'another type',
      given: { target: sampleHost('beta', { hypervisorType: 'Xen' }) },
      finds: ['error'],
    },
    {
      when: 'another architecture',
      given: { target: sampleHost('beta', { arch: 'aarch64' }) },
      finds: ['error'],
    },
    { when: 'source silent', given: { source: sampleHost('alpha', null) }, finds: ['unknown'] },
    { when: 'target silent', given: { target: null }, finds: ['unknown'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(hypervisorVersionCheck, given)).toEqual(finds);
  });
});
