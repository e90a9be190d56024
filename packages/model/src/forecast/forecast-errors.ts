import { quantile, type Range, type Uncertain } from './draws.ts';
import {
  type ForecastCorrections,
  type ForecastInput,
  type ForecastVerdict,
  nothingLearned,
} from './forecast.ts';
import { forecastMiddle } from './forecast-move.ts';

/** How a migration ended of which there was a forecast. */
export type ForecastEnd =
  /** By itself. */
  | 'converged'
  /** Its guest was paused for its end, post-copy begun, or something else changed for it while it ran. */
  | 'forced'
  | 'aborted'
  | 'failed';

/** Times, pause and bytes of a migration as they were. Null: not told. */
export interface ForecastFacts {
  readonly totalMs: number | null;
  readonly downtimeMs: number | null;
  /** The longest time without an answer from outside, where that was asked for. Not set in records of earlier versions. */
  readonly networkGapMs?: number | null;
  readonly bytes: number | null;
  /** How many times as much its passes found as was measured beforehand. */
  readonly inflation: number | null;
  /** How much of the memory that its hypervisor held for it its first pass sent. */
  readonly memory: number | null;
}

/** A forecast beside what came of it. */
export interface ForecastRecord {
  readonly instanceId: string;
  /** What it is like: those of one class are learned from together. */
  readonly class: string;
  readonly verdict: ForecastVerdict['kind'];
  readonly totalMs: Range;
  readonly downtimeMs: Range;
  readonly bytes: Range;
  /** What it was made from, so that it can be made again with what was learned since. */
  readonly input: ForecastInput;
  readonly end: ForecastEnd;
  readonly facts: ForecastFacts;
}

/** Errors as shares of the fact, and how many facts lay between P10 and P90. Nulls: nothing to compare. */
export interface ErrorSpread {
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
  /** The error itself, in the unit of what was forecast. */
  readonly absoluteP90: number | null;
  readonly within: number | null;
}

/** What forecasts of migrations with one kind of end were worth. */
export interface ForecastErrors {
  readonly end: ForecastEnd;
  readonly count: number;
  /** The share of those with a verdict where it was right: it converged, and that was said, or neither. */
  readonly verdictRight: number | null;
  readonly totalMs: ErrorSpread;
  readonly downtimeMs: ErrorSpread;
  readonly bytes: ErrorSpread;
  /** By how much the network saw the guest away for longer than its hypervisor counted, milliseconds, of those that were probed. */
  readonly unseenMs: { readonly count: number; readonly p50: number | null; readonly p90: number | null };
}

const ends: readonly ForecastEnd[] = ['converged', 'forced', 'aborted', 'failed'];
const measures = ['totalMs', 'downtimeMs', 'bytes'] as const;

/** Errors of forecasts, by how the migrations ended: a forced one is no test of a forecast of one that is left alone. */
export function forecastErrors(records: readonly ForecastRecord[]): ForecastErrors[] {
  return ends.map((end) => {
    const those = records.filter((one) => one.end === end);
    const judged = those.filter(({ verdict }) => verdict !== 'not-known');
    // Who aborts or forces one that was said to converge may have had no patience: that proves nothing.
    const right = judged.filter(({ verdict }) => (verdict === 'converges') === (end === 'converged'));
    const comparable = end === 'converged' || end === 'forced';
    return {
      end,
      count: those.length,
      verdictRight: !comparable || judged.length === 0 ? null : right.length / judged.length,
      totalMs: spreadOf(those, 'totalMs'),
      downtimeMs: spreadOf(those, 'downtimeMs'),
      bytes: spreadOf(those, 'bytes'),
      unseenMs: unseenOf(those),
    };
  });
}

function unseenOf(records: readonly ForecastRecord[]): ForecastErrors['unseenMs'] {
  const more = records
    .flatMap(({ facts: { networkGapMs = null, downtimeMs } }) =>
      networkGapMs === null || downtimeMs === null ? [] : [networkGapMs - downtimeMs],
    )
    .toSorted((a, b) => a - b);
  return { count: more.length, p50: quantile(more, 0.5), p90: quantile(more, 0.9) };
}

function spreadOf(records: readonly ForecastRecord[], measure: (typeof measures)[number]): ErrorSpread {
  const pairs = records.flatMap((one) => {
    const [said, fact] = [one[measure], one.facts[measure]];
    return said.p50 === null || fact === null || fact <= 0 ? [] : [{ ...said, p50: said.p50, fact }];
  });
  const errors = pairs.map(({ p50, fact }) => Math.abs(p50 - fact)).toSorted((a, b) => a - b);
  const shares = pairs.map(({ p50, fact }) => Math.abs(p50 - fact) / fact).toSorted((a, b) => a - b);
  const inside = pairs.filter(({ p10, p90, fact }) => fact >= (p10 ?? 0) && fact <= (p90 ?? 0));
  return {
    count: pairs.length,
    p50: quantile(shares, 0.5),
    p90: quantile(shares, 0.9),
    absoluteP90: quantile(errors, 0.9),
    within: pairs.length === 0 ? null : inside.length / pairs.length,
  };
}

/** From so many on something is learned of an instance; and of a class. */
const enough = { instance: 3, class: 5 } as const;
/** Older ones are of another time. */
export const maxLearnedForecasts = 20;
/** What one would expect of forecasts nothing is known of counts as two of them. */
const prior = { weight: 2, logSpread: 0.25 } as const;

/**
 * What former forecasts got wrong, for the next one of an instance: from its own, where there are some, else from those of
 * its class. Only what converged by itself teaches. `records`: newest first.
 */
export function learnCorrections(
  records: readonly ForecastRecord[],
  instanceId: string,
  ofClass: string,
): ForecastCorrections {
  const converged = records.filter(({ end }) => end === 'converged');
  const own = converged.filter((one) => one.instanceId === instanceId).slice(0, maxLearnedForecasts);
  const alike = converged.filter((one) => one.class === ofClass).slice(0, maxLearnedForecasts);
  const isOwn = own.length >= enough.instance;
  const those = isOwn ? own : alike.length >= enough.class ? alike : [];
  const what = isOwn ? 'of this instance' : `of instances like it (${ofClass})`;
  if (those.length === 0) return nothingLearned;
  const inside = {
    inflation: learned(those.flatMap(({ facts }) => facts.inflation ?? [])),
    memory: learned(those.flatMap(({ facts }) => facts.memory ?? [])),
  };
  // What is wrong with the forecast as it would be made now: what was learned of its parts is not learned twice.
  const errors = those.flatMap(({ input, facts }) => {
    const said = forecastMiddle({ ...input, corrections: { ...nothingLearned, ...inside } });
    return said === null ? [] : [{ said, facts }];
  });
  const ratios = (measure: (typeof measures)[number]): number[] =>
    errors.flatMap(({ said, facts }) => {
      const fact = facts[measure];
      return fact === null || fact <= 0 ? [] : [fact / said[measure]];
    });
  return {
    ...inside,
    totalMs: learned(ratios('totalMs')),
    downtimeMs: learned(ratios('downtimeMs')),
    bytes: learned(ratios('bytes')),
    from: `${those.length} former migrations ${what}`,
  };
}

function learned(values: readonly number[]): Uncertain | null {
  const logs = values.filter((value) => value > 0).map(Math.log);
  const middle = quantile(
    logs.toSorted((a, b) => a - b),
    0.5,
  );
  if (middle === null) return null;
  const median = (middle * logs.length) / (logs.length + prior.weight);
  const squares = logs.reduce((total, one) => total + (one - median) ** 2, 0);
  return {
    median: Math.exp(median),
    logSpread: Math.sqrt((squares + prior.weight * prior.logSpread ** 2) / (logs.length + prior.weight)),
  };
}

const gibibyte = 1024 ** 3;

/** What forecasts are learned from together: as much memory, to a power of four, and disks that go along or not. */
export function forecastClass(memoryBytes: number, diskBytes: number): string {
  const bound = 4 ** Math.max(0, Math.ceil(Math.log(Math.max(1, memoryBytes / gibibyte)) / Math.log(4)));
  return `up to ${bound} GiB of memory, ${diskBytes > 0 ? 'disks copied' : 'disks shared'}`;
}
