import { type CallOptions, defaultDeadlineMs } from '../rpc/call-options.ts';

/** Starts the clock for several steps under one deadline; the result gives what is left of it. */
export function restOf({ signal, deadlineMs = defaultDeadlineMs }: CallOptions): () => CallOptions {
  const endsAt = performance.now() + deadlineMs;
  return () => ({ signal, deadlineMs: Math.max(0, endsAt - performance.now()) });
}
