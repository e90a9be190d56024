/** Answers that cost something to get and stay true for a while, by what was asked. */
export class ExpiringCache<T> {
  readonly #keptMs: number;
  readonly #nowMs: () => number;
  readonly #asked = new Map<string, Promise<T | null>>();
  readonly #kept = new Map<string, { readonly answer: T; readonly untilMs: number }>();

  /** `nowMs`: a clock that never goes back. */
  constructor(keptMs: number, nowMs: () => number = () => performance.now()) {
    this.#keptMs = keptMs;
    this.#nowMs = nowMs;
  }

  /**
   * The kept answer, or a new one. Null is no answer: it is asked again the next time. Who asks for what is being asked waits for
   * that answer, and asks for himself where there is none.
   */
  async of(key: string, ask: () => Promise<T | null>): Promise<T | null> {
    const kept = this.#known(key);
    if (kept !== undefined) return kept.answer;
    const asked = this.#asked.get(key);
    if (asked !== undefined) {
      const answer = await asked.catch(() => null);
      if (answer !== null) return answer;
    }
    const asking = ask();
    this.#asked.set(key, asking);
    try {
      const answer = await asking;
      if (answer !== null) this.#kept.set(key, { answer, untilMs: this.#nowMs() + this.#keptMs });
      return answer;
    } finally {
      if (this.#asked.get(key) === asking) this.#asked.delete(key);
    }
  }

  #known(key: string): { readonly answer: T } | undefined {
    for (const [old, { untilMs }] of this.#kept) if (untilMs <= this.#nowMs()) this.#kept.delete(old);
    return this.#kept.get(key);
  }
}
