import type { Range, Uncertain } from './draws.ts';
import type { DirtyWindow } from './dirty-curve.ts';

/** What a forecast of a live migration is made from. Null: not known; nothing is made up in its place. */
export interface ForecastInput {
  /** All memory of the guest. */
  readonly memoryBytes: number;
  /** How much of it is in use, as its hypervisor holds it. */
  readonly memoryUsedBytes: number | null;
  /** What it changed in windows of several lengths; or why nobody knows. */
  readonly dirty:
    | { readonly kind: 'measured'; readonly windows: readonly DirtyWindow[]; readonly from: string }
    | { readonly kind: 'not-measured'; readonly because: string };
  /** Of disks that are copied: what they hold, and how fast the guest writes to them. */
  readonly diskBytes: number;
  readonly diskWriteBytesPerSecond: number | null;
  /** How many times smaller its memory gets. */
  readonly compressionRatio: number | null;
  /** Bytes a second between the two hosts; or why nobody knows. */
  readonly link:
    | {
        readonly kind: 'known';
        readonly bytesPerSecond: Uncertain;
        readonly from: string;
        /** Other migrations that sent over it when this was said; not set: none. */
        readonly sharedWith?: number;
      }
    | { readonly kind: 'not-known'; readonly because: string };
  /** Limit on what is sent while the guest runs. */
  readonly capBytesPerSecond: number | null;
  readonly downtimeLimitMs: number;
  /** Whether the hypervisor is told the link's bandwidth, and judges by it what fits into the pause. */
  readonly judgesByLink: boolean;
  /** Whether it could go by post-copy; if not, why. */
  readonly postCopy: { readonly possible: true } | { readonly possible: false; readonly because: string };
  readonly corrections: ForecastCorrections;
}

/** What former forecasts got wrong: the fact over what was said, and how that spreads. Null: not learned. */
export interface ForecastCorrections {
  /** How many times as much a guest changes while it is moved as before. */
  readonly inflation: Uncertain | null;
  /** How much of the memory that a hypervisor holds for a guest is sent: what is its own, and what is zero, is not. */
  readonly memory: Uncertain | null;
  readonly totalMs: Uncertain | null;
  readonly downtimeMs: Uncertain | null;
  readonly bytes: Uncertain | null;
  /** From how many migrations, and of what: `this instance`, `guests like it`. */
  readonly from: string | null;
}

export const nothingLearned: ForecastCorrections = {
  inflation: null,
  memory: null,
  totalMs: null,
  downtimeMs: null,
  bytes: null,
  from: null,
};

/** What will become of it when nobody interferes. */
export type ForecastVerdict =
  | { readonly kind: 'converges' }
  /** Each pass finds as much as the one before. */
  | { readonly kind: 'stalls'; readonly atBytes: number }
  /** Not even the first pass gains on the guest. */
  | { readonly kind: 'cannot'; readonly because: string }
  | { readonly kind: 'not-known'; readonly because: readonly string[] };

/** One way to have it end, and whether that would do; null: not known. */
export interface ForecastMeans {
  readonly means: 'more-bandwidth' | 'compression' | 'auto-converge' | 'post-copy' | 'longer-pause';
  readonly helps: boolean | null;
  readonly because: string;
  readonly numbers: Readonly<Record<string, number>>;
}

/** What is said of a migration before it begins. Milliseconds of the transfer alone, without preparing and cleaning up. */
export interface Forecast {
  readonly verdict: ForecastVerdict;
  /** The share of what may be in which it ends by itself; null where the verdict is not known. */
  readonly likelihood: number | null;
  /** Null without a number: no bound is known, or it does not end by itself. */
  readonly totalMs: Range;
  readonly downtimeMs: Range;
  readonly bytes: Range;
  /** The least bandwidth of the passes at which it ends by itself; and what it has. */
  readonly neededBytesPerSecond: number | null;
  readonly bytesPerSecond: number | null;
  readonly means: readonly ForecastMeans[];
  /** What it was made from, for people. */
  readonly basis: readonly string[];
}

/** QEMU's own, where nobody says another (`migration.c`: DEFAULT_MIGRATE_SET_DOWNTIME). */
export const defaultDowntimeLimitMs = 300;
