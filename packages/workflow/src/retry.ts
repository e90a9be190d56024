/** How long to wait after so many failures in a row (from 1), in milliseconds; `give-up` to halt. */
export type RetryPolicy = (failures: number) => number | 'give-up';

/** Doubles the wait from `firstMs` up to `longestMs`; gives up after `attempts` failures. */
export function backOff(settings: {
  readonly firstMs: number;
  readonly longestMs: number;
  readonly attempts: number;
}): RetryPolicy {
  return (failures) =>
    failures >= settings.attempts
      ? 'give-up'
      : Math.min(settings.firstMs * 2 ** (failures - 1), settings.longestMs);
}

/** About four minutes in all: long enough for a libvirtd that is being restarted. */
export const defaultRetry: RetryPolicy = backOff({ firstMs: 500, longestMs: 30_000, attempts: 13 });
