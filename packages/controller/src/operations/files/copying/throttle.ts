import { setTimeout as sleep } from 'node:timers/promises';
import type { ImageChunk } from '@ferry/hypervisor';

/** A limit of bytes a second, shared by all that goes through it. Null: no limit. */
export class Throttle {
  readonly #bytesPerSecond: number | null;
  #dueAt = performance.now();

  constructor(bytesPerSecond: number | null) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Passes pieces on, none sooner than the limit allows; tells of each. */
  async *pass(
    chunks: AsyncIterable<ImageChunk>,
    signal: AbortSignal,
    see: (chunk: ImageChunk) => Promise<void> | void,
  ): AsyncGenerator<ImageChunk> {
    for await (const chunk of chunks) {
      const seen = see(chunk);
      if (seen !== undefined) await seen;
      if (this.#bytesPerSecond !== null && chunk.kind === 'data')
        await this.#wait(chunk.bytes.length, signal);
      yield chunk;
    }
  }

  async #wait(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#bytesPerSecond === null) return;
    const now = performance.now();
    // A wait that came late is made good, a longer pause is not.
    this.#dueAt = Math.max(this.#dueAt, now - 200) + (bytes / this.#bytesPerSecond) * 1000;
    if (this.#dueAt - now > 1) await sleep(this.#dueAt - now, undefined, { signal });
  }
}
