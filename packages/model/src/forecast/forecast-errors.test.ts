import { describe, expect, it } from 'vitest';
import { nothingLearned } from './forecast.ts';
import { sampleForecastInput, windowsOf } from './forecast-input.test-support.ts';
import { forecastMiddle } from './forecast-move.ts';
import { forecastClass, forecastErrors, type ForecastRecord, learnCorrections } from './forecast-errors.ts';

const range = (p50: number) => ({ p10: p50 * 0.8, p50, p90: p50 * 1.2 });
const record = (said: number, fact: number, more: Partial<ForecastRecord> = {}): ForecastRecord => ({
  instanceId: 'web',
  class: 'small',
  verdict: 'converges',
  totalMs: range(said),
  downtimeMs: range(100),
  bytes: range(1_000),
  input: sampleForecastInput(),
  end: 'converged',
  facts: { totalMs: fact, downtimeMs: 110, bytes: 1_000, inflation: 1.5, memory: null },
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

  it('tell how much longer the network saw a guest away than its hypervisor counted, of those that were probed', () => {
    const probed = (networkGapMs: number | null): ForecastRecord => {
      const { facts, ...rest } = record(100, 100);
      return { ...rest, facts: { ...facts, networkGapMs } };
    };
    const [converged, forced] = forecastErrors([probed(150), probed(210), probed(null), record(100, 100)]);
    expect(converged?.unseenMs).toEqual({ count: 2, p50: 70, p90: 94 });
    expect(forced?.unseenMs).toEqual({ count: 0, p50: null, p90: null });
  });

  it('are not counted where nothing was said, or nothing was measured', () => {
    const none = { p10: 5, p50: null, p90: null };
    const [converged] = forecastErrors([
      record(1, 100, { verdict: 'not-known', totalMs: none }),
      record(100, 100, {
        facts: { totalMs: null, downtimeMs: null, bytes: null, inflation: null, memory: null },
      }),
    ]);
    expect(converged).toMatchObject({ count: 2, verdictRight: 1, totalMs: { count: 0, p50: null } });
  });
});

/** One that took so many times as long, stood still and sent as is said of it when it is made anew. */
function off(factor: number, more: Partial<ForecastRecord> = {}): ForecastRecord {
  const input = more.input ?? sampleForecastInput();
  const said = forecastMiddle({ ...input, corrections: nothingLearned });
  if (said === null) throw new Error('it ends by itself');
  const facts = { ...said, totalMs: said.totalMs * factor, inflation: null, memory: null };
  return record(1, 1, { facts, ...more, input });
}

describe('what is learned of errors', () => {
  it('is the median of an instance of its own, drawn towards none while there are few', () => {
    const learned = learnCorrections([off(1.5), off(1.5), off(1.5), off(1.5)], 'web', 'small');
    // 4 of 4 + 2 parts of ln 1.5.
    expect(learned.totalMs?.median).toBeCloseTo(1.5 ** (4 / 6), 6);
    expect(learned.downtimeMs?.median).toBeCloseTo(1, 6);
    expect(learned.inflation).toBeNull();
    expect(learned.from).toBe('4 former migrations of this instance');
  });

  it('is that of instances like it where there are few of its own, and nothing where there are few of those', () => {
    const others = Array.from({ length: 5 }, () => off(0.8, { instanceId: 'db' }));
    const learned = learnCorrections([off(3), ...others], 'web', 'small');
    expect(learned.from).toBe('6 former migrations of instances like it (small)');
    expect(learned.totalMs?.median).toBeLessThan(1);
    expect(learnCorrections(others, 'web', 'large')).toEqual(nothingLearned);
  });

  it('is learned of what goes in first, and then of what is still wrong: half the memory is no error of the time, too', () => {
    const half = sampleForecastInput({ memoryUsedBytes: 512 * 1024 * 1024 });
    const said = forecastMiddle(half);
    const facts = {
      totalMs: said?.totalMs ?? 0,
      downtimeMs: null,
      bytes: null,
      inflation: null,
      memory: 0.5,
    };
    const records = Array.from({ length: 200 }, () => record(1, 1, { facts }));
    const learned = learnCorrections(records, 'web', 'small');
    // 20 of 20 + 2 parts: older ones are not looked at.
    expect(learned.memory?.median).toBeCloseTo(0.5 ** (20 / 22), 6);
    expect(learned.totalMs?.median).toBeGreaterThan(0.9);
    expect(learned.totalMs?.median).toBeLessThan(1);
  });

  it('takes passes that found more for inflation', () => {
    const facts = { totalMs: null, downtimeMs: null, bytes: null, inflation: 2, memory: null };
    const records = Array.from({ length: 4 }, () =>
      record(1, 1, { facts, input: sampleForecastInput({ dirty: windowsOf(0, 0, 5) }) }),
    );
    expect(learnCorrections(records, 'web', 'small').inflation?.median).toBeCloseTo(2 ** (4 / 6), 6);
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
