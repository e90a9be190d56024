import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { LockStore } from '../../store/database/lock-store.ts';
import { KeyedLock, type Locks, type Turn } from './keyed-lock.ts';

const lookAgainMs = 200;
const renewalsEachLease = 6;

/**
 * One holder a key among all controllers of a database; within this one, in the order in which they came. The lock of a
 * controller that is gone ends with its lease. Its lease must be longer than that of operations by a renewal of these:
 * a controller without the database has then stopped their work before somebody else may have its locks.
 */
export class ControllerLocks implements Locks {
  readonly #store: LockStore;
  readonly #log: Logger;
  readonly #leaseMs: number;
  /** Put before keys, where different things go by the same ones. */
  readonly #what: string;
  readonly #here = new KeyedLock();

  constructor(store: LockStore, log: Logger, leaseMs: number, what: string) {
    this.#store = store;
    this.#log = log;
    this.#leaseMs = leaseMs;
    this.#what = what;
  }

  with<T>(key: string, work: () => Promise<T>, turn: Turn = {}): Promise<T> {
    return this.#here.with(key, () => this.#amongAll(`${this.#what} ${key}`, work, turn), turn);
  }

  async #amongAll<T>(key: string, work: () => Promise<T>, turn: Turn): Promise<T> {
    const token = randomUUID();
    await this.#take(key, token, turn);
    const renewing = setInterval(() => {
      this.#renew(key, token).catch((error: unknown) => {
        this.#log.warn({ err: error, lock: key }, 'a lock could not be renewed');
      });
    }, this.#leaseMs / renewalsEachLease);
    try {
      return await work();
    } finally {
      clearInterval(renewing);
      // One that cannot be given free now ends with its lease.
      await this.#store.release(key, token).catch((error: unknown) => {
        this.#log.warn({ err: error, lock: key }, 'a lock could not be given free');
      });
    }
  }

  async #take(key: string, token: string, turn: Turn): Promise<void> {
    let told: string | null = null;
    for (;;) {
      turn.signal?.throwIfAborted();
      const holder = await this.#store.take(key, token, turn.holder ?? 'another controller', this.#leaseMs);
      if (holder === null) return;
      // That the reason could not be told is no reason to wait no longer.
      if (holder !== told) turn.onWait?.(holder).catch(() => undefined);
      told = holder;
      await sleep(lookAgainMs, undefined, turn.signal === undefined ? {} : { signal: turn.signal });
    }
  }

  async #renew(key: string, token: string): Promise<void> {
    if (await this.#store.renew(key, token, this.#leaseMs)) return;
    this.#log.error({ lock: key }, "a lock is another controller's now: this one was too slow to renew it");
  }
}
