import type { Logger } from 'pino';

/** One part of a controller that is stopped before the next one is. */
export interface StoppedPart {
  /** What is waited for, as an operator would call it. */
  readonly what: string;
  /** How many of it are left; null: that is not counted. */
  readonly left?: () => number | Promise<number>;
  stop(): Promise<unknown>;
}

/** A part that takes longer is told, again and again. */
const patienceMs = 2_000;

/** Stops one part after the other; what holds the stop is named, with how many of it there are. */
export async function stopInOrder(parts: readonly StoppedPart[], log: Pick<Logger, 'info'>): Promise<void> {
  for (const part of parts) {
    const began = performance.now();
    const tell = async (): Promise<void> => {
      const left = (await part.left?.()) ?? null;
      const waitedMs = Math.round(performance.now() - began);
      log.info({ waitsFor: part.what, left, waitedMs }, `the stop waits for ${part.what}`);
    };
    const timer = setInterval(() => void tell(), patienceMs);
    try {
      await part.stop();
    } finally {
      clearInterval(timer);
    }
  }
}
