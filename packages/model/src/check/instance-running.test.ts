import { describe, expect, test } from 'vitest';
import { instanceRunningCheck } from './instance-running.ts';
import { sampleDomain, sampleInstance, severities } from './sample-input.ts';

describe('the power state', () => {
  test.each([
    { when: 'running', given: {}, finds: ['ok'] },
    { when: 'paused', given: { domain: sampleDomain({ power: 'paused' }) }, finds: ['ok'] },
    { when: 'off', given: { domain: sampleDomain({ power: 'shutoff' }) }, finds: ['error'] },
    { when: 'suspended', given: { domain: sampleDomain({ power: 'suspended' }) }, finds: ['error'] },
    {
      when: 'not known to the host',
      given: { domain: sampleDomain({ power: 'unknown' }) },
      finds: ['unknown'],
    },
    { when: 'running, says only the database', given: { domain: null }, finds: ['unknown'] },
    {
      when: 'off, says only the database',
      given: { domain: null, instance: { ...sampleInstance, powerState: 'shutoff' as const } },
      finds: ['error'],
    },
    {
      when: 'off, cold',
      given: { request: { kind: 'cold-migration' as const }, domain: sampleDomain({ power: 'shutoff' }) },
      finds: ['ok'],
    },
    { when: 'running, cold', given: { request: { kind: 'cold-migration' as const } }, finds: ['ok'] },
    {
      when: 'crashed, cold',
      given: { request: { kind: 'cold-migration' as const }, domain: sampleDomain({ power: 'crashed' }) },
      finds: ['warning'],
    },
    {
      when: 'suspended, cold',
      given: { request: { kind: 'cold-migration' as const }, domain: sampleDomain({ power: 'suspended' }) },
      finds: ['error'],
    },
    {
      when: 'off with saved memory, cold',
      given: {
        request: { kind: 'cold-migration' as const },
        domain: sampleDomain({ power: 'shutoff', managedSave: true }),
      },
      finds: ['error'],
    },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(instanceRunningCheck, given)).toEqual(finds);
  });
});
