import { showBytes } from '../check/show-values.ts';
import {
  type DirtyCurve,
  type FittedCurve,
  curveAt,
  fitDirtyCurve,
  likelyCurves,
  scaledWrites,
} from './dirty-curve.ts';
import { drawn, evenPoints, quantile, type Range, rangeOf, type Uncertain, within80 } from './draws.ts';
import type { Forecast, ForecastInput, ForecastVerdict } from './forecast.ts';
import { forecastMeans } from './forecast-means.ts';
import { neededRate, type PreCopyEnd, type PreCopySetting, runPreCopy } from './pre-copy.ts';

/** So many cases are gone through. */
const draws = 199;
/** How many times as much a guest changes while it is moved: KubeVirt saw two to three times; most see less. */
export const defaultInflation: Uncertain = { median: 1.25, logSpread: 0.4 };
/** What a switch-over costs beside memory, ms: 20 to 200 were seen, the emulator's own stop and start included. */
const defaultSwitchoverMs: Uncertain = { median: 60, logSpread: 0.6 };
/** What a hypervisor holds for a guest is not quite what it sends: its own memory, and pages that are all zero. */
const defaultMemory: Uncertain = { median: 1, logSpread: 0.1 };
/** QEMU looks at what is left after so long (`MAX_WAIT`), or as often as its limit is counted (`BUFFER_DELAY`). */
const chunkMs = { free: 50, capped: 100 } as const;
/** A guest that changes nearly all of its memory in each pass gains nothing by being sent. */
const hopelessShare = 0.95;
const unknown: Range = { p10: null, p50: null, p90: null };

/**
 * Says what will become of a live migration, from what is known beforehand. What is known only about is gone through in
 * even steps of its distribution; the verdict is that of most of the cases.
 */
export function forecastMove(input: ForecastInput): Forecast {
  return forecastFrom(input, null);
}

/** A pass over memory that has begun. */
interface BegunPass {
  readonly remainingBytes: number;
  /** How long ago. */
  readonly passBegunMs: number;
  readonly isFirstPass: boolean;
}

/** The same of what is left from within a pass. */
export function forecastPass(input: ForecastInput, begun: BegunPass): Forecast {
  return forecastFrom(input, begun);
}

function forecastFrom(input: ForecastInput, begun: BegunPass | null): Forecast {
  const curve = input.dirty.kind === 'measured' ? fitDirtyCurve(input.dirty.windows) : null;
  const link = input.link.kind === 'known' ? input.link.bytesPerSecond : null;
  const basis = basisOf(input, curve);
  if (curve === null || link === null) return notKnown(input, curve, basis);
  const likely = input.dirty.kind === 'measured' ? likelyCurves(input.dirty.windows) : [];
  const cases = evenPoints(draws, 7).map((point) =>
    caseOf(input, curveAt(likely, point[6] ?? 0.5) ?? curve, link, point, begun),
  );
  const middle = caseOf(input, curve, link, [], begun);
  const ends = cases.map((one) => ({ ...one, end: runPreCopy(one.setting) }));
  const good = ends.flatMap(({ end, disksMs, diskBytes }) =>
    end.kind === 'converges' && disksMs !== null ? [{ end, disksMs, diskBytes }] : [],
  );
  const likelihood = good.length / ends.length;
  const converges = likelihood >= 0.5;
  const { corrections } = input;
  return {
    verdict: converges ? { kind: 'converges' } : whyNot(middle, ends),
    likelihood,
    totalMs: converges
      ? corrected(rangeOf(good.map(({ end, disksMs }) => end.totalMs + disksMs)), corrections.totalMs)
      : unknown,
    downtimeMs: converges
      ? corrected(rangeOf(good.map(({ end }) => end.downtimeMs)), corrections.downtimeMs)
      : unknown,
    bytes: converges
      ? corrected(rangeOf(good.map(({ end, diskBytes }) => end.bytes + diskBytes)), corrections.bytes)
      : unknown,
    neededBytesPerSecond: neededRate(middle.setting),
    bytesPerSecond: middle.setting.rate,
    means: forecastMeans(input, middle.setting),
    basis,
  };
}

/** One of the cases: memory, and the disks before it. */
interface MoveCase {
  readonly setting: PreCopySetting;
  /** Null: they are written to faster than they are sent. */
  readonly disksMs: number | null;
  readonly diskBytes: number;
}

/**
 * A case by its place in each distribution. Disks are sent first; what the guest writes to them is sent again as it comes,
 * and goes on taking its share of the link while memory follows.
 */
function caseOf(
  input: ForecastInput,
  curve: FittedCurve,
  link: Uncertain,
  point: readonly number[],
  begun: BegunPass | null,
): MoveCase {
  const [forLink = 0.5, forWrites = 0.5, forUsed = 0.5, forSwitch = 0.5, forChunk = 0.5, forHidden = 0.5] =
    point;
  const linkRate = drawn(link, forLink);
  const cap = input.capBytesPerSecond ?? Number.POSITIVE_INFINITY;
  const diskWrites = input.diskBytes === 0 ? 0 : (input.diskWriteBytesPerSecond ?? 0);
  const rate = Math.max(1, Math.min(cap, linkRate - diskWrites));
  const disks = input.diskBytes === 0 ? 0 : Math.min(cap, linkRate) - diskWrites;
  const diskSeconds = disks > 0 ? input.diskBytes / disks : 0;
  const used = usedBytes(input, forUsed);
  return {
    disksMs: input.diskBytes > 0 && disks <= 0 ? null : diskSeconds * 1000,
    diskBytes: input.diskBytes + diskSeconds * diskWrites,
    setting: {
      firstBytes: begun?.remainingBytes ?? used,
      passBegunMs: begun?.passBegunMs ?? 0,
      isFirstPass: begun?.isFirstPass ?? true,
      memoryBytes: Math.max(used, begun?.remainingBytes ?? 1),
      curve: curveOf(curve, input.corrections.inflation ?? defaultInflation, forWrites, forHidden),
      rate,
      linkRate: Math.max(rate, linkRate - diskWrites),
      downtimeLimitMs: input.downtimeLimitMs,
      judgesByLink: input.judgesByLink,
      switchoverMs: drawn(defaultSwitchoverMs, forSwitch),
      chunkMs: (cap < linkRate ? chunkMs.capped : chunkMs.free) * (0.5 + forChunk),
    },
  };
}

function usedBytes({ memoryBytes, memoryUsedBytes, corrections }: ForecastInput, share: number): number {
  // Of what nobody told anything between a tenth and all may be in use.
  if (memoryUsedBytes === null) return memoryBytes * (0.1 + 0.9 * share);
  return Math.min(memoryBytes, memoryUsedBytes * drawn(corrections.memory ?? defaultMemory, share));
}

/** What is said of the middle of all cases, with nothing corrected but what goes in; null where it would not end. */
export function forecastMiddle(
  input: ForecastInput,
): { readonly totalMs: number; readonly downtimeMs: number; readonly bytes: number } | null {
  const curve = input.dirty.kind === 'measured' ? fitDirtyCurve(input.dirty.windows) : null;
  if (curve === null || input.link.kind === 'not-known') return null;
  const { setting, disksMs, diskBytes } = caseOf(input, curve, input.link.bytesPerSecond, [], null);
  const end = runPreCopy(setting);
  if (end.kind !== 'converges' || disksMs === null) return null;
  return { totalMs: end.totalMs + disksMs, downtimeMs: end.downtimeMs, bytes: end.bytes + diskBytes };
}

/** A set that was full within the shortest window may be written to up to so many times as fast as was seen. */
const hiddenFactor = 10;

function curveOf(curve: FittedCurve, inflation: Uncertain, forWrites: number, forHidden: number): DirtyCurve {
  const spread = Math.hypot(inflation.logSpread, curve.logSpread);
  const scaled = scaledWrites(curve, drawn({ median: inflation.median, logSpread: spread }, forWrites));
  if (curve.isWriteRateKnown) return scaled;
  return { ...scaled, writeBytesPerSecond: scaled.writeBytesPerSecond * hiddenFactor ** forHidden };
}

function whyNot(
  middle: MoveCase,
  ends: readonly (MoveCase & { readonly end: PreCopyEnd })[],
): ForecastVerdict {
  if (middle.disksMs === null)
    return { kind: 'cannot', because: 'the guest writes to its disks faster than they are sent' };
  const stalled = ends.flatMap(({ end }) => (end.kind === 'stalls' ? [end.atBytes] : []));
  const atBytes =
    quantile(
      stalled.toSorted((a, b) => a - b),
      0.5,
    ) ?? 0;
  if (atBytes < middle.setting.memoryBytes * hopelessShare) return { kind: 'stalls', atBytes };
  const because = `it changes ${showBytes(atBytes)} of its ${showBytes(middle.setting.memoryBytes)} while they are sent once`;
  return { kind: 'cannot', because };
}

/** What is missing is told, and what can be said all the same: nothing is faster than sending it once. */
function notKnown(input: ForecastInput, curve: FittedCurve | null, basis: readonly string[]): Forecast {
  const { link, dirty, capBytesPerSecond: cap, memoryUsedBytes, diskBytes } = input;
  const because = [
    ...(dirty.kind === 'measured' ? (curve === null ? ['no window was measured'] : []) : [dirty.because]),
    ...(link.kind === 'known' ? [] : [link.because]),
  ];
  const known = link.kind === 'known' ? link.bytesPerSecond : null;
  const fastest = known === null ? cap : Math.min(cap ?? Number.POSITIVE_INFINITY, drawn(known, 0.9));
  const leastBytes = memoryUsedBytes === null ? null : usedBytes(input, 0.1) + diskBytes;
  const setting =
    curve === null ? null : caseOf(input, curve, { median: cap ?? 1, logSpread: 0 }, [], null).setting;
  return {
    verdict: { kind: 'not-known', because },
    likelihood: null,
    totalMs: {
      ...unknown,
      p10: fastest === null || leastBytes === null ? null : (leastBytes / fastest) * 1000,
    },
    downtimeMs: unknown,
    bytes: { ...unknown, p10: leastBytes },
    neededBytesPerSecond: setting === null ? null : neededRate(setting),
    bytesPerSecond: known === null ? null : Math.min(cap ?? Number.POSITIVE_INFINITY, known.median),
    means: [],
    basis,
  };
}

/** A range as former errors have it: moved by what was learned, and never narrower than that spreads. */
function corrected(range: Range, correction: Uncertain | null): Range {
  const { p10, p50, p90 } = range;
  if (correction === null || p10 === null || p50 === null || p90 === null) return range;
  const { median, logSpread } = correction;
  const widest = Math.exp(within80 * logSpread);
  return {
    p10: Math.min(p10, p50 / widest) * median,
    p50: p50 * median,
    p90: Math.max(p90, p50 * widest) * median,
  };
}

function basisOf(input: ForecastInput, curve: FittedCurve | null): string[] {
  const { memoryUsedBytes, memoryBytes, link, corrections, diskBytes, capBytesPerSecond } = input;
  return [
    memoryUsedBytes === null
      ? `memory in use is not known, of ${showBytes(memoryBytes)}`
      : `memory in use: ${showBytes(memoryUsedBytes)} of ${showBytes(memoryBytes)}`,
    ...(diskBytes === 0 ? [] : [`disks to copy: ${showBytes(diskBytes)}`]),
    input.dirty.kind === 'measured' && curve !== null
      ? `${describeCurve(curve)} (${input.dirty.from})`
      : 'what it changes was not measured',
    link.kind === 'known'
      ? `bandwidth: ${showBytes(link.bytesPerSecond.median)}/s (${link.from})`
      : `bandwidth is not known: ${link.because}`,
    ...(capBytesPerSecond === null ? [] : [`limit: ${showBytes(capBytesPerSecond)}/s`]),
    ...(corrections.from === null ? [] : [`corrected by ${corrections.from}`]),
  ];
}

function describeCurve({
  workingSetBytes,
  writeBytesPerSecond,
  backgroundBytesPerSecond,
  isWriteRateKnown,
}: DirtyCurve): string {
  const line = `${showBytes(Math.round(backgroundBytesPerSecond))}/s`;
  if (workingSetBytes === 0) return `it changes ${line}`;
  const fast = `${isWriteRateKnown ? '' : 'at least '}${showBytes(Math.round(writeBytesPerSecond))}/s`;
  return `it changes ${showBytes(Math.round(workingSetBytes))} again and again, at ${fast}, and ${line} beside that`;
}
