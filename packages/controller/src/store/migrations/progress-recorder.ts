import type { TransferProgress } from '@ferry/model';
import type { Session } from '../database/session.ts';

/** Samples come twice a second; so often one is written, for other controllers and the next one here. */
const writeEveryMs = 5_000;
/** A sample that nothing followed for so long is somebody else's to tell: the migration may go on at another controller. */
const freshMs = 10_000;

interface Latest {
  readonly progress: TransferProgress | null;
  readonly atMs: number;
  readonly writtenMs: number;
}

/**
 * How far migrations are. The newest samples are kept in memory, for those who follow; a row of its own has one now and
 * then. No event tells of them: an event is a change of state.
 */
export class ProgressRecorder {
  readonly #latest = new Map<string, Latest>();

  /** Null: what is done now has no numbers (yet). Throws LeaseLost where a row is due and the operation was taken over. */
  async record(id: string, progress: TransferProgress | null, session: Session): Promise<void> {
    const atMs = performance.now();
    const before = this.#latest.get(id);
    const isDue = before === undefined || progress === null || atMs - before.writtenMs >= writeEveryMs;
    if (isDue) await this.#write(id, progress, session);
    this.#latest.set(id, { progress, atMs, writtenMs: isDue ? atMs : before.writtenMs });
  }

  /** The newest sample; undefined: none that is newer than what is written. */
  latest(id: string): TransferProgress | null | undefined {
    const latest = this.#latest.get(id);
    if (latest === undefined) return undefined;
    if (performance.now() - latest.atMs <= freshMs) return latest.progress;
    this.#latest.delete(id);
    return undefined;
  }

  /** Writes the last sample of one that ends, and keeps none in memory. */
  async end(id: string, session: Session): Promise<void> {
    const latest = this.#latest.get(id);
    if (latest !== undefined && latest.atMs !== latest.writtenMs)
      await this.#write(id, latest.progress, session);
    this.#latest.delete(id);
  }

  async #write(id: string, progress: TransferProgress | null, session: Session): Promise<void> {
    const text = JSON.stringify(progress);
    await session.write(async ({ tx }) => {
      await tx
        .insertInto('migration_progress')
        .values({ migration_id: id, progress: text })
        .onConflict((conflict) => conflict.column('migration_id').doUpdateSet({ progress: text }))
        .execute();
    });
  }
}
