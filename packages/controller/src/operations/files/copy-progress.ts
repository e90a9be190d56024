import type { MoveContext } from '../context/move-context.ts';

/** Counts the bytes of copies and writes them down now and then, so that people see rate and time left. */
export class CopyProgress {
  readonly #context: MoveContext;
  readonly #totalBytes: number;
  readonly #round: number;
  readonly #startedAt = performance.now();
  #doneBytes = 0;
  /** Of those, what was there from an earlier try: no part of the rate. */
  #skippedBytes = 0;
  /** The first figures come after a while: a rate of the first few bytes means nothing. */
  #lastWrittenAt = performance.now();
  #writing: Promise<void> = Promise.resolve();

  /** The round, where there are several; they count from 1. */
  constructor(context: MoveContext, totalBytes: number, round = 0) {
    this.#context = context;
    this.#totalBytes = totalBytes;
    this.#round = round;
  }

  get bytes(): number {
    return this.#doneBytes;
  }

  /** Bytes that were copied, without those that needed no copying. */
  get movedBytes(): number {
    return this.#doneBytes - this.#skippedBytes;
  }

  add(bytes: number): void {
    if (bytes === 0) return;
    this.#doneBytes += bytes;
    const now = performance.now();
    if (now - this.#lastWrittenAt < this.#context.services.limits.pollMs) return;
    this.#lastWrittenAt = now;
    this.#writing = this.#writing
      .then(() => this.#write(now))
      .catch((error: unknown) => {
        this.#context.services.log.warn({ error }, 'progress could not be written');
      });
  }

  /** Bytes that need no copying. */
  skip(bytes: number): void {
    this.#skippedBytes += bytes;
    this.add(bytes);
  }

  /** The copies are done: their figures are not those of what comes next. */
  async settle(): Promise<void> {
    await this.#writing;
    await this.#context.services.store.migrations.setProgress(this.#context.input.migrationId, null);
  }

  async #write(now: number): Promise<void> {
    const elapsedMs = now - this.#startedAt;
    // An image that grew since it was looked at is not past its end.
    const totalBytes = Math.max(this.#totalBytes, this.#doneBytes);
    await this.#context.services.store.migrations.setProgress(this.#context.input.migrationId, {
      elapsedMs: Math.round(elapsedMs),
      totalBytes,
      doneBytes: this.#doneBytes,
      remainingBytes: totalBytes - this.#doneBytes,
      memoryBytes: 0,
      diskBytes: this.#doneBytes,
      rateBytesPerSecond: Math.round(((this.#doneBytes - this.#skippedBytes) / elapsedMs) * 1000),
      dirtyBytesPerSecond: null,
      iteration: this.#round,
      expectedDowntimeMs: null,
      downtimeMs: null,
    });
  }
}
