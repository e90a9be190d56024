/** How much a finding matters. `error` forbids the move, `unknown` says that the facts could not be had. */
export type Severity = 'ok' | 'info' | 'warning' | 'unknown' | 'error';

/** Values that were compared, by name, as people read them. */
export type Compared = Readonly<Record<string, string | number | boolean | null>>;

/** The result of one check. */
export interface Finding {
  /** Stable name: `target-memory`, or `disk-room` once a disk. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly compared: Compared;
  /** What to do about it; empty when nothing is to be done. */
  readonly remedy: string;
}
