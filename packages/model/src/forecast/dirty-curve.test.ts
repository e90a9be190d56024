import { describe, expect, it } from 'vitest';
import { changedBytes, fitDirtyCurve } from './dirty-curve.ts';
import { samplePages, seeded } from './simulate-pre-copy.test-support.ts';

const mebibyte = 1024 * 1024;
const window = (seconds: number, mib: number) => ({
  windowMs: seconds * 1000,
  bytes: mib * mebibyte,
  resolutionBytes: mebibyte / 2,
});

describe('what a guest changes within a time', () => {
  it('flattens at its working set: 64 MiB written to at 64 MiB/s is changed to 63 % after a second', () => {
    const curve = {
      workingSetBytes: 64 * mebibyte,
      writeBytesPerSecond: 64 * mebibyte,
      backgroundBytesPerSecond: 0,
      isWriteRateKnown: true,
    };
    // 64 * (1 - 1/e) and 64 * (1 - 1/e^10)
    expect(changedBytes(curve, 1_000) / mebibyte).toBeCloseTo(40.456, 2);
    expect(changedBytes(curve, 10_000) / mebibyte).toBeCloseTo(63.997, 2);
    expect(changedBytes({ ...curve, backgroundBytesPerSecond: 2 * mebibyte }, 10_000) / mebibyte).toBeCloseTo(
      83.997,
      2,
    );
  });

  it('is fitted through windows of several lengths', () => {
    // U(t) = 100·(1 − e^(−t/2)) + 3·t
    const windows = [1, 2, 5, 10].map((t) => window(t, 100 * (1 - Math.exp(-t / 2)) + 3 * t));
    const curve = fitDirtyCurve(windows);
    expect(curve?.workingSetBytes).toBeCloseTo(100 * mebibyte, -7);
    expect((curve?.writeBytesPerSecond ?? 0) / mebibyte).toBeCloseTo(50, -1);
    expect((curve?.backgroundBytesPerSecond ?? 0) / mebibyte).toBeCloseTo(3, 0);
    expect(curve?.isWriteRateKnown).toBe(true);
    expect(curve?.logSpread).toBeLessThan(0.02);
  });

  it('is a line where the guest never comes back, and where only one window was measured', () => {
    const swept = fitDirtyCurve([1, 2, 5, 10].map((t) => window(t, 20 * t)));
    expect(swept).toMatchObject({ workingSetBytes: 0, writeBytesPerSecond: 0 });
    expect((swept?.backgroundBytesPerSecond ?? 0) / mebibyte).toBeCloseTo(20, 5);
    const single = fitDirtyCurve([window(2, 40)]);
    expect((single?.backgroundBytesPerSecond ?? 0) / mebibyte).toBeCloseTo(20, 5);
  });

  it('does not know how fast a set is written to that is full in the shortest window', () => {
    const curve = fitDirtyCurve([1, 2, 5, 10].map((t) => window(t, 64)));
    expect((curve?.workingSetBytes ?? 0) / mebibyte).toBeCloseTo(64, 0);
    expect(curve?.isWriteRateKnown).toBe(false);
  });

  it('is nothing where nothing was changed, and null where nothing was measured', () => {
    expect(fitDirtyCurve([window(1, 0), window(5, 0)])).toMatchObject({
      workingSetBytes: 0,
      backgroundBytesPerSecond: 0,
    });
    expect(fitDirtyCurve([])).toBeNull();
    expect(fitDirtyCurve([{ windowMs: 0, bytes: 5, resolutionBytes: 1 }])).toBeNull();
  });

  it('is found of a guest whose pages are sampled', () => {
    const guest = {
      pages: 4096,
      pageBytes: mebibyte / 4,
      hotPages: 800,
      hotWritesPerSecond: 800,
      sweepPagesPerSecond: 0,
    };
    const curve = fitDirtyCurve(samplePages(guest, [1_000, 2_000, 5_000, 10_000], seeded(7)));
    // 200·(1 − 1/e^10) MiB; of 512 sampled pages a fifth is hit, with a standard error of 9 %.
    if (curve === null) throw new Error('windows were measured');
    expect(changedBytes(curve, 10_000) / mebibyte).toBeGreaterThan(150);
    expect(changedBytes(curve, 10_000) / mebibyte).toBeLessThan(250);
  });
});
