/** Deadline and cancellation of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds; 30,000 when not given, `Infinity` for none. */
  readonly deadlineMs?: number | undefined;
}

/** Deadline of a call that names none. */
export const defaultDeadlineMs = 30_000;
