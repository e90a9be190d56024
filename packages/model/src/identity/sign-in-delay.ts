/** What failed attempts to sign in are counted by. */
export type SignInCounter = 'user-at-address' | 'address' | 'user';

/** Attempts that failed one after another. */
export interface SignInFailures {
  readonly failures: number;
  /** Milliseconds since 1970. */
  readonly lastAtMs: number;
}

/** Failures that are forgotten when none came for so long. */
export const signInMemoryMs = 15 * 60_000;
/** How long an address from which a user has signed in is not held up by what others try elsewhere. */
export const knownAddressMs = 30 * 24 * 3_600_000;

const firstDelayMs = 1_000;

/**
 * `free`: failures that cost nothing. After them each attempt must wait twice as long as the one before, and
 * `longestMs` at most. By user alone the wait stays short: whoever tries passwords of somebody from many addresses is
 * slowed down, and never keeps that somebody out.
 */
const limits: Readonly<Record<SignInCounter, { readonly free: number; readonly longestMs: number }>> = {
  'user-at-address': { free: 5, longestMs: 300_000 },
  address: { free: 20, longestMs: 300_000 },
  user: { free: 20, longestMs: 5_000 },
};

/** So many failures cost nothing; after them each attempt waits. */
export function freeFailures(counter: SignInCounter): number {
  return limits[counter].free;
}

/** Milliseconds until the next attempt is looked at; 0: at once. */
export function signInDelayMs(counter: SignInCounter, seen: SignInFailures | null, nowMs: number): number {
  if (seen === null) return 0;
  const since = nowMs - seen.lastAtMs;
  const { free, longestMs } = limits[counter];
  if (since >= signInMemoryMs || seen.failures < free) return 0;
  const delayMs = Math.min(firstDelayMs * 2 ** (seen.failures - free), longestMs);
  // A clock that was set back must not make anybody wait longer than the delay.
  return Math.min(Math.max(delayMs - since, 0), delayMs);
}
