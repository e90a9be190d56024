/** Deadline and cancellation of one call. Without a deadline the implementation's default (30 s) holds. */
export interface Call {
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number | undefined;
  /** Milliseconds that a stream may stand still while its host is waited for; 60,000 when not given. */
  readonly silenceMs?: number | undefined;
  /** Set: what this look has seen of a host's directories is not asked again for each file in them. */
  readonly look?: Look | undefined;
}

/**
 * One look at hosts, of a second or so, that asks each thing once. What it has seen is seen at one moment, as each answer of a
 * host is: who acts on it looks anew before, by a call without it.
 */
export class Look {
  readonly #seen = new Map<string, Promise<unknown>>();

  /** What `ask` gave first, also for those who ask while it is on its way. What failed is asked again. */
  once<T>(what: string, ask: () => Promise<T>): Promise<T> {
    const seen = this.#seen.get(what) as Promise<T> | undefined;
    if (seen !== undefined) return seen;
    const asked = ask();
    this.#seen.set(what, asked);
    asked.catch(() => this.#seen.delete(what));
    return asked;
  }
}
