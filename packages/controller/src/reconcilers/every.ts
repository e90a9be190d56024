import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

/** Something that is done again and again. */
export interface Repeated {
  /** The next round begins now: after the one that runs, where one does. */
  wake(): void;
  stop(): Promise<void>;
}

/** Does work, waits, and does it again; one round at a time, and a round that fails is told and tried again. */
export function every(
  intervalMs: number,
  name: string,
  log: Logger,
  work: () => Promise<void> | void,
): Repeated {
  const stop = new AbortController();
  let pause = new AbortController();
  let isWoken = false;
  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      isWoken = false;
      try {
        await work();
      } catch (error) {
        log.error({ err: error }, `${name} failed; it is tried again`);
      }
      if (isWoken) continue;
      pause = new AbortController();
      // Rejects when it is stopped or woken, also when it was stopped during the work.
      const signal = AbortSignal.any([stop.signal, pause.signal]);
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
    }
  };
  const running = loop();
  return {
    wake: () => {
      isWoken = true;
      pause.abort();
    },
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}
