import { describe, expect, it } from 'vitest';
import { nothingLearned } from './forecast.ts';
import { forecastClass, forecastErrors, type ForecastRecord, learnCorrections } from './forecast-errors.ts';

const range = (p50: number) => ({ p10: p50 * 0.8, p50, p90: p50 * 1.2 });
const record = (said: number, fact: number, more: Partial<ForecastRecord> = {}): ForecastRecord => ({
  instanceId: 'web',
  class: 'small',
  verdict: 'converges',
  totalMs: range(said),
  downtimeMs: range(100),
  bytes: range(1_000),
  corrections: nothingLearned,
  end: 'converged',
  facts: { totalMs: fact, downtimeMs: 110, bytes: 1_000, inflation: 1.5 },
  ...more,
});

describe('errors of forecasts', () => {
  it('are shares of the facts, for each kind of end apart', () => {
    const all = [
      record(100, 100),
      record(110, 100),
      record(150, 100),
      record(100, 400, { end: 'forced' }),
      record(100, 50, { end: 'aborted', verdict: 'stalls' }),
    ];
    const [converged, forced, aborted, failed] = forecastErrors(all);
    expect(converged).toMatchObject({ end: 'converged', count: 3, verdictRight: 1 });
    expect(converged?.totalMs.p50).toBeCloseTo(0.1, 9);
    expect(converged?.totalMs.p90).toBeCloseTo(0.42, 9);
    expect(converged?.totalMs.absoluteP90).toBeCloseTo(42, 9);
    expect(converged?.totalMs.within).toBeCloseTo(2 / 3, 9);
    expect(converged?.downtimeMs).toMatchObject({ count: 3, within: 1 });
    expect(forced).toMatchObject({ end: 'forced', count: 1, verdictRight: 0 });
    expect(aborted).toMatchObject({ end: 'aborted', count: 1, verdictRight: null });
    expect(failed).toMatchObject({ count: 0, totalMs: { count: 0, p50: null, within: null } });
  });

  it('are not counted where nothing was said, or nothing was measured', () => {
    const none = { p10: 5, p50: null, p90: null };
    const [converged] = forecastErrors([
      record(1, 100, { verdict: 'not-known', totalMs: none }),
      record(100, 100, { facts: { totalMs: null, downtimeMs: null, bytes: null, inflation: null } }),
    ]);
    expect(converged).toMatchObject({ count: 2, verdictRight: 1, totalMs: { count: 0, p50: null } });
  });
});

describe('what is learned of errors', () => {
  it('is the median of an instance of its own, drawn towards none while there are few', () => {
    const records = [record(100, 150), record(100, 150), record(100, 150), record(100, 150)];
    const learned = learnCorrections(records, 'web', 'small');
    // 4 of 4 + 2 parts of ln 1.5.
    expect(learned.totalMs?.median).toBeCloseTo(1.5 ** (4 / 6), 6);
    expect(learned.downtimeMs?.median).toBeCloseTo(1.1 ** (4 / 6), 6);
    expect(learned.inflation?.median).toBeCloseTo(1.5 ** (4 / 6), 6);
    expect(learned.from).toBe('4 former migrations of this instance');
  });

  it('is that of instances like it where there are few of its own, and nothing where there are few of those', () => {
    const others = Array.from({ length: 5 }, () => record(100, 80, { instanceId: 'db' }));
    const learned = learnCorrections([record(100, 300), ...others], 'web', 'small');
    expect(learned.from).toBe('6 former migrations of instances like it (small)');
    expect(learned.totalMs?.median).toBeLessThan(1);
    expect(learnCorrections(others, 'web', 'large')).toEqual(nothingLearned);
  });

  it('is learned of what would have been said without a correction, so that it does not go away again', () => {
    const corrections = { ...nothingLearned, totalMs: { median: 1.5, logSpread: 0.1 } };
    const right = Array.from({ length: 6 }, () => record(150, 150, { corrections }));
    expect(learnCorrections(right, 'web', 'small').totalMs?.median).toBeCloseTo(1.5 ** (6 / 8), 6);
  });

  it('is learned of nothing that did not converge by itself', () => {
    const forced = Array.from({ length: 9 }, () => record(100, 900, { end: 'forced' }));
    expect(learnCorrections(forced, 'web', 'small')).toEqual(nothingLearned);
  });

  it('is shared by those of like memory and disks', () => {
    const gibibyte = 1024 ** 3;
    expect(forecastClass(gibibyte / 2, 0)).toBe('up to 1 GiB of memory, disks shared');
    expect(forecastClass(3 * gibibyte, 0)).toBe('up to 4 GiB of memory, disks shared');
    expect(forecastClass(4 * gibibyte, 1)).toBe('up to 4 GiB of memory, disks copied');
    expect(forecastClass(5 * gibibyte, 1)).toBe('up to 16 GiB of memory, disks copied');
  });
});
