import { describe, expect, test } from 'vitest';
import { servicesUpCheck } from './services-up.ts';
import { sampleHost, severities } from './sample-input.ts';

const maintenance = { since: '2026-01-01T00:00:00Z', by: 'anna', reason: 'new disks' };

describe('the services', () => {
  test.each([
    { when: 'both up', given: {}, finds: ['ok', 'ok'] },
    {
      when: 'source down',
      given: { source: sampleHost('alpha', {}, { state: 'down', reason: 'refused' }) },
      finds: ['error', 'ok'],
    },
    {
      when: 'target down',
      given: { target: sampleHost('beta', {}, { state: 'down', reason: 'refused' }) },
      finds: ['ok', 'error'],
    },
    {
      when: 'target disabled',
      given: { target: sampleHost('beta', {}, { status: 'disabled' }) },
      finds: ['ok', 'error'],
    },
    {
      when: 'target in maintenance',
      given: { target: { ...sampleHost('beta'), maintenance } },
      finds: ['ok', 'error'],
    },
    {
      when: 'source in maintenance: it is being emptied',
      given: { source: { ...sampleHost('alpha'), maintenance } },
      finds: ['ok', 'ok'],
    },
    {
      when: 'source disabled: it is being emptied',
      given: { source: sampleHost('alpha', {}, { status: 'disabled' }) },
      finds: ['ok', 'ok'],
    },
    { when: 'no target', given: { target: null }, finds: ['ok', 'unknown'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(servicesUpCheck, given)).toEqual(finds);
  });
});
