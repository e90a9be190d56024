/** How long to wait between attempts to connect, in milliseconds. */
export interface BackoffOptions {
  /** Upper bound of the first wait, doubled with each further failure; also the soonest that a caller can ask for a new attempt. */
  readonly firstMs: number;
  /** Upper bound of every wait. */
  readonly maxMs: number;
}

/** 100 ms to 30 s: a daemon that restarts is back within the first waits, one that is gone costs two attempts a minute. */
export const defaultBackoff: BackoffOptions = { firstMs: 100, maxMs: 30_000 };

/**
 * Milliseconds to wait after so many failures in a row: between half and all of an exponentially growing bound. The
 * jitter keeps the clients of a host that comes back from all coming at once; the half keeps them from coming too soon.
 * `random` is in [0, 1).
 */
export function backoffMs(failures: number, { firstMs, maxMs }: BackoffOptions, random: number): number {
  const bound = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return bound / 2 + (bound / 2) * random;
}
