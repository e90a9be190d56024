import { describe, expect, test } from 'vitest';
import { callerMayCheck } from './caller-may.ts';
import { severities } from './sample-input.ts';

describe('who may move an instance', () => {
  test.each([
    { when: 'operator', given: {}, finds: ['ok'] },
    { when: 'admin', given: { role: 'admin' as const }, finds: ['ok'] },
    { when: 'reader', given: { role: 'reader' as const }, finds: ['error'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(callerMayCheck, given)).toEqual(finds);
  });
});
