import { describe, expect, it } from 'vitest';
import type { TransferProgress } from '../migration/transfer-progress.ts';
import { followPasses, type PassRecord, windowsOfPasses } from './pass-record.ts';

const mebibyte = 1024 * 1024;
/** Seconds, pass, MiB sent so far, MiB that remain. */
const sample = (seconds: number, iteration: number, sent: number, remaining: number): TransferProgress => ({
  elapsedMs: seconds * 1000,
  totalBytes: 100 * mebibyte,
  doneBytes: 0,
  remainingBytes: remaining * mebibyte,
  memoryBytes: sent * mebibyte,
  diskBytes: 0,
  rateBytesPerSecond: 1,
  dirtyBytesPerSecond: null,
  iteration,
  expectedDowntimeMs: null,
  downtimeMs: null,
});
const follow = (samples: readonly TransferProgress[]): PassRecord | null => {
  let record: PassRecord | null = null;
  for (const one of samples) record = followPasses(record, one);
  return record;
};

describe('passes as samples show them', () => {
  it('end between two samples: how long one was and what it found is reckoned', () => {
    // 100 MiB at 10 MiB/s; the pass ends after 10 s, 30 MiB were changed, of which 5 are sent by 10.5 s.
    const record = follow([sample(0, 1, 0, 100), sample(9.5, 1, 95, 5), sample(10.5, 2, 105, 25)]);
    expect(record?.passes).toHaveLength(1);
    const [pass] = record?.passes ?? [];
    expect(pass?.durationMs).toBeCloseTo(10_000, 0);
    expect((pass?.leftBytes ?? 0) / mebibyte).toBeCloseTo(30, 5);
    expect(pass?.unsentBytes).toBeCloseTo(0, 5);
    expect(record?.last.passBeganMs).toBeCloseTo(10_000, 0);
    const [window] = record === null ? [] : windowsOfPasses(record);
    expect((window?.bytes ?? 0) / mebibyte).toBeCloseTo(30, 5);
  });

  it('count pages that are zero as done: they take nothing to send, and were not changed', () => {
    const zeros = (one: TransferProgress, mib: number): TransferProgress => ({
      ...one,
      zeroBytes: mib * mebibyte,
    });
    // Of 100 MiB 50 are zero: sent at 10 MiB/s, the first pass is over after 5 s; 20 MiB were changed, 5 of them are sent.
    const record = follow([
      sample(0, 1, 0, 100),
      zeros(sample(4.5, 1, 45, 10), 45),
      zeros(sample(5.5, 2, 55, 15), 50),
    ]);
    expect((record?.passes[0]?.leftBytes ?? 0) / mebibyte).toBeCloseTo(20, 5);
    expect(record?.passes[0]?.durationMs).toBeCloseTo(5_167, 0);
    expect((record?.firstPassBytes ?? 0) / mebibyte).toBeCloseTo(51.67, 1);
    expect((record?.rateBytesPerSecond ?? 0) / mebibyte).toBeCloseTo(10, 5);
  });

  it('have a rate of the time since something is sent', () => {
    const begun = [sample(0, 0, 0, 0), sample(1, 0, 0, 0), sample(1.5, 1, 10, 90), sample(2, 1, 20, 80)];
    expect(follow(begun)?.rateBytesPerSecond).toBeNull();
    const record = follow([...begun, sample(3, 1, 40, 60)]);
    expect((record?.rateBytesPerSecond ?? 0) / mebibyte).toBeCloseTo(20, 5);
  });

  it('tell nothing where several ended between two samples', () => {
    const record = follow([sample(0, 1, 0, 10), sample(1, 4, 10, 5)]);
    expect(record?.passes).toEqual([]);
  });

  it('begin anew with another job, and are as they were for a sample that comes twice', () => {
    const before = follow([sample(0, 1, 0, 100), sample(5, 1, 50, 50)]);
    expect(followPasses(before, sample(5, 1, 50, 50))).toBe(before);
    expect(followPasses(before, sample(1, 1, 10, 90))).toMatchObject({
      passes: [],
      rateBytesPerSecond: null,
    });
  });

  it('keep their rate while nothing goes for a moment', () => {
    const record = follow([sample(2, 1, 20, 80), sample(5, 1, 50, 50), sample(12, 1, 50, 50)]);
    expect((record?.rateBytesPerSecond ?? 0) / mebibyte).toBeCloseTo(10, 5);
  });
});
