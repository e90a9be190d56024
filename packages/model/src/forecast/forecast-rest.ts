import type { TransferProgress } from '../migration/transfer-progress.ts';
import { changedBytes, type DirtyWindow, fitDirtyCurve } from './dirty-curve.ts';
import { quantile, type Range, type Uncertain } from './draws.ts';
import type { Forecast, ForecastInput } from './forecast.ts';
import { forecastMove, forecastPass } from './forecast-move.ts';
import { type PassRecord, windowsOfPasses } from './pass-record.ts';

/** What is said of a migration while it runs: of what is left of it. */
export interface RunningForecast extends Forecast {
  readonly leftMs: Range;
  /** Passes over memory that have ended and were measured. */
  readonly passes: number;
}

/** How a rate that is measured all the time may still change. */
const rateSpread = 0.1;
/** What passes show needs no inflation: it is what the guest changes while it is moved. */
const asMeasured: Uncertain = { median: 1, logSpread: 0.05 };
/** Where more was sent already than was thought to be in use, at least so much of what remains is. */
const leastShare = 0.25;
/** Of next to nothing nothing can be told: bytes. */
const leastExpected = 65_536;
/** Each of so many windows is as good as a pass. */
const latestPasses = 12;

/**
 * The forecast anew, from how it has gone so far: what was sent a second, and what each pass found. Before the first pass has
 * ended what was measured before the move is all there is.
 */
export function forecastRest(
  input: ForecastInput,
  record: PassRecord,
  progress: TransferProgress,
  guest: 'runs' | 'stands-still',
): RunningForecast {
  const { rateBytesPerSecond: rate, passes, last } = record;
  if (rate === null || rate <= 0) return withLeft(forecastMove(input), progress, passes.length);
  if (guest === 'stands-still') return pausedRest(progress, rate, passes.length);
  const known: ForecastInput = {
    ...input,
    ...measuredWhileMoved(input, record),
    link: {
      kind: 'known',
      bytesPerSecond: linkOf(input, rate),
      from: 'as it goes',
    },
    capBytesPerSecond: input.capBytesPerSecond === null ? null : Math.min(input.capBytesPerSecond, rate),
  };
  // Disks go first: of memory nothing has been sent.
  if (last.iteration === 0)
    return withLeft(forecastMove({ ...known, diskBytes: progress.remainingBytes }), progress, 0);
  const forecast = forecastPass(
    { ...known, diskBytes: 0 },
    {
      remainingBytes: toSend(input, record, progress),
      passBegunMs: progress.elapsedMs - last.passBeganMs,
      isFirstPass: last.iteration <= 1,
    },
  );
  return withLeft(forecast, progress, passes.length);
}

/** In the first pass much of what remains may be zero: memory in use tells how much goes over the link. */
function toSend(
  { memoryBytes, memoryUsedBytes, corrections }: ForecastInput,
  { last, passes }: PassRecord,
  { remainingBytes }: TransferProgress,
): number {
  if (last.iteration > 1 || passes.length > 0 || memoryUsedBytes === null) return remainingBytes;
  const used = Math.min(memoryBytes, memoryUsedBytes * (corrections.memory?.median ?? 1));
  return Math.min(
    remainingBytes,
    Math.max(used - last.sentBytes, remainingBytes * (used / memoryBytes) * leastShare),
  );
}

/** A limit that is reached tells nothing of the link, which what is left at the switch-over goes over. */
function linkOf({ link, capBytesPerSecond }: ForecastInput, rate: number): Uncertain {
  const isLimited = capBytesPerSecond !== null && rate >= capBytesPerSecond * 0.9;
  if (isLimited && link.kind === 'known' && link.bytesPerSecond.median > rate) return link.bytesPerSecond;
  return { median: rate, logSpread: rateSpread };
}

function measuredWhileMoved(
  input: ForecastInput,
  record: PassRecord,
): Pick<ForecastInput, 'dirty' | 'corrections'> {
  const windows = windowsOfPasses(record).slice(-latestPasses);
  if (windows.length === 0) return input;
  const before = input.dirty.kind === 'measured' ? input.dirty.windows : [];
  return {
    dirty: {
      kind: 'measured',
      from: 'as its passes show',
      windows: [...windows, ...scaledTo(windows, before)],
    },
    // Times and bytes were learned of whole migrations.
    corrections: { ...input.corrections, inflation: asMeasured, totalMs: null, bytes: null },
  };
}

/** What was measured before, at the level that passes show: it tells how the curve bends where passes are all of a length. */
function scaledTo(passes: readonly DirtyWindow[], before: readonly DirtyWindow[]): DirtyWindow[] {
  const ratio = inflationOf(passes, before);
  if (ratio === null) return [];
  return before.map((window) => ({
    ...window,
    bytes: window.bytes * ratio,
    resolutionBytes: Math.max(window.resolutionBytes, window.bytes * ratio * 0.5),
  }));
}

/** How many times as much passes found as was measured beforehand; null: there is nothing to compare. */
export function inflationOf(passes: readonly DirtyWindow[], before: readonly DirtyWindow[]): number | null {
  const curve = fitDirtyCurve(before);
  if (curve === null) return null;
  const ratios = passes.flatMap(({ windowMs, bytes }) => {
    const expected = changedBytes(curve, windowMs);
    return expected < leastExpected ? [] : [bytes / expected];
  });
  return quantile(
    ratios.toSorted((a, b) => a - b),
    0.5,
  );
}

/** What is left goes over, and nothing is added to it. */
function pausedRest(progress: TransferProgress, rate: number, passes: number): RunningForecast {
  const leftMs = (progress.remainingBytes / rate) * 1000;
  const spread = 1.25;
  const left = { p10: leftMs / spread, p50: leftMs, p90: leftMs * spread };
  const bytes = progress.memoryBytes + progress.diskBytes + progress.remainingBytes;
  return {
    verdict: { kind: 'converges' },
    likelihood: 1,
    leftMs: left,
    totalMs: after(progress.elapsedMs, left),
    downtimeMs: { p10: null, p50: null, p90: null },
    bytes: { p10: bytes, p50: bytes, p90: bytes },
    neededBytesPerSecond: null,
    bytesPerSecond: rate,
    means: [],
    basis: [],
    passes,
  };
}

function withLeft(forecast: Forecast, progress: TransferProgress, passes: number): RunningForecast {
  const sent = progress.memoryBytes + progress.diskBytes;
  return {
    ...forecast,
    leftMs: forecast.totalMs,
    totalMs: after(progress.elapsedMs, forecast.totalMs),
    bytes: after(sent, forecast.bytes),
    passes,
  };
}

function after(already: number, { p10, p50, p90 }: Range): Range {
  const add = (value: number | null): number | null => (value === null ? null : value + already);
  return { p10: add(p10), p50: add(p50), p90: add(p90) };
}
