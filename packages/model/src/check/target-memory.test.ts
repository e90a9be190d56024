import { describe, expect, test } from 'vitest';
import { targetMemoryCheck } from './target-memory.ts';
import { sampleDomain, sampleHost, sampleInput, severities } from './sample-input.ts';

describe('memory of the target', () => {
  test.each([
    { when: 'enough', given: {}, finds: ['ok'] },
    {
      when: 'just enough',
      given: { target: sampleHost('beta', { memoryAvailableBytes: 2 * 1024 ** 3 }) },
      finds: ['ok'],
    },
    {
      when: 'one byte too little',
      given: { target: sampleHost('beta', { memoryAvailableBytes: 2 * 1024 ** 3 - 1 }) },
      finds: ['error'],
    },
    { when: 'promised to others', given: { claimedMemoryBytes: 7 * 1024 ** 3 }, finds: ['error'] },
    { when: 'not told', given: { target: sampleHost('beta', null) }, finds: ['unknown'] },
    {
      when: 'told long ago by a host that is down',
      given: { target: sampleHost('beta', {}, { state: 'down', reason: 'refused' }) },
      finds: ['unknown'],
    },
    {
      when: 'too little for a guest that stays off',
      given: {
        request: { kind: 'cold-migration' as const },
        domain: sampleDomain({ power: 'shutoff' }),
        claimedMemoryBytes: 7 * 1024 ** 3,
      },
      finds: ['info'],
    },
    {
      when: 'too little for a guest that is started again',
      given: { request: { kind: 'cold-migration' as const }, claimedMemoryBytes: 7 * 1024 ** 3 },
      finds: ['error'],
    },
    {
      when: 'too little for all that a balloon could give back, enough for what it leaves now',
      given: {
        domain: sampleDomain({ currentMemoryBytes: 1024 ** 3 }),
        claimedMemoryBytes: 7 * 1024 ** 3,
      },
      finds: ['warning'],
    },
    {
      when: 'too little for what the balloon leaves now',
      given: {
        domain: sampleDomain({ currentMemoryBytes: 1024 ** 3 + 1 }),
        claimedMemoryBytes: 7 * 1024 ** 3,
      },
      finds: ['error'],
    },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(targetMemoryCheck, given)).toEqual(finds);
  });

  test('tells the numbers', () => {
    const [finding] = targetMemoryCheck.judge(sampleInput({ claimedMemoryBytes: 7 * 1024 ** 3 }));
    expect(finding?.message).toBe('the target has too little memory: 2 GiB are needed, 1 GiB are free');
  });
});
