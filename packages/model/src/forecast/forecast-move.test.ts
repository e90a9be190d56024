import { describe, expect, it } from 'vitest';
import { describeForecast } from './describe-forecast.ts';
import type { ForecastInput, ForecastMeans } from './forecast.ts';
import { mebibyte, sampleForecastInput, windowsOf } from './forecast-input.test-support.ts';
import { forecastMove } from './forecast-move.ts';

const meansOf = (input: ForecastInput): Record<string, ForecastMeans> =>
  Object.fromEntries(forecastMove(input).means.map((one) => [one.means, one]));

describe('a forecast of a live migration', () => {
  it('of a quiet guest is its memory over the link', () => {
    const forecast = forecastMove(sampleForecastInput());
    expect(forecast).toMatchObject({ verdict: { kind: 'converges' }, likelihood: 1 });
    // 1024 MiB at 100 MiB/s, and the switch-over; memory in use may be a little less than it was told.
    expect(forecast.totalMs.p50).toBeGreaterThan(9_500);
    expect(forecast.totalMs.p90).toBeLessThan(10_500);
    expect(forecast.downtimeMs.p90).toBeLessThan(600);
    expect(describeForecast(forecast)).toMatch(/^converges: 10\.\d s \(.*\), a pause of \d+ ms/u);
  });

  it('of a small hot set over a narrow limit stalls, and says what would do', () => {
    const input = sampleForecastInput({ dirty: windowsOf(64, 3.5, 0), capBytesPerSecond: 20 * mebibyte });
    const forecast = forecastMove(input);
    expect(forecast.verdict.kind).toBe('stalls');
    const { atBytes } = forecast.verdict as { atBytes: number };
    expect(atBytes / mebibyte).toBeGreaterThan(55);
    expect(atBytes / mebibyte).toBeLessThan(70);
    expect(forecast.totalMs).toEqual({ p10: null, p50: null, p90: null });
    // w = 224 MiB/s, W = 64: R = 224 / (1 + 3.5 · 0.3) = 109 MiB/s, more than the link has.
    expect((forecast.neededBytesPerSecond ?? 0) / mebibyte).toBeCloseTo(109, -1);
    expect(describeForecast(forecast)).toMatch(
      /^does not converge at 20 MiB\/s: each pass finds about \d+(\.\d)? MiB .*; it takes 1[01]\d(\.\d)? MiB\/s$/u,
    );
    const means = meansOf(input);
    expect(means['more-bandwidth']).toMatchObject({ helps: false });
    expect(means['compression']).toMatchObject({ helps: null });
    expect(means['post-copy']).toMatchObject({ helps: true });
    expect(means['longer-pause']).toMatchObject({ helps: true });
    // 64 · (1 − 20/224) = 58 MiB at 20 MiB/s, and 5 % more; over the link of 100 MiB/s the guest stands still for 0.7 s.
    expect(means['longer-pause']?.numbers['limitMs']).toBeGreaterThan(2_800);
    expect(means['longer-pause']?.numbers['limitMs']).toBeLessThan(3_250);
    expect(means['longer-pause']?.numbers['downtimeMs']).toBeLessThan(800);
  });

  it('says of a set that is full at once that throttling is unlikely to help, and of a slow one how much it takes', () => {
    const full = sampleForecastInput({ dirty: windowsOf(64, 50, 0), capBytesPerSecond: 20 * mebibyte });
    expect(meansOf(full)['auto-converge']).toMatchObject({ helps: null });
    expect(meansOf(full)['auto-converge']?.because).toContain('unlikely to help');
    const slow = sampleForecastInput({ dirty: windowsOf(400, 0.5, 0) });
    // 200 MiB/s into 400 MiB: a throttle p leaves 200·(1 − p)·(1 − 30/400) of it, which the link's 100 MiB/s carry at 46 %.
    expect(meansOf(slow)['auto-converge']).toMatchObject({ helps: true });
    expect(meansOf(slow)['auto-converge']?.numbers['throttle']).toBeCloseTo(0.46, 1);
    const sweeping = sampleForecastInput({ dirty: windowsOf(0, 0, 90), capBytesPerSecond: mebibyte / 2 });
    expect(meansOf(sweeping)['auto-converge']).toMatchObject({ helps: false, numbers: { throttle: 0.99 } });
    expect(meansOf(sweeping)['longer-pause']).toMatchObject({ helps: false });
    expect(meansOf(sweeping)['more-bandwidth']).toMatchObject({ helps: true });
  });

  it('cannot, where a pass finds all of it changed, and where disks are written to faster than they are sent', () => {
    const swept = forecastMove(sampleForecastInput({ dirty: windowsOf(0, 0, 150) }));
    expect(swept.verdict).toMatchObject({ kind: 'cannot' });
    expect(describeForecast(swept)).toContain('it takes 150 MiB/s');
    const written = forecastMove(
      sampleForecastInput({ diskBytes: 1024 * mebibyte, diskWriteBytesPerSecond: 120 * mebibyte }),
    );
    expect(written.verdict).toEqual({
      kind: 'cannot',
      because: 'the guest writes to its disks faster than they are sent',
    });
  });

  it('counts disks before memory, with what is written to them meanwhile', () => {
    const forecast = forecastMove(
      sampleForecastInput({ diskBytes: 2000 * mebibyte, diskWriteBytesPerSecond: 20 * mebibyte }),
    );
    // 2000 MiB at 100 − 20 MiB/s: 25 s; then 1024 MiB at 80 MiB/s: 12.8 s.
    expect(forecast.totalMs.p50).toBeGreaterThan(36_500);
    expect(forecast.totalMs.p50).toBeLessThan(38_500);
    expect((forecast.bytes.p50 ?? 0) / mebibyte).toBeCloseTo(2500 + 1010, -2);
  });

  it('makes nothing up: what is not known is said, with the least that it takes', () => {
    const because = 'h1 cannot measure it';
    const blind = forecastMove(sampleForecastInput({ dirty: { kind: 'not-measured', because } }));
    expect(blind.verdict).toEqual({ kind: 'not-known', because: [because] });
    expect(blind).toMatchObject({ likelihood: null, means: [], neededBytesPerSecond: null });
    expect(blind.totalMs).toMatchObject({ p50: null, p90: null });
    // 1024 MiB · e^(−1.28 · 0.1) at 100 MiB/s.
    expect(blind.totalMs.p10).toBeCloseTo(9_008, 0);
    expect(describeForecast(blind)).toBe('not known: h1 cannot measure it (at least 9.0 s)');
    const noLink = forecastMove(
      sampleForecastInput({
        link: { kind: 'not-known', because: 'no transfer' },
        dirty: windowsOf(0, 0, 50),
      }),
    );
    expect(noLink.verdict).toEqual({ kind: 'not-known', because: ['no transfer'] });
    expect(noLink.totalMs).toEqual({ p10: null, p50: null, p90: null });
    expect((noLink.neededBytesPerSecond ?? 0) / mebibyte).toBeCloseTo(50, 0);
  });

  it('is as wide as what it is made from, and moved by what was learned', () => {
    const wide = forecastMove(
      sampleForecastInput({
        link: { kind: 'known', bytesPerSecond: { median: 100 * mebibyte, logSpread: 0.3 }, from: 'a test' },
      }),
    );
    // e^(1.28 · 0.3) = 1.47
    expect((wide.totalMs.p90 ?? 0) / (wide.totalMs.p50 ?? 1)).toBeCloseTo(1.47, 1);
    const input = sampleForecastInput();
    const learned = forecastMove({
      ...input,
      corrections: { ...input.corrections, totalMs: { median: 1.5, logSpread: 0.1 }, from: '7 migrations' },
    });
    expect((learned.totalMs.p50 ?? 0) / (forecastMove(input).totalMs.p50 ?? 1)).toBeCloseTo(1.5, 2);
    expect(learned.basis).toContain('corrected by 7 migrations');
  });

  it('is the same when it is asked for again', () => {
    const input = sampleForecastInput({ dirty: windowsOf(200, 0.3, 2) });
    expect(forecastMove(input)).toEqual(forecastMove(input));
  });
});
