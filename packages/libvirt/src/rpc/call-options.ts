/** Deadline and cancellation of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds; 30,000 when not given, `Infinity` for none. */
  readonly deadlineMs?: number | undefined;
}

/** Deadline of a call that names none. */
export const defaultDeadlineMs = 30_000;

/** Node fires timers longer than this at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Calls back after so many milliseconds, however many they are (`Infinity`: never). The result cancels it. */
export function startDeadline(deadlineMs: number, onExpire: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const arm = (restMs: number): void => {
    if (restMs > longestTimerMs) timer = setTimeout(() => arm(restMs - longestTimerMs), longestTimerMs);
    else timer = setTimeout(onExpire, restMs);
  };
  if (deadlineMs !== Number.POSITIVE_INFINITY) arm(deadlineMs);
  return () => clearTimeout(timer);
}

/** Starts the clock for several steps under one deadline; the result gives what is left of it. */
export function restOf({ signal, deadlineMs = defaultDeadlineMs }: CallOptions): () => CallOptions {
  const endsAt = performance.now() + deadlineMs;
  return () => ({ signal, deadlineMs: Math.max(0, endsAt - performance.now()) });
}
