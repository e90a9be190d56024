import type { Clock } from '../clock.ts';

/** A clock for tests: sleeps are over at once and remembered; deadlines pass only by `passDeadlines`. */
export class ManualClock implements Clock {
  readonly slept: number[] = [];
  readonly #waiting = new Set<{ readonly ms: number; readonly call: () => void }>();
  #now = Date.UTC(2026, 0, 1);

  now(): Date {
    return new Date(this.#now);
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.slept.push(ms);
    this.#now += ms;
    return signal.aborted ? Promise.reject(new Error('the sleep was aborted')) : Promise.resolve();
  }

  after(ms: number, call: () => void): () => void {
    const waiter = { ms, call };
    this.#waiting.add(waiter);
    return () => this.#waiting.delete(waiter);
  }

  /** Lets all that waits now come due. */
  passDeadlines(): void {
    const due = [...this.#waiting];
    this.#waiting.clear();
    for (const waiter of due) {
      this.#now += waiter.ms;
      waiter.call();
    }
  }
}
