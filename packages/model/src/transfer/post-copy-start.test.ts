import { describe, expect, test } from 'vitest';
import type { TransferProgress } from '../migration/transfer-progress.ts';
import { postCopyStart, weakestLink } from './post-copy-start.ts';

const mebibyte = 1024 * 1024;
const busy: TransferProgress = {
  elapsedMs: 5_000,
  totalBytes: 1024 * mebibyte,
  doneBytes: 900 * mebibyte,
  remainingBytes: 200 * mebibyte,
  memoryBytes: 900 * mebibyte,
  diskBytes: 0,
  rateBytesPerSecond: 100 * mebibyte,
  dirtyBytesPerSecond: 120 * mebibyte,
  iteration: 2,
  expectedDowntimeMs: 2_000,
  downtimeMs: null,
};

describe('post-copy', () => {
  test('begins for a guest that changes memory as fast as it is sent, and says why', () => {
    expect(postCopyStart(busy, null)).toEqual({
      kind: 'start',
      because: '200 MiB to go at 100 MiB/s, and the guest changes 120 MiB/s',
    });
  });

  test.each([
    { what: 'in the first pass', change: { iteration: 1 } },
    { what: 'before a rate is known', change: { rateBytesPerSecond: 0 } },
    {
      what: 'when the guest changes less than half of what is sent',
      change: { dirtyBytesPerSecond: 49 * mebibyte },
    },
    { what: 'when the pause would be short enough', change: { expectedDowntimeMs: 300 } },
  ])('waits $what', ({ change }) => {
    expect(postCopyStart({ ...busy, ...change }, null)).toEqual({ kind: 'wait' });
  });

  test('what is short enough is what was asked for', () => {
    expect(postCopyStart(busy, 2_000).kind).toBe('wait');
    expect(postCopyStart(busy, 1_999).kind).toBe('start');
  });

  test.each([
    { what: 'a slow link', change: { rateBytesPerSecond: weakestLink.rateBytesPerSecond - 1 } },
    { what: 'a rest that takes too long', change: { remainingBytes: 61 * 100 * mebibyte } },
  ])('is not begun over $what', ({ change }) => {
    const found = postCopyStart({ ...busy, ...change }, null);
    expect(found.kind).toBe('weak');
    expect('because' in found ? found.because : '').toContain('at least 12 MiB/s and at most 60 s');
  });
});
