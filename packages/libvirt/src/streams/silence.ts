import { ClientError } from '../errors.ts';
import { startDeadline } from '../rpc/call-options.ts';

/**
 * Counts how long a daemon says nothing that is waited for: it may answer keepalives, and never send what it was asked for. Time in
 * which nobody waits for it does not count.
 */
export class Silence {
  readonly #limitMs: number;
  readonly #what: string;
  readonly #onEnd: (error: ClientError) => void;
  #stop: (() => void) | null = null;

  /** `what` it is that does not come, for the error; milliseconds, `Infinity` for as long as it likes. */
  constructor(limitMs: number, what: string, onEnd: (error: ClientError) => void) {
    this.#limitMs = limitMs;
    this.#what = what;
    this.#onEnd = onEnd;
  }

  /** It is waited for, from now on or since before. */
  begin(): void {
    this.#stop ??= startDeadline(this.#limitMs, () => {
      const message = `the daemon has ${this.#what} for ${this.#limitMs / 1000} s`;
      this.#onEnd(new ClientError('deadline-exceeded', message, { mayHaveRun: true }));
    });
  }

  /** Something came, or nothing is waited for any more. */
  end(): void {
    this.#stop?.();
    this.#stop = null;
  }
}
