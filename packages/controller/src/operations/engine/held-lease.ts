import { type Lease, LeaseLost } from '../../store/database/lock-store.ts';

/**
 * A lease as its owner knows it. Its own, monotonic clock decides here: it is counted from before the database was
 * asked, so that it ends here before it can end there, also when the process was stopped meanwhile or the database is
 * away.
 */
export class HeldLease {
  readonly lease: Lease;
  readonly #controller = new AbortController();
  #validUntil: number;
  #timer: NodeJS.Timeout | null = null;

  /** `validUntil`: on the clock of `performance.now()`, milliseconds. */
  constructor(lease: Lease, validUntil: number) {
    this.lease = lease;
    this.#validUntil = validUntil;
    this.#watch();
  }

  /** Aborted once it is over, with LeaseLost as the reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isLost(): boolean {
    return this.signal.aborted;
  }

  /** Throws LeaseLost unless it is valid now: to be asked before each change in the world. */
  require(): void {
    if (performance.now() >= this.#validUntil) this.lose();
    this.signal.throwIfAborted();
  }

  /** It was renewed. One that was over stays over. */
  extend(validUntil: number): void {
    this.#validUntil = validUntil;
    if (!this.isLost) this.#watch();
  }

  /** It is over. */
  lose(): void {
    this.end();
    if (!this.isLost) this.#controller.abort(new LeaseLost(this.lease));
  }

  /** Nobody works under it any more. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #watch(): void {
    this.end();
    this.#timer = setTimeout(() => this.lose(), Math.max(0, this.#validUntil - performance.now()));
    this.#timer.unref();
  }
}
