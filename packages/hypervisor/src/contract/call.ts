/** Deadline and cancellation of one call. Without a deadline the implementation's default (30 s) holds. */
export interface Call {
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number | undefined;
}
