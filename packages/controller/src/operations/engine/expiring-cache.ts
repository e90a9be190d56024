/** Answers that cost something to get and stay true for a while, by what was asked. */
export class ExpiringCache<T> {
  readonly #keptMs: number;
  readonly #nowMs: () => number;
  readonly #kept = new Map<string, { readonly answer: T; readonly untilMs: number }>();

  /** `nowMs`: a clock that never goes back. */
  constructor(keptMs: number, nowMs: () => number = () => performance.now()) {
    this.#keptMs = keptMs;
    this.#nowMs = nowMs;
  }

  /** The kept answer, or a new one. Null is no answer: it is asked again the next time. */
  async of(key: string, ask: () => Promise<T | null>): Promise<T | null> {
    for (const [old, { untilMs }] of this.#kept) if (untilMs <= this.#nowMs()) this.#kept.delete(old);
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept.answer;
    const answer = await ask();
    if (answer !== null) this.#kept.set(key, { answer, untilMs: this.#nowMs() + this.#keptMs });
    return answer;
  }
}
