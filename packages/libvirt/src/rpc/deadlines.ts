/** Node fires timers longer than this at once. */
const longestTimerMs = 2 ** 31 - 1;

interface Entry {
  /** By `performance.now()`. */
  readonly endsAt: number;
  readonly expire: () => void;
}

/**
 * Deadlines of many calls on one timer. A call that is answered in time, as nearly all are, costs no timer: the one there
 * is stays armed for the earliest deadline that was ever waited for and looks, when it fires, what is really due. It does
 * not keep the process running; the socket that the answers come from does.
 */
export class Deadlines {
  readonly #entries = new Set<Entry>();
  #timer: NodeJS.Timeout | undefined;
  #firesAt = Number.POSITIVE_INFINITY;

  /** Calls back after so many milliseconds, however many they are (`Infinity`: never). The result cancels it. */
  add(deadlineMs: number, expire: () => void): () => void {
    if (deadlineMs === Number.POSITIVE_INFINITY) return () => undefined;
    const entry = { endsAt: performance.now() + deadlineMs, expire };
    this.#entries.add(entry);
    if (entry.endsAt < this.#firesAt) this.#arm(entry.endsAt);
    return () => this.#entries.delete(entry);
  }

  /** Forgets all deadlines. */
  stop(): void {
    this.#entries.clear();
    clearTimeout(this.#timer);
    this.#firesAt = Number.POSITIVE_INFINITY;
  }

  #arm(endsAt: number): void {
    clearTimeout(this.#timer);
    this.#firesAt = endsAt;
    // Rounded up: a timer that fires before its time would find nothing due.
    const waitMs = Math.max(0, Math.ceil(endsAt - performance.now()));
    this.#timer = setTimeout(() => this.#fire(), Math.min(waitMs, longestTimerMs));
    this.#timer.unref();
  }

  #fire(): void {
    const now = performance.now();
    const due = [...this.#entries].filter(({ endsAt }) => endsAt <= now);
    for (const entry of due) this.#entries.delete(entry);
    this.#firesAt = Number.POSITIVE_INFINITY;
    const next = Math.min(...Array.from(this.#entries, ({ endsAt }) => endsAt));
    if (next !== Number.POSITIVE_INFINITY) this.#arm(next);
    for (const { expire } of due) expire();
  }
}
