/** First in, first out. Unlike `shift` of a long array, taking costs no more when much is in it. */
export class Queue<T> {
  #items: T[] = [];
  /** Those before it were taken. */
  #first = 0;

  push(item: T): void {
    this.#items.push(item);
  }

  /** The oldest; undefined when there is none. */
  take(): T | undefined {
    if (this.#first === this.#items.length) return undefined;
    const item = this.#items[this.#first];
    this.#first += 1;
    // What was taken is let go once it is half of all: each item is moved about once, and twice as many are held at most.
    if (this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#first = 0;
  }
}
