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
  /** What the first pass sent: memory in use. Null: it has not ended. */
  readonly firstPassBytes: number | null;
  /** Over the last seconds; null: nothing was sent yet. */
  readonly rateBytesPerSecond: number | null;
  /** What it and all that shared its link sent together at last, bytes a second; not set: it was alone, or a limit held one. */
  readonly togetherBytesPerSecond?: number;
  readonly recent: readonly SentSample[];
  readonly last: LastSample;
}

/** How much had been sent at a time. */
interface SentSample {
  readonly elapsedMs: number;
  readonly sentBytes: number;
}

interface LastSample extends SentSample {
  readonly iteration: number;
  readonly zeroBytes: number;
  readonly remainingBytes: number;
  readonly passBeganMs: number;
}

const maxPasses = 64;
/** A single rate of a hypervisor is of a tenth of a second: one of so many seconds is what passes are as long by. */
const rateOverMs = 6_000;
const maxRecent = 32;
/** What is sent first comes in bursts. */
const leastRateMs = 1_000;

/**
 * Takes one more sample. A pass has ended where the count of passes has grown: then, and only then, is what remains the
 * number of bytes that were changed in it. QEMU's own rate of changes is the one of the pass before, and its rate of
 * sending one of a tenth of a second, so that both are reckoned here from bytes and times.
 */
export function followPasses(before: PassRecord | null, progress: TransferProgress): PassRecord {
  const { elapsedMs, iteration, remainingBytes, zeroBytes = 0 } = progress;
  const sentBytes = progress.memoryBytes + progress.diskBytes;
  const now = { elapsedMs, iteration, sentBytes, zeroBytes, remainingBytes, passBeganMs: elapsedMs };
  // A sample older than the last one is of another job, or of none.
  if (before === null || elapsedMs < before.last.elapsedMs || iteration < before.last.iteration)
    return { passes: [], firstPassBytes: null, rateBytesPerSecond: null, recent: [now], last: now };
  const { last } = before;
  if (elapsedMs === last.elapsedMs) return before;
  const recent = recentOf(before.recent, now);
  const rated = { ...before, recent, rateBytesPerSecond: rateOf(recent) ?? before.rateBytesPerSecond };
  if (iteration === last.iteration) return { ...rated, last: { ...now, passBeganMs: last.passBeganMs } };
  const ended = last.iteration === 0 ? null : endedPass(last, now);
  return {
    ...rated,
    passes: ended === null ? before.passes : [...before.passes, ended.pass].slice(-maxPasses),
    firstPassBytes: before.firstPassBytes ?? (last.iteration === 1 ? (ended?.sentBytes ?? null) : null),
    last: { ...now, passBeganMs: ended?.atMs ?? elapsedMs },
  };
}

/** Samples of the last seconds, from the first on that shows anything sent: setting up is no part of a rate. */
function recentOf(before: readonly SentSample[], now: SentSample): readonly SentSample[] {
  const young = before.filter(({ elapsedMs }) => now.elapsedMs - elapsedMs <= rateOverMs);
  const all = [...(young.length === 0 ? before.slice(-1) : young), now];
  return all.filter(({ sentBytes }) => sentBytes > 0).slice(-maxRecent);
}

/** Null: nothing went, or not for long enough, which is no rate to reckon by. */
function rateOf(recent: readonly SentSample[]): number | null {
  const [first, last] = [recent[0], recent.at(-1)];
  if (first === undefined || last === undefined || last.sentBytes <= first.sentBytes) return null;
  if (last.elapsedMs - first.elapsedMs < leastRateMs) return null;
  return ((last.sentBytes - first.sentBytes) / (last.elapsedMs - first.elapsedMs)) * 1000;
}

/**
 * The pass that ended between two samples. What is left, what was sent and what is zero grow together by what was changed,
 * at its end; when that was follows from what was left before. Of several that ended between two samples nobody can tell how
 * long each was.
 */
function endedPass(
  last: LastSample,
  now: LastSample,
): { pass: Pass; atMs: number; sentBytes: number } | null {
  const sent = now.sentBytes - last.sentBytes;
  const went = sent + now.zeroBytes - last.zeroBytes;
  if (now.iteration !== last.iteration + 1 || went <= 0) return null;
  const changed = Math.max(0, now.remainingBytes + went - last.remainingBytes);
  const share = Math.min(1, last.remainingBytes / went);
  const atMs = last.elapsedMs + (now.elapsedMs - last.elapsedMs) * share;
  const unsentBytes = Math.max(0, last.remainingBytes - went);
  const pass = { durationMs: atMs - last.passBeganMs, leftBytes: unsentBytes + changed, unsentBytes };
  return pass.durationMs <= 0 ? null : { pass, atMs, sentBytes: last.sentBytes + sent * share };
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
