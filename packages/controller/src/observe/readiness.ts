/** A part of a controller, and why it cannot do its work; null: it can. */
export interface PartState {
  readonly part: string;
  readonly reason: string | null;
}

/** Longest wait for a part. */
const partMs = 2_000;
/** Whoever asks more often is told the same: everybody may ask. */
const keptMs = 1_000;

/** Whether a controller can do its work, part by part. What a reason says may be read by everybody. */
export class Readiness {
  readonly #parts = new Map<string, () => Promise<string | null>>();
  readonly #failing = new Map<string, string>();
  #kept: { readonly at: number; readonly state: Promise<readonly PartState[]> } | null = null;

  /** `look`: why the part cannot do its work; it may throw, of which only that is told. */
  add(part: string, look: () => Promise<string | null>): void {
    this.#parts.set(part, look);
  }

  /** How a round ended that is done again and again. `at`: UTC ISO 8601. */
  round(name: string, isWell: boolean, at: string): void {
    if (isWell) this.#failing.delete(name);
    else if (!this.#failing.has(name)) this.#failing.set(name, at);
  }

  /** The state of all parts, by name. */
  state(): Promise<readonly PartState[]> {
    const now = performance.now();
    if (this.#kept === null || now - this.#kept.at > keptMs) this.#kept = { at: now, state: this.#look() };
    return this.#kept.state;
  }

  async #look(): Promise<readonly PartState[]> {
    const parts = [...this.#parts].map(async ([part, look]) => ({ part, reason: await inTime(look) }));
    const failing = [...this.#failing].map(([name, since]) => `${name} has failed since ${since}`);
    const rounds = {
      part: 'rounds',
      reason: failing.length === 0 ? null : `${failing.join('; ')}: see the log`,
    };
    return [...(await Promise.all(parts)), rounds].toSorted((a, b) => (a.part < b.part ? -1 : 1));
  }
}

async function inTime(look: () => Promise<string | null>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`it has not answered within ${partMs / 1000} s`), partMs);
  });
  const said = look().catch(() => 'it does not answer: see the log');
  return Promise.race([said, late]).finally(() => clearTimeout(timer));
}
