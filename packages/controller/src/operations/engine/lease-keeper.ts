import { randomUUID } from 'node:crypto';
import { type Lease, LeaseLost } from '../../store/database/lock-store.ts';
import type { OperationStore } from '../../store/operations/operation-store.ts';

/**
 * A lease as its owner knows it. Its own, monotonic clock decides here: it is counted from before the database was
 * asked, so that it ends here before it can end there, also when the process was stopped meanwhile or the database is
 * away.
 */
export class KeptLease {
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

/** The share of a lease that its owner counts on: what it has begun is given up before another may take over. */
const countedOn = 0.8;

/** Takes leases for one run of a controller, and renews them. */
export class LeaseKeeper {
  /** Names this run: after a restart it is another one, whose predecessor's leases are not its own. */
  readonly controllerId: string = randomUUID();
  readonly leaseMs: number;
  readonly #operations: OperationStore;
  readonly #held = new Map<string, KeptLease>();

  constructor(operations: OperationStore, leaseMs: number) {
    this.#operations = operations;
    this.leaseMs = leaseMs;
  }

  /** How many this controller has. */
  get heldCount(): number {
    return this.#held.size;
  }

  /** A lease of an operation; null when it is another controller's, or closed. */
  async take(operationId: string): Promise<KeptLease | null> {
    const validUntil = this.#validFromNow();
    const lease = await this.#operations.take(operationId, this.controllerId, this.leaseMs);
    if (lease === null) return null;
    const held = new KeptLease(lease, validUntil);
    this.#held.get(operationId)?.lose();
    this.#held.set(operationId, held);
    return held;
  }

  /** Renews all of them; those that are not this controller's any more are lost. To be called well within a lease. */
  async renew(): Promise<void> {
    // One that is taken while the database is asked is not in its answer, and not lost for that.
    const before = [...this.#held];
    if (before.length === 0) return;
    const validUntil = this.#validFromNow();
    const renewed = await this.#operations.renew(this.controllerId, this.leaseMs);
    for (const [operationId, held] of before) {
      if (renewed.get(operationId) === held.lease.fence) held.extend(validUntil);
      else held.lose();
    }
  }

  /** Gives one free, at once: whoever works under it has ended. */
  async release(held: KeptLease): Promise<void> {
    this.#forget(held);
    if (!held.isLost) await this.#operations.release(held.lease);
  }

  /** Keeps nothing of one whose operation is over, or somebody else's. */
  drop(held: KeptLease): void {
    this.#forget(held);
  }

  /** Gives all free. */
  async releaseAll(): Promise<void> {
    await Promise.all([...this.#held.values()].map((held) => this.release(held)));
  }

  #forget(held: KeptLease): void {
    held.end();
    if (this.#held.get(held.lease.operationId) === held) this.#held.delete(held.lease.operationId);
  }

  #validFromNow(): number {
    return performance.now() + this.leaseMs * countedOn;
  }
}
