import { describe, expect, it } from 'vitest';
import { noWrites } from './dirty-curve.ts';
import { neededRate, neededThreshold, type PreCopySetting, runPreCopy, stallBytes } from './pre-copy.ts';

const mebibyte = 1024 * 1024;
const setting = (more: Partial<PreCopySetting>): PreCopySetting => ({
  firstBytes: 1024 * mebibyte,
  passBegunMs: 0,
  isFirstPass: true,
  memoryBytes: 1024 * mebibyte,
  curve: noWrites,
  rate: 100 * mebibyte,
  linkRate: 100 * mebibyte,
  downtimeLimitMs: 300,
  judgesByLink: false,
  switchoverMs: 50,
  chunkMs: 50,
  ...more,
});
const hot = (setMib: number, writesMib: number, lineMib = 0) => ({
  workingSetBytes: setMib * mebibyte,
  writeBytesPerSecond: writesMib * mebibyte,
  backgroundBytesPerSecond: lineMib * mebibyte,
  isWriteRateKnown: true,
});

describe('pre-copy, pass by pass', () => {
  it('of a guest that writes nothing sends its memory once: 1 GiB at 100 MiB/s', () => {
    const end = runPreCopy(setting({}));
    // 10.24 s and the switch-over; the last 30 MiB, less a chunk at most, while it stands still.
    expect(end).toMatchObject({ kind: 'converges', passes: 1, bytes: 1024 * mebibyte });
    if (end.kind !== 'converges') return;
    expect(end.totalMs).toBeCloseTo(10_290, 0);
    expect(end.downtimeMs).toBeGreaterThan(50 + 250);
    expect(end.downtimeMs).toBeLessThanOrEqual(50 + 300);
  });

  it('of a guest with a steady line takes what is sent over what is gained: M / (R − D)', () => {
    const end = runPreCopy(setting({ curve: hot(0, 0, 50) }));
    expect(end.kind).toBe('converges');
    if (end.kind !== 'converges') return;
    // 1024 MiB at 100 − 50 MiB/s: 20.5 s, a pause's worth sooner.
    expect(end.totalMs).toBeGreaterThan(19_500);
    expect(end.totalMs).toBeLessThan(20_600);
    expect(end.bytes / mebibyte).toBeCloseTo((end.totalMs - 50) / 10, -1);
  });

  it('stalls at the set where all of it is changed in the time that sending it takes: 64 MiB over 20 MiB/s', () => {
    const slow = setting({ rate: 20 * mebibyte, curve: hot(64, 512) });
    expect(stallBytes(slow) / mebibyte).toBeCloseTo(64, 1);
    expect(runPreCopy(slow)).toMatchObject({ kind: 'stalls' });
    // The whole set fits into a pause of 64 / 20 = 3.2 s, which over the link itself takes 0.64 s.
    const end = runPreCopy({ ...slow, downtimeLimitMs: 3_200 });
    expect(end).toMatchObject({ kind: 'converges' });
    expect(end.kind === 'converges' && end.downtimeMs).toBeCloseTo(690, -1);
  });

  it('stalls at all of memory where a line is faster than the link', () => {
    expect(stallBytes(setting({ curve: hot(0, 0, 150) }))).toBe(1024 * mebibyte);
    expect(neededThreshold(setting({ curve: hot(0, 0, 150) }))).toBeNull();
  });

  it.each([
    { curve: hot(200, 300), judgesByLink: false },
    { curve: hot(64, 512, 5), judgesByLink: false },
    { curve: hot(64, 512, 5), judgesByLink: true },
    { curve: hot(0, 0, 150), judgesByLink: false },
  ])('needs just the rate that it says: $curve', ({ curve, judgesByLink }) => {
    const base = setting({ curve, judgesByLink, linkRate: 200 * mebibyte });
    const needed = neededRate(base);
    expect(stallBytes({ ...base, rate: needed * 1.01 })).toBe(0);
    expect(stallBytes({ ...base, rate: needed * 0.95 })).toBeGreaterThan(0);
  });

  it.each([hot(200, 300), hot(64, 512, 5)])('needs just the pause that it says: %o', (curve) => {
    const base = setting({ curve, rate: 50 * mebibyte });
    const limitMs = ((neededThreshold(base) ?? 0) / base.rate) * 1000;
    expect(stallBytes({ ...base, downtimeLimitMs: limitMs * 1.01 })).toBe(0);
    expect(stallBytes({ ...base, downtimeLimitMs: limitMs * 0.95 })).toBeGreaterThan(0);
  });

  it('goes on from within a pass', () => {
    const rest = setting({ firstBytes: 100 * mebibyte, passBegunMs: 9_240, curve: hot(0, 0, 50) });
    const end = runPreCopy(rest);
    expect(end.kind).toBe('converges');
    if (end.kind !== 'converges') return;
    // 100 MiB left, and 9.24 s of changes that this pass will find: 562 MiB more, over 50 MiB/s gained.
    expect(end.totalMs / 1000).toBeGreaterThan(10.5);
    expect(end.totalMs / 1000).toBeLessThan(11.6);
  });
});
