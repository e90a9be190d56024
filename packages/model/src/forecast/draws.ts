/** The value below which so many of a hundred lie. Null: not known, or no bound is. */
export interface Range {
  readonly p10: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
}

/** An amount that is known only about: its median, and the standard deviation of its logarithm. */
export interface Uncertain {
  readonly median: number;
  readonly logSpread: number;
}

/** 80 % of a normal distribution lie within so many standard deviations. */
export const within80 = 1.2816;
const primes = [2, 3, 5, 7, 11, 13, 17];

/**
 * Points that fill the unit cube evenly, the same each time (Halton's sequence, one prime a dimension): a forecast asked
 * for twice is the same twice.
 */
export function evenPoints(count: number, dimensions: number): number[][] {
  return Array.from({ length: count }, (_, index) =>
    primes.slice(0, dimensions).map((base) => radicalInverse(index + 1, base)),
  );
}

function radicalInverse(index: number, base: number): number {
  let [result, fraction, rest] = [0, 1 / base, index];
  while (rest > 0) {
    result += (rest % base) * fraction;
    rest = Math.floor(rest / base);
    fraction /= base;
  }
  return result;
}

/** The amount at a share of its distribution, which is taken for log-normal. */
export function drawn({ median, logSpread }: Uncertain, share: number): number {
  return logSpread === 0 ? median : median * Math.exp(logSpread * normalAt(share));
}

/** Where so much of a standard normal distribution lies below (Abramowitz and Stegun 26.2.23, error below 4.5e-4). */
function normalAt(share: number): number {
  const tail = Math.min(share, 1 - share);
  const t = Math.sqrt(-2 * Math.log(Math.max(tail, 1e-12)));
  const value =
    t -
    (2.515517 + 0.802853 * t + 0.010328 * t * t) /
      (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t);
  return share < 0.5 ? -value : value;
}

/** P10, P50 and P90 of what was drawn, interpolated; nulls where there is nothing. */
export function rangeOf(values: readonly number[]): Range {
  const sorted = values.toSorted((a, b) => a - b);
  return { p10: quantile(sorted, 0.1), p50: quantile(sorted, 0.5), p90: quantile(sorted, 0.9) };
}

/** A value of a sorted list, by the share of the others below it; null of an empty one. */
export function quantile(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null;
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}

/** The median of amounts that were seen, and how they spread; `prior`: the spread that holds before any was. Null: none was. */
export function seenAmount(values: readonly number[], prior: number): Uncertain | null {
  const logs = values.filter((value) => value > 0).map(Math.log);
  const median = quantile(
    logs.toSorted((a, b) => a - b),
    0.5,
  );
  if (median === null) return null;
  const squares = logs.reduce((total, one) => total + (one - median) ** 2, 0);
  // What is thought beforehand counts as two that were seen.
  return { median: Math.exp(median), logSpread: Math.sqrt((squares + 2 * prior ** 2) / (logs.length + 2)) };
}
