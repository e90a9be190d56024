import type { Duplex } from 'node:stream';
import type { SecurityLayer } from './security-layer.ts';

/** Writes to a socket and lets those who have much to write wait until it can take more. */
export class SocketWriter {
  readonly #socket: Duplex;
  #layer: SecurityLayer | null = null;
  #corked = false;
  readonly #waiting = new Set<{ resolve: () => void; reject: (error: Error) => void }>();

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on('drain', () => {
      for (const writer of this.#waiting) writer.resolve();
      this.#waiting.clear();
    });
  }

  /** What is written from now on goes through a layer. */
  protect(layer: SecurityLayer): void {
    this.#layer = layer;
  }

  /** Writes without waiting, together with whatever else is posted in this turn of the event loop: for small frames. */
  post(frame: Buffer): void {
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.#socket.uncork();
      });
    }
    this.#write(frame);
  }

  /**
   * As `post`, but only while the socket takes more: for answers that a peer who does not read must not pile up here.
   * Says whether it was written.
   */
  postUnlessFull(frame: Buffer): boolean {
    const full = this.#socket.writableNeedDrain;
    if (!full) this.post(frame);
    return !full;
  }

  /** Writes and waits while the socket is full; rejects when the connection ends meanwhile. */
  async send(frame: Buffer): Promise<void> {
    if (this.#write(frame)) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiting.add({ resolve, reject });
    });
  }

  /** Ends the wait of all writers with an error. */
  fail(error: Error): void {
    for (const writer of this.#waiting) writer.reject(error);
    this.#waiting.clear();
  }

  #write(frame: Buffer): boolean {
    return this.#socket.write(this.#layer === null ? frame : this.#layer.wrap(frame));
  }
}
