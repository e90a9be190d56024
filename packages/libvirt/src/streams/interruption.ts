/** Ends waits with an error that comes from elsewhere: the daemon refuses while something is still being sent. */
export class Interruption {
  readonly #waiting = new Set<(error: Error) => void>();
  #error: Error | null = null;

  /** The first that came; null while none did. */
  get error(): Error | null {
    return this.#error;
  }

  /** Ends all waits, and those that begin later. Only the first error counts. */
  interrupt(error: Error): void {
    this.#error ??= error;
    for (const reject of this.#waiting) reject(this.#error);
    this.#waiting.clear();
  }

  /**
   * Waits for something, but not beyond an error. No Promise.race with one lasting promise: that would keep everything
   * that was ever waited for until the end.
   */
  orError<T>(awaited: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.add(reject);
      const settle = (): void => void this.#waiting.delete(reject);
      awaited.then(resolve, reject).then(settle, settle);
      if (this.#error !== null) this.interrupt(this.#error);
    });
  }
}
