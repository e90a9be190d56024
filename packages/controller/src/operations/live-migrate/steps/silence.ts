import type { TransferProgress } from '@ferry/model';
import { type MoveContext, sayPhase } from '../../shared/move-context.ts';

/**
 * Tells when nothing has gone from host to host for a while. The hypervisors wait then, for up to a quarter of an hour,
 * and so does Ferry: the guest runs on, and a link that comes back is used on. An abort is obeyed meanwhile.
 */
export class Silence {
  readonly #context: MoveContext;
  #bytes = -1;
  #since = performance.now();
  /** What was being done when it was told; null: nothing is told. */
  #phase: string | null = null;

  constructor(context: MoveContext) {
    this.#context = context;
  }

  /** It stands in the phase now: what else the phase may say has to wait. */
  get isTold(): boolean {
    return this.#phase !== null;
  }

  /** Null: the source had nothing to say of the job. */
  async heard(progress: TransferProgress | null): Promise<void> {
    const bytes = progress === null ? this.#bytes : progress.memoryBytes + progress.diskBytes;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#since = performance.now();
      if (this.#phase !== null) await sayPhase(this.#context, this.#phase);
      this.#phase = null;
    } else if (this.#phase === null) {
      await this.#tellWhenDue();
    }
  }

  async #tellWhenDue(): Promise<void> {
    const { input, services } = this.#context;
    if (performance.now() - this.#since < services.limits.silentMs) return;
    const migration = await services.store.migrations.byId(input.migrationId);
    this.#phase = migration?.phase ?? null;
    await sayPhase(
      this.#context,
      `waits: nothing has gone from ${input.source.name} to ${input.target.name} for ${services.limits.silentMs} ms; see to the link between them, or abort`,
    );
  }
}
