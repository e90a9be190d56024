import { describe, expect, test } from 'vitest';
import { policyProblems } from './policy-problems.ts';
import { builtInPolicy, type PolicyValues } from './policy-values.ts';

const wrong: readonly (readonly [string, Partial<PolicyValues>])[] = [
  ['maxDowntimeMs is 0', { maxDowntimeMs: 0 }],
  ['deadlineMs is 0', { deadlineMs: 0 }],
  ['maxPauseMs is 0', { maxPauseMs: 0 }],
  ['noticeWaitMs is 0', { noticeWaitMs: 0 }],
  [
    'bandwidthBytesPerSecond is 9, which is more than maxBandwidthBytesPerSecond, 8',
    { bandwidthBytesPerSecond: 9, maxBandwidthBytesPerSecond: 8 },
  ],
  [
    'throttleFirstPercent is 50, which is more than throttleMaxPercent, 20',
    { throttleFirstPercent: 50, throttleMaxPercent: 20 },
  ],
  ['maxDowntimeMs is 900, which is more than maxPauseMs, 500', { maxDowntimeMs: 900, maxPauseMs: 500 }],
  ['whenStalled is post-copy, and postCopy is never', { whenStalled: 'post-copy', postCopy: 'never' }],
  ['whenStalled is pause, and maxPauseMs is not set', { whenStalled: 'pause', maxPauseMs: null }],
  ['parallelConnections is 4, and postCopy is ask', { parallelConnections: 4, postCopy: 'ask' }],
  ['compression is xbzrle, and parallelConnections is 2', { compression: 'xbzrle', parallelConnections: 2 }],
  [
    'compression is zstd, and parallelConnections is not set',
    { compression: 'zstd', parallelConnections: null },
  ],
  [
    'throttleMaxPercent is 50, and throttleFirstPercent is not set',
    { throttleFirstPercent: null, throttleMaxPercent: 50 },
  ],
];

describe('what is wrong with a policy', () => {
  test.each(wrong)('%s', (sentence, values) => {
    for (const told of [
      policyProblems(values, { partial: true }),
      policyProblems({ ...builtInPolicy, ...values }),
    ]) {
      expect(told).toHaveLength(1);
      expect(told[0]).toContain(sentence);
    }
  });

  test('all at once', () => {
    const values = {
      maxDowntimeMs: 0,
      whenStalled: 'pause',
      maxPauseMs: null,
      bandwidthBytesPerSecond: 0,
    } as const;
    expect(policyProblems(values, { partial: true })).toHaveLength(3);
  });

  test('what is built in is right, and so are halves that another policy may complete', () => {
    expect(policyProblems(builtInPolicy)).toEqual([]);
    expect(policyProblems({ whenStalled: 'pause' }, { partial: true })).toEqual([]);
    expect(policyProblems({ ...builtInPolicy, whenStalled: 'pause' })).toHaveLength(1);
    expect(policyProblems({ compression: 'zstd', parallelConnections: 2 }, { partial: true })).toEqual([]);
  });
});
