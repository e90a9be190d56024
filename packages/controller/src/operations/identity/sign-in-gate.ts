import {
  countedAddress,
  freeFailures,
  knownAddressMs,
  signInDelayMs,
  type SignInFailures,
  signInMemoryMs,
  type User,
} from '@ferry/model';
import type { Logger } from 'pino';
import type { Store } from '../../store/store.ts';
import { KeyedLock } from '../engine/keyed-lock.ts';
import { TooManyAttempts } from '../engine/refusal.ts';

/** No user has a longer name, in UTF-16. */
const longestName = 255;

/** Who tries to come in from where. */
export interface Attempt {
  /** What the request names: a user or an application credential, whether there is one or not. */
  readonly name: string;
  /** The user that it is of; null where there is none, and nothing of it is written down. */
  readonly user: Pick<User, 'id' | 'name'> | null;
  /** Of the other side of the connection; `local` on the controller's own socket. */
  readonly address: string;
}

/** Attempts of one address that wait for their turn; more are sent away at once. */
const maxInTurn = 100;
const sentAwayMs = 1_000;
/** Failures that are remembered, over all names and addresses. */
const maxRemembered = 100_000;
/** So many attempts apart it is looked whether there are more. */
const attemptsApart = 500;

/**
 * Stands before every look at a password or secret. One attempt at a time for each user and from each address, and each
 * is counted as failed before it is looked at: else a thousand at once would all be let through before the first had
 * failed.
 */
export class SignInGate {
  readonly #store: Store;
  readonly #log: Logger;
  readonly #turns = new KeyedLock();
  readonly #withLock = new Map<string, number>();
  #attempts = 0;

  constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  /** Lets the attempt be looked at; null of `look` counts as a failure. Throws TooManyAttempts without looking. */
  async pass<T>(attempt: Attempt, look: () => Promise<T | null>): Promise<T | null> {
    const keys = keysOf(attempt);
    const waiting = this.#withLock.get(keys.address) ?? 0;
    if (waiting >= maxInTurn) throw new TooManyAttempts(sentAwayMs);
    this.#withLock.set(keys.address, waiting + 1);
    try {
      // The address first: who waits for its turn there keeps nobody else from trying for the user.
      return await this.#turns.with(keys.address, () =>
        this.#turns.with(keys.user, () => this.#look(attempt, keys, look)),
      );
    } finally {
      const left = (this.#withLock.get(keys.address) ?? 1) - 1;
      if (left === 0) this.#withLock.delete(keys.address);
      else this.#withLock.set(keys.address, left);
    }
  }

  async #look<T>(attempt: Attempt, keys: Keys, look: () => Promise<T | null>): Promise<T | null> {
    const { signIns } = this.#store;
    await this.#forgetSome();
    // In the order in which they are taken back: transactions of other controllers are in nobody's way for long.
    const counted = [keys.address, keys.user, keys.pair];
    const { waitMs, before } = await signIns.count(
      { keys: [...counted, keys.known], counted, forgottenMs: signInMemoryMs },
      (seen) => this.#waitMs(keys, seen),
    );
    if (waitMs > 0) throw new TooManyAttempts(waitMs);
    let found: T | null;
    try {
      found = await look();
    } catch (error) {
      // Nobody has learnt whether it was right.
      await signIns.takeBack(counted, before);
      throw error;
    }
    if (found === null) {
      this.#log.warn({ name: attempt.name, address: attempt.address }, 'an attempt to sign in failed');
      // From then on they are slowed down; told once, until they are forgotten or somebody comes in.
      if (failuresBefore(before, keys.pair) + 1 === freeFailures('user-at-address'))
        await this.#audit(attempt, 'failed');
    } else {
      const come = { counted: [keys.address, keys.user], before };
      await signIns.succeeded({ ...come, failuresKey: keys.pair, knownKey: keys.known });
      // Programs come in anew all the time; who comes from where is told once a day.
      const last = before.get(keys.known)?.lastAtMs ?? 0;
      if (dayOf(last) !== dayOf(Date.parse(this.#store.now()))) await this.#audit(attempt, 'done');
    }
    return found;
  }

  async #audit({ user, address }: Attempt, result: 'done' | 'failed'): Promise<void> {
    if (user === null) return;
    const record = { userId: user.id, userName: user.name, projectId: null, address, requestId: '' };
    await this.#store.audit
      .record({ ...record, action: 'identity:sign-in', target: {}, result, status: null })
      .catch((error: unknown) => {
        this.#log.error({ err: error, record }, 'the audit log could not be written; this is what it lacks');
      });
  }

  #waitMs(keys: Keys, seen: ReadonlyMap<string, SignInFailures>): number {
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

  async #forgetSome(): Promise<void> {
    this.#attempts += 1;
    if (this.#attempts % attemptsApart === 0) await this.#store.signIns.keepNewest(maxRemembered);
  }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function failuresBefore(before: ReadonlyMap<string, SignInFailures>, key: string): number {
  return before.get(key)?.failures ?? 0;
}

type Keys = Readonly<Record<'pair' | 'address' | 'user' | 'known', string>>;

function keysOf(attempt: Attempt): Keys {
  const address = countedAddress(attempt.address);
  // A key of the database has its limits, a name that somebody sends has none.
  const name = attempt.name.slice(0, longestName);
  return {
    pair: `pair ${address} ${name}`,
    address: `address ${address}`,
    user: `user ${name}`,
    known: `known ${address} ${name}`,
  };
}
