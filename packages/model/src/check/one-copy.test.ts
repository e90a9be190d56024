import { describe, expect, test } from 'vitest';
import type { InstanceFault } from '../instance/instance.ts';
import { oneCopyCheck } from './one-copy.ts';
import { sampleDomain, sampleInstance, severities } from './sample-input.ts';

const withFault = (kind: InstanceFault['kind']) => ({
  ...sampleInstance,
  fault: { kind, message: 'as it is', remedy: 'do this', hostIds: [], withoutGap: null, keep: null },
});

describe('what hosts show of the instance', () => {
  test.each([
    { when: 'it is where it is recorded', given: {}, finds: ['ok'] },
    { when: 'two copies', given: { instance: withFault('two-copies') }, finds: ['error'] },
    { when: 'not known where', given: { instance: withFault('ambiguous') }, finds: ['error'] },
    { when: 'vanished', given: { instance: withFault('vanished'), domain: null }, finds: ['error'] },
    { when: 'back', given: { instance: withFault('vanished'), domain: sampleDomain() }, finds: ['ok'] },
    {
      when: 'its host is silent',
      given: { instance: withFault('unreachable'), domain: null },
      finds: ['error'],
    },
    { when: 'its host is back', given: { instance: withFault('unreachable') }, finds: ['ok'] },
    { when: 'a stale copy elsewhere', given: { instance: withFault('stale-copy') }, finds: ['warning'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(oneCopyCheck, given)).toEqual(finds);
  });
});
