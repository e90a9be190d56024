import type { Lab } from '@ferry/lab';

const pauseMs = 400;

/** Looks all the time whether a guest runs twice. */
export class RunWatch {
  readonly #lab: Lab;
  readonly #domain: string;
  readonly #stop = new AbortController();
  readonly #watching: Promise<void>;
  /** Where it was seen to run at once; null: never twice. */
  twice: string | null = null;

  constructor(lab: Lab, domain: string) {
    this.#lab = lab;
    this.#domain = domain;
    this.#watching = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      // Two looks: between those at the one host and at the other the guest may have gone across.
      if ((await this.#runsTwice()) && (await this.#runsTwice())) {
        this.twice ??= (await this.#lab.runners(this.#domain)).join(' and ');
      }
      await new Promise((resolve) => {
        setTimeout(resolve, pauseMs);
      });
    }
  }

  async #runsTwice(): Promise<boolean> {
    const seen = await this.#lab.runStates(this.#domain).catch(() => []);
    return seen.filter(({ state }) => state === 'running').length > 1;
  }
}
