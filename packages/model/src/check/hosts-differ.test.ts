import { describe, expect, test } from 'vitest';
import { hostsDifferCheck } from './hosts-differ.ts';
import { sampleHost, severities } from './sample-input.ts';

describe('source and target', () => {
  test.each([
    { when: 'differ', given: {}, finds: ['ok'] },
    { when: 'are the same', given: { target: sampleHost('alpha') }, finds: ['error'] },
    {
      when: 'are the same, which does not show the instance',
      given: { target: sampleHost('alpha'), domain: null },
      finds: ['unknown'],
    },
    {
      when: 'are one host under two names',
      given: { target: sampleHost('beta', { hostUuid: 'uuid-alpha' }) },
      finds: ['error'],
    },
    { when: 'differ by name, facts missing', given: { target: sampleHost('beta', null) }, finds: ['ok'] },
    { when: 'no target', given: { target: null }, finds: ['unknown'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(hostsDifferCheck, given)).toEqual(finds);
  });
});
