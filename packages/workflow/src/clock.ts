import { setTimeout as sleepFor } from 'node:timers/promises';

/** Time as the runner needs it; tests bring their own. */
export interface Clock {
  now(): Date;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls back once after that time, unless the returned function is called before. */
  after(ms: number, call: () => void): () => void;
}

/** Node fires a timer longer than this at once; a transfer's deadline can be weeks. */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (ms, signal) => {
    for (let left = ms; left > 0; left -= longestTimerMs) {
      await sleepFor(Math.min(left, longestTimerMs), undefined, { signal });
    }
  },
  after: (ms, call) => {
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      const step = Math.min(left, longestTimerMs);
      timer = setTimeout(() => (left > step ? wait(left - step) : call()), step);
    };
    wait(ms);
    return () => clearTimeout(timer);
  },
};
