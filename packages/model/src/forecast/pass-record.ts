import type { TransferProgress } from '../migration/transfer-progress.ts';
import type { DirtyWindow } from './dirty-curve.ts';

/** One pass over memory that has ended. */
interface Pass {
  readonly durationMs: number;
  /** What the next pass found to send. */
  readonly leftBytes: number;
  /** How much of that had not been sent anyhow. */
  readonly unsentBytes: number;
}

/** The passes of a live migration as its samples show them. Stored with its forecast. */
export interface PassRecord {
  /** The latest ones, the last at the end. */
  readonly passes: readonly Pass[];
  readonly rateBytesPerSecond: number | null;
  readonly last: {
    readonly elapsedMs: number;
    readonly iteration: number;
    readonly sentBytes: number;
    readonly remainingBytes: number;
    readonly passBeganMs: number;
  };
}

const mostPasses = 64;
/** Weight of the newest rate: a single one is of a tenth of a second (KubeVirt's VEP 248 found the same number). */
const newest = 0.4;

/**
 * Takes one more sample. A pass has ended where the count of passes has grown: then, and only then, is what remains the
 * number of bytes that were changed in it. QEMU's own rate of changes is the one of the pass before, and its rate of
 * sending one of a tenth of a second, so that both are reckoned here from bytes and times.
 */
export function followPasses(before: PassRecord | null, progress: TransferProgress): PassRecord {
  const { elapsedMs, iteration, remainingBytes } = progress;
  const sentBytes = progress.memoryBytes + progress.diskBytes;
  const first = { elapsedMs, iteration, sentBytes, remainingBytes, passBeganMs: elapsedMs };
  // A sample older than the last one is of another job, or of none.
  if (before === null || elapsedMs < before.last.elapsedMs || iteration < before.last.iteration)
    return { passes: [], rateBytesPerSecond: null, last: first };
  const { last } = before;
  if (elapsedMs === last.elapsedMs) return before;
  const rate = ((sentBytes - last.sentBytes) / (elapsedMs - last.elapsedMs)) * 1000;
  const known = before.rateBytesPerSecond;
  // Nothing may have gone for a moment: that is no rate to reckon passes by.
  const smoothed = rate <= 0 ? known : known === null ? rate : known + newest * (rate - known);
  if (iteration === last.iteration)
    return { ...before, rateBytesPerSecond: smoothed, last: { ...first, passBeganMs: last.passBeganMs } };
  const ended = last.iteration === 0 ? null : endedPass(last, first, rate);
  return {
    passes: ended === null ? before.passes : [...before.passes, ended.pass].slice(-mostPasses),
    rateBytesPerSecond: smoothed,
    last: { ...first, passBeganMs: ended?.atMs ?? elapsedMs },
  };
}

/**
 * The pass that ended between two samples. The sum of what is left and what was sent grows by what was changed, at its
 * end; when that was follows from the rate and from what was left before. Of several that ended between two samples
 * nobody can tell how long each was.
 */
function endedPass(
  last: PassRecord['last'],
  now: PassRecord['last'],
  rate: number,
): { pass: Pass; atMs: number } | null {
  if (now.iteration !== last.iteration + 1 || rate <= 0) return null;
  const sentSince = now.sentBytes - last.sentBytes;
  const changed = Math.max(0, now.remainingBytes + sentSince - last.remainingBytes);
  const sentBefore = Math.min(sentSince, last.remainingBytes);
  const atMs = Math.min(now.elapsedMs, last.elapsedMs + (sentBefore / rate) * 1000);
  const unsentBytes = last.remainingBytes - sentBefore;
  const pass = { durationMs: atMs - last.passBeganMs, leftBytes: unsentBytes + changed, unsentBytes };
  return pass.durationMs <= 0 ? null : { pass, atMs };
}

/** What was changed in each pass, as windows that a curve goes through. */
export function windowsOfPasses({ passes, rateBytesPerSecond }: PassRecord): DirtyWindow[] {
  // Two samples are half a second apart, and when in between the pass ended is reckoned.
  const resolutionBytes = Math.max(1, (rateBytesPerSecond ?? 0) / 10);
  return passes.map(({ durationMs, leftBytes, unsentBytes }) => ({
    windowMs: durationMs,
    bytes: Math.max(0, leftBytes - unsentBytes),
    resolutionBytes,
  }));
}
