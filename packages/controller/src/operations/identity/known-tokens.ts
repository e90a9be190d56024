/** How long an answer is used again: another controller's revocation is heeded after so long at the latest. */
const keptMs = 2_000;
const maxKept = 10_000;

/** What tokens stand for, asked of the database once in a while: a client asks with the same token again and again. */
export class KnownTokens<Facts> {
  readonly #read: (token: string) => Promise<Facts | null>;
  readonly #isGood: (facts: Facts) => boolean;
  readonly #kept = new Map<string, { readonly facts: Facts; readonly until: number }>();
  #changes = 0;

  /** `isGood`: whether what was read before is so still, as far as that is told without the database: it may have expired. */
  constructor(
    read: (token: string) => Promise<Facts | null>,
    isGood: (facts: Facts) => boolean = () => true,
  ) {
    this.#read = read;
    this.#isGood = isGood;
  }

  async read(token: string): Promise<Facts | null> {
    const kept = this.#kept.get(token);
    if (kept !== undefined && kept.until > performance.now())
      return this.#isGood(kept.facts) ? kept.facts : null;
    const changes = this.#changes;
    const facts = await this.#read(token);
    this.#kept.delete(token);
    // Something may have been revoked while it was read.
    if (facts === null || changes !== this.#changes) return facts;
    if (this.#kept.size >= maxKept) this.#kept.clear();
    this.#kept.set(token, { facts, until: performance.now() + keptMs });
    return facts;
  }

  /** Whatever of users, projects, roles or tokens has changed: nothing kept counts any more. */
  forget(): void {
    this.#changes += 1;
    this.#kept.clear();
  }
}
