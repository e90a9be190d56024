import { describe, expect, test } from 'vitest';
import { targetNameFreeCheck } from './target-name-free.ts';
import { severities } from './sample-input.ts';

describe('name and uuid on the target', () => {
  test.each([
    { when: 'free', given: {}, finds: ['ok'] },
    {
      when: 'name taken',
      given: { conflict: { by: 'name' as const, name: 'web', state: 'running' } },
      finds: ['error'],
    },
    {
      when: 'left over',
      given: { conflict: { by: 'uuid' as const, name: 'web', state: 'shutoff' } },
      finds: ['error'],
    },
    {
      when: 'running there too',
      given: { conflict: { by: 'uuid' as const, name: 'web', state: 'running' } },
      finds: ['error'],
    },
    { when: 'not told', given: { conflict: 'unknown' as const }, finds: ['unknown'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(targetNameFreeCheck, given)).toEqual(finds);
  });
});
