/**
 * What was read from texts, kept by the text: whoever drains a host looks at all of its descriptions once a move, and hardly one
 * of them has changed. A reading is made of its text alone, so that it is never out of date; those that were asked for longest ago
 * go first.
 */
export class KeptReadings<T> {
  readonly #kept = new Map<string, T>();
  readonly #most: number;
  #characters = 0;

  /** `most`: characters of the texts that are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  /** What `read` makes of the text; what it throws is thrown, and not kept. */
  of(text: string, read: (text: string) => T): T {
    const known = this.#kept.get(text);
    if (known !== undefined) {
      // Asked for last: it stands at the end.
      this.#kept.delete(text);
      this.#kept.set(text, known);
      return known;
    }
    const made = read(text);
    this.#kept.set(text, made);
    this.#characters += text.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#characters <= this.#most) break;
      this.#kept.delete(oldest);
      this.#characters -= oldest.length;
    }
    return made;
  }

  get size(): number {
    return this.#kept.size;
  }
}
