import { describe, expect, test } from 'vitest';
import { domainLockCheck } from './domain-lock.ts';
import { sampleDomain, sampleInstance, severities } from './sample-input.ts';

describe('who holds the instance', () => {
  test.each([
    { when: 'nobody', given: {}, finds: ['ok', 'ok'] },
    {
      when: 'another migration',
      given: { instance: { ...sampleInstance, operationId: 'm1' } },
      finds: ['error', 'ok'],
    },
    {
      when: 'this very migration',
      given: {
        migrationId: 'm1',
        instance: { ...sampleInstance, operationId: 'm1', taskState: 'migrating' as const },
      },
      finds: ['ok', 'ok'],
    },
    {
      when: 'a task without a migration',
      given: { instance: { ...sampleInstance, taskState: 'migrating' as const } },
      finds: ['error', 'ok'],
    },
    {
      when: 'a job of libvirt',
      given: { domain: sampleDomain({ activeJob: 'backup' }) },
      finds: ['ok', 'error'],
    },
    { when: 'libvirt silent', given: { domain: null }, finds: ['ok', 'unknown'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(domainLockCheck, given)).toEqual(finds);
  });
});
