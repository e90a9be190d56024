import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

/** Something that is done again and again. */
export interface Repeated {
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
  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        await work();
      } catch (error) {
        log.error({ err: error }, `${name} failed; it is tried again`);
      }
      // Rejects when it is stopped, also when that was during the work.
      await sleep(intervalMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const running = loop();
  return {
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}
