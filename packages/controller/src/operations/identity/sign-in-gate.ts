import { knownAddressMs, signInDelayMs, signInMemoryMs } from '@ferry/model';
import type { Logger } from 'pino';
import type { Store } from '../../store/store.ts';
import { KeyedLock } from '../shared/keyed-lock.ts';
import { TooManyAttempts } from '../shared/too-many-attempts.ts';

/** No user has a longer name, in UTF-16. */
const longestName = 255;

/** Who tries to come in from where. */
export interface Attempt {
  /** What the request names: a user or an application credential, whether there is one or not. */
  readonly name: string;
  /** Of the other side of the connection; `local` on the controller's own socket. */
  readonly address: string;
}

/**
 * Stands before every look at a password or secret. One attempt at a time from each address: else a thousand at once
 * would all be let through before the first had failed.
 */
export class SignInGate {
  readonly #store: Store;
  readonly #log: Logger;
  readonly #turns = new KeyedLock();

  constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  /** Lets the attempt be looked at; null of `look` counts as a failure. Throws TooManyAttempts without looking. */
  async pass<T>(attempt: Attempt, look: () => Promise<T | null>): Promise<T | null> {
    return this.#turns.with(attempt.address, async () => {
      const keys = keysOf(attempt);
      const waitMs = await this.#waitMs(keys);
      if (waitMs > 0) throw new TooManyAttempts(waitMs);
      const found = await look();
      if (found === null) {
        await this.#store.signIns.failed([keys.pair, keys.address, keys.user], signInMemoryMs);
        this.#log.warn({ ...attempt }, 'an attempt to sign in failed');
      } else {
        await this.#store.signIns.succeeded(keys.pair, keys.known);
      }
      return found;
    });
  }

  async #waitMs(keys: ReturnType<typeof keysOf>): Promise<number> {
    const seen = await this.#store.signIns.of(Object.values(keys));
    const nowMs = Date.parse(this.#store.now());
    const last = seen.get(keys.known)?.lastAtMs;
    // Who came in from here before is not held up by what others try from elsewhere.
    const known = last !== undefined && nowMs - last < knownAddressMs;
    return Math.max(
      signInDelayMs('user-at-address', seen.get(keys.pair) ?? null, nowMs),
      signInDelayMs('address', seen.get(keys.address) ?? null, nowMs),
      known ? 0 : signInDelayMs('user', seen.get(keys.user) ?? null, nowMs),
    );
  }
}

function keysOf(attempt: Attempt): Record<'pair' | 'address' | 'user' | 'known', string> {
  const { address } = attempt;
  // A key of the database has its limits, a name that somebody sends has none.
  const name = attempt.name.slice(0, longestName);
  return {
    pair: `pair ${address} ${name}`,
    address: `address ${address}`,
    user: `user ${name}`,
    known: `known ${address} ${name}`,
  };
}
