/**
 * What attempts from an address are counted by: an IPv4 address itself, and of IPv6 the /64 that it is in, for who has one
 * address there has 2^64 of them (RFC 6177). What is no address is itself.
 */
export function countedAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (!address.includes(':')) return address;
  const [plain = ''] = address.split('%');
  const [head = '', tail] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - groupsOf(after)) }, () => '0');
  const groups = [...before, ...(tail === undefined ? [] : zeros), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** An IPv4 address at the end of one of IPv6 stands for two groups. */
function groupsOf(parts: readonly string[]): number {
  return parts.length + (parts.at(-1)?.includes('.') === true ? 1 : 0);
}

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
