import { describe, expect, test } from 'vitest';
import { cpuCompatibleCheck } from './cpu-compatible.ts';
import { severities } from './sample-input.ts';

describe('the CPU', () => {
  test.each([
    { when: 'identical', given: {}, finds: ['ok'] },
    { when: 'superset', given: { cpuComparison: 'superset' as const }, finds: ['ok'] },
    { when: 'incompatible', given: { cpuComparison: 'incompatible' as const }, finds: ['error'] },
    { when: 'not told', given: { cpuComparison: null }, finds: ['unknown'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(cpuCompatibleCheck, given)).toEqual(finds);
  });
});
