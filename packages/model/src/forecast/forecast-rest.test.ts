import { describe, expect, it } from 'vitest';
import type { TransferProgress } from '../migration/transfer-progress.ts';
import { describeRest } from './describe-forecast.ts';
import { mebibyte, sampleForecastInput, windowsOf } from './forecast-input.test-support.ts';
import { forecastRest } from './forecast-rest.ts';
import type { PassRecord } from './pass-record.ts';

const progress = (seconds: number, sent: number, remaining: number, iteration: number): TransferProgress => ({
  elapsedMs: seconds * 1000,
  totalBytes: 1024 * mebibyte,
  doneBytes: 0,
  remainingBytes: remaining * mebibyte,
  memoryBytes: sent * mebibyte,
  diskBytes: 0,
  rateBytesPerSecond: 20 * mebibyte,
  // What QEMU says of a stall: as much as it sends.
  dirtyBytesPerSecond: 20 * mebibyte,
  iteration,
  expectedDowntimeMs: null,
  downtimeMs: null,
});
const record = (
  passes: readonly (readonly [seconds: number, foundMib: number])[],
  now: TransferProgress,
  passBeganMs: number,
  rateMib = 20,
): PassRecord => ({
  passes: passes.map(([seconds, found]) => ({
    durationMs: seconds * 1000,
    leftBytes: found * mebibyte,
    unsentBytes: 0,
  })),
  firstPassBytes: null,
  rateBytesPerSecond: rateMib * mebibyte,
  recent: [],
  last: {
    zeroBytes: 0,
    elapsedMs: now.elapsedMs,
    iteration: now.iteration,
    sentBytes: now.memoryBytes,
    remainingBytes: now.remainingBytes,
    passBeganMs,
  },
});

describe('the forecast of what is left', () => {
  it('of passes that find the same again and again is that it does not converge', () => {
    const now = progress(70, 1400, 30, 7);
    const passes = record(
      [
        [51, 64],
        [3.2, 64],
        [3.2, 64],
        [3.2, 63],
        [3.2, 64],
      ],
      now,
      68_300,
    );
    const input = sampleForecastInput({ capBytesPerSecond: 20 * mebibyte, dirty: windowsOf(64, 5, 0) });
    const forecast = forecastRest(input, passes, now, 'runs');
    expect(forecast.verdict.kind).toBe('stalls');
    expect(describeRest(forecast)).toMatch(/^does not converge at 20 MiB\/s: each pass finds about 6\d/u);
    expect(forecast.leftMs.p50).toBeNull();
  });

  it('of passes that get shorter is how long they still take, whatever was said before', () => {
    const now = progress(60, 1150, 50, 3);
    // Each finds a quarter of what the one before sent: a line of 5 MiB/s.
    const passes = record(
      [
        [51, 255],
        [12.8, 64],
      ],
      now,
      59_300,
    );
    const blind = sampleForecastInput({ dirty: { kind: 'not-measured', because: 'nobody measured' } });
    const forecast = forecastRest(blind, passes, now, 'runs');
    expect(forecast.verdict.kind).toBe('converges');
    // 50 MiB and 3.5 MiB of changes so far, less 6 that fit into the pause, at 15 MiB/s gained: 3.2 s.
    expect(forecast.leftMs.p50).toBeGreaterThan(2_500);
    expect(forecast.leftMs.p50).toBeLessThan(4_000);
    expect(describeRest(forecast)).toMatch(/ left$/u);
    expect(forecast.passes).toBe(2);
  });

  it('within the first pass rests on what was measured before, and without that is not known', () => {
    const now = progress(10, 200, 824, 1);
    const none = record([], now, 0);
    const measured = forecastRest(sampleForecastInput({ dirty: windowsOf(0, 0, 5) }), none, now, 'runs');
    expect(measured.verdict.kind).toBe('converges');
    // 824 MiB at 20 MiB/s: 41 s; then 51 s of 5 MiB/s, at 15 MiB/s gained: 17 s.
    expect(measured.leftMs.p50).toBeGreaterThan(52_000);
    expect(measured.leftMs.p50).toBeLessThan(62_000);
    const because = 'nobody measured';
    const blind = forecastRest(
      sampleForecastInput({ dirty: { kind: 'not-measured', because } }),
      none,
      now,
      'runs',
    );
    expect(blind.verdict).toEqual({ kind: 'not-known', because: [because] });
  });

  it('of a guest that stands still, or runs on the target, is what remains over the rate', () => {
    const now = progress(60, 1150, 100, 3);
    const forecast = forecastRest(sampleForecastInput(), record([], now, 0), now, 'stands-still');
    expect(forecast.leftMs.p50).toBeCloseTo(5_000, 0);
    expect(forecast.totalMs.p50).toBeCloseTo(65_000, 0);
  });

  it('while disks are copied counts them and memory after them', () => {
    const now = { ...progress(10, 0, 1000, 0), diskBytes: 200 * mebibyte };
    const forecast = forecastRest(
      sampleForecastInput({ diskBytes: 1200 * mebibyte, diskWriteBytesPerSecond: 0 }),
      record([], now, 0),
      now,
      'runs',
    );
    // 1000 MiB of disks and 1024 of memory at 20 MiB/s.
    expect(forecast.leftMs.p50).toBeGreaterThan(96_000);
    expect(forecast.leftMs.p50).toBeLessThan(106_000);
  });
});
