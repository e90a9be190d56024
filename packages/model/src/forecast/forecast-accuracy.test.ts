import { describe, expect, it } from 'vitest';
import { drawn, quantile } from './draws.ts';
import { type ForecastInput, nothingLearned } from './forecast.ts';
import { forecastMove, defaultInflation } from './forecast-move.ts';
import { forecastRest } from './forecast-rest.ts';
import { followPasses, type PassRecord } from './pass-record.ts';
import {
  anyGuest,
  expectedWindows,
  samplePages,
  seeded,
  simulatePreCopy,
  type SimulatedGuest,
  type SimulatedMove,
} from './simulate-pre-copy.test-support.ts';

const mebibyte = 1024 * 1024;
const longestMs = 180_000;
const windowsMs = [1_000, 2_000, 5_000, 10_000];

interface Case {
  readonly input: ForecastInput;
  readonly move: SimulatedMove;
}

/** How much is not known beforehand, and whether pages are sampled or all are looked at. */
interface Blur {
  readonly link: number;
  readonly inflation: typeof defaultInflation;
  readonly sampled: boolean;
}

/** A guest, what is measured of it, and what becomes of it. */
function anyCase(seed: number, spread: Blur): Case {
  const random = seeded(seed);
  const guest = anyGuest(random);
  const median = (20 + 380 * random() ** 2) * mebibyte;
  const factor = drawn(spread.inflation, random());
  const inflated: SimulatedGuest = {
    ...guest,
    hotWritesPerSecond: guest.hotWritesPerSecond * factor,
    sweepPagesPerSecond: guest.sweepPagesPerSecond * factor,
  };
  const rate = drawn({ median, logSpread: spread.link }, random());
  const memoryBytes = guest.pages * guest.pageBytes;
  const link = {
    rate,
    linkRate: rate,
    downtimeLimitMs: 300,
    switchoverMs: drawn({ median: 60, logSpread: 0.6 }, random()),
    chunkMs: 50,
  };
  return {
    move: simulatePreCopy(inflated, link, random, longestMs),
    input: {
      memoryBytes,
      memoryUsedBytes: memoryBytes,
      dirty: {
        kind: 'measured',
        from: 'just now',
        windows: spread.sampled ? samplePages(guest, windowsMs, random) : expectedWindows(guest, windowsMs),
      },
      diskBytes: 0,
      diskWriteBytesPerSecond: null,
      compressionRatio: null,
      link: { kind: 'known', bytesPerSecond: { median, logSpread: spread.link }, from: 'a test' },
      capBytesPerSecond: null,
      downtimeLimitMs: 300,
      judgesByLink: false,
      postCopy: { possible: true },
      corrections: { ...nothingLearned, inflation: spread.inflation },
    },
  };
}

const many = (count: number, spread: Blur): Case[] =>
  Array.from({ length: count }, (_, index) => anyCase(index + 1, spread));

describe('forecasts of guests whose pages are simulated one by one', () => {
  it('are near what becomes of them where all is known, and right about whether they end', () => {
    const exact = { link: 0, inflation: { median: 1, logSpread: 0 }, sampled: false };
    const results = many(120, exact).map(({ input, move }) => ({ forecast: forecastMove(input), move }));
    const right = results.filter(
      ({ forecast, move }) => (forecast.verdict.kind === 'converges') === move.converged,
    );
    expect(right.length / results.length).toBeGreaterThanOrEqual(0.97);
    const errors = results
      .flatMap(({ forecast, move }) =>
        move.converged && forecast.totalMs.p50 !== null
          ? [Math.abs(forecast.totalMs.p50 - move.totalMs) / move.totalMs]
          : [],
      )
      .toSorted((a, b) => a - b);
    expect(errors.length).toBeGreaterThan(40);
    expect(quantile(errors, 0.5)).toBeLessThan(0.05);
    expect(quantile(errors, 0.9)).toBeLessThan(0.25);
    const downtimes = results
      .flatMap(({ forecast, move }) =>
        move.converged && forecast.downtimeMs.p50 !== null
          ? [Math.abs(forecast.downtimeMs.p50 - move.downtimeMs)]
          : [],
      )
      .toSorted((a, b) => a - b);
    expect(quantile(downtimes, 0.9)).toBeLessThan(150);
  });

  it('are right about whether they end in nine of ten where one page in eight is sampled', () => {
    const sampled = { link: 0, inflation: { median: 1, logSpread: 0 }, sampled: true };
    const right = many(120, sampled).filter(
      ({ input, move }) => (forecastMove(input).verdict.kind === 'converges') === move.converged,
    );
    expect(right.length / 120).toBeGreaterThanOrEqual(0.93);
  });

  it('hold about four in five facts between P10 and P90 where little is known for sure', () => {
    const results = many(200, { link: 0.2, inflation: defaultInflation, sampled: true }).map(
      ({ input, move }) => ({
        forecast: forecastMove(input),
        move,
      }),
    );
    const both = results.filter(({ forecast, move }) => forecast.totalMs.p50 !== null && move.converged);
    const held = both.filter(
      ({ forecast: { totalMs }, move }) =>
        (totalMs.p10 ?? 0) <= move.totalMs && move.totalMs <= (totalMs.p90 ?? 0),
    );
    expect(both.length).toBeGreaterThan(80);
    expect(held.length / both.length).toBeGreaterThan(0.72);
    expect(held.length / both.length).toBeLessThan(0.92);
  });

  it('get better as it goes: half-way the time left is told within a few percent, and a stall is known', () => {
    const results = many(80, { link: 0.2, inflation: defaultInflation, sampled: true }).map(
      ({ input, move }) => {
        const half = Math.max(3, Math.floor(move.samples.length / 2));
        const samples = move.samples.slice(0, half);
        let record: PassRecord | null = null;
        for (const sample of samples) record = followPasses(record, sample);
        const last = samples.at(-1);
        if (record === null || last === undefined) return null;
        return { forecast: forecastRest(input, record, last, 'runs'), move, last };
      },
    );
    const seen = results.flatMap((one) => (one === null ? [] : [one]));
    const right = seen.filter(
      ({ forecast, move }) => (forecast.verdict.kind === 'converges') === move.converged,
    );
    expect(right.length / seen.length).toBeGreaterThanOrEqual(0.9);
    const errors = seen
      .flatMap(({ forecast, move }) =>
        move.converged && forecast.totalMs.p50 !== null
          ? [Math.abs(forecast.totalMs.p50 - move.totalMs) / move.totalMs]
          : [],
      )
      .toSorted((a, b) => a - b);
    expect(quantile(errors, 0.5)).toBeLessThan(0.1);
  });
});
