/** What a guest or a host has used of processors, over time. */
export interface Load {
  /** The last look, UTC ISO 8601. */
  readonly at: string;
  /** Processors in use, as the mean of the last quarter of an hour or so. */
  readonly cpus: number;
  /** Processors in use in each hour of the day, UTC, as the mean of the last days; null: not seen in that hour yet. */
  readonly hours: readonly (number | null)[];
}

const hoursOfDay = 24;
const hourMs = 3_600_000;
/** How long what was seen counts: after it, it has a weight of 1/e. */
const nowMs = 900_000;
/** Hours of the same hour of the day, so that yesterday's counts a third and the day before a quarter of what is seen. */
const usualMs = 3 * hourMs;
/** A look that comes later tells nothing of what was between: a controller that was off, a host that was silent. */
const longestSpanMs = 2 * hourMs;

/** One look: so many processors were in use for so long until then. */
export interface LoadSample {
  readonly at: string;
  readonly cpus: number;
  readonly spanMs: number;
}

/**
 * Load with one more look, by exponentially weighted means (the weight of a span is 1 − e^(−span/τ), τ a quarter of an hour
 * for now and three hours for an hour of the day).
 */
export function nextLoad(before: Load | null, { at, cpus, spanMs }: LoadSample): Load {
  const hour = new Date(at).getUTCHours();
  const usual = before?.hours[hour] ?? null;
  const hours = Array.from({ length: hoursOfDay }, (_, one) =>
    one === hour ? mixed(usual, cpus, spanMs, usualMs) : (before?.hours[one] ?? null),
  );
  return { at, cpus: mixed(before?.cpus ?? null, cpus, spanMs, nowMs), hours };
}

/**
 * Processors that will be in use within a while: what is used now, or what is usual in the hours that it meets, whichever is
 * more. Null when the last look is too old to tell of now.
 */
export function expectedCpus({ at, cpus, hours }: Load, now: string, horizonMs: number): number | null {
  const begin = Date.parse(now);
  if (begin - Date.parse(at) > longestSpanMs) return null;
  let most = cpus;
  for (let ms = begin; ms < begin + horizonMs + hourMs; ms += hourMs) {
    const meets = Math.min(ms, begin + horizonMs);
    most = Math.max(most, hours[new Date(meets).getUTCHours()] ?? 0);
  }
  return most;
}

/** Processor time of each guest that runs on a host since it was started, nanoseconds, at one look. */
export interface ProcessorTimes {
  readonly at: string;
  readonly guestsNs: Readonly<Record<string, number>>;
}

/**
 * What each guest used of processors between two looks at its host. One that was started anew in between counts from its
 * start; one that came in between is not among them. Null when the looks are too far apart, or not in order.
 */
export function usedBetween(
  before: ProcessorTimes,
  now: ProcessorTimes,
): { readonly spanMs: number; readonly cpus: ReadonlyMap<string, number> } | null {
  const spanMs = Date.parse(now.at) - Date.parse(before.at);
  if (spanMs <= 0 || spanMs > longestSpanMs) return null;
  const cpus = new Map<string, number>();
  for (const [id, ns] of Object.entries(now.guestsNs)) {
    const was = before.guestsNs[id];
    if (was === undefined) continue;
    cpus.set(id, (ns >= was ? ns - was : ns) / 1e6 / spanMs);
  }
  return { spanMs, cpus };
}

function mixed(before: number | null, now: number, spanMs: number, tauMs: number): number {
  if (before === null) return now;
  const weight = 1 - Math.exp(-spanMs / tauMs);
  return before + weight * (now - before);
}
