import { vi } from 'vitest';

const realImmediate = setImmediate;

/**
 * Time that goes only when nothing is left to do at its present moment: timers fire one by one, in order, and all that
 * follows from one is done before the next. With a database in this process and hosts in memory, one schedule then
 * always goes the same way, hours of it in milliseconds.
 *
 * `node:timers/promises` has to be mocked by the test file, as `sleepOf` is.
 */
export class VirtualTime implements Disposable {
  readonly #startedAt: number;
  readonly #waiting: () => number;

  private constructor(waiting: () => number) {
    this.#waiting = waiting;
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
      now: Date.UTC(2026, 0, 1),
    });
    this.#startedAt = Date.now();
  }

  /** `waiting`: how many answers from outside of this process are still to come; time waits for them. */
  static begin(waiting: () => number = () => 0): VirtualTime {
    return new VirtualTime(waiting);
  }

  /** Milliseconds since it began. */
  get nowMs(): number {
    return Date.now() - this.#startedAt;
  }

  /** Does what is to be done now, and then goes from timer to timer until it is said to be over, at most so long. */
  async goOn(isOver: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
    const end = this.nowMs + limitMs;
    await this.#quiet();
    while (!(await isOver())) {
      if (this.nowMs >= end || vi.getTimerCount() === 0) return false;
      vi.advanceTimersToNextTimer();
      await this.#quiet();
    }
    return true;
  }

  /** The end of a promise that may need time to go on. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    promise.then(settle, settle);
    await this.goOn(() => settled, Number.POSITIVE_INFINITY);
    if (!settled) throw new Error('waits for something that no timer will bring');
    return promise;
  }

  /** Until no promise is left that goes on by itself. */
  async #quiet(): Promise<void> {
    do await new Promise((resolve) => realImmediate(resolve));
    while (this.#waiting() > 0);
  }

  [Symbol.dispose](): void {
    vi.clearAllTimers();
    vi.useRealTimers();
  }
}

/** Stands for `node:timers/promises`: its waits are those of the timers of the moment. */
export const timersPromises = {
  setTimeout: <T>(ms?: number, value?: T, options: { signal?: AbortSignal } = {}): Promise<T> => {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const giveUp = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', giveUp);
        resolve(value as T);
      }, ms);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  },
};
