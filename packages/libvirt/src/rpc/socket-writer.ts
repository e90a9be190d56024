import type { Duplex } from 'node:stream';
import type { SecurityLayer } from './security-layer.ts';

/** Writes to a socket and lets those who have much to write wait until it has taken that. */
export class SocketWriter {
  readonly #socket: Duplex;
  #layer: SecurityLayer | null = null;
  /** Frames that leave together at the end of this turn. */
  #posted: Buffer[] = [];
  readonly #waiting = new Set<{ reject: (error: Error) => void }>();

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** What is written from now on goes through a layer. */
  protect(layer: SecurityLayer): void {
    this.#layer = layer;
  }

  /** Writes without waiting, together with whatever else is posted in this turn of the event loop: for small frames. */
  post(frame: Buffer): void {
    const bytes = this.#wrap(frame);
    if (this.#posted.length === 0) process.nextTick(() => this.#flush());
    this.#posted.push(bytes);
  }

  /**
   * As `post`, but only while the socket takes more: for answers that a peer who does not read must not pile up here.
   * Says whether it was written.
   */
  postUnlessFull(frame: Buffer): boolean {
    this.#flush();
    const full = this.#socket.writableNeedDrain;
    if (!full) this.post(frame);
    return !full;
  }

  /**
   * Writes a frame in two parts and waits until the system has taken both: the second is not copied. Rejects when the
   * connection ends meanwhile.
   */
  async send(header: Buffer, payload: Uint8Array): Promise<void> {
    this.#flush();
    await new Promise<void>((resolve, reject) => {
      const writer = { reject };
      this.#waiting.add(writer);
      // An error of the socket ends the connection, and with it all waits.
      const taken = (error?: Error | null): void => {
        if (error instanceof Error) return;
        this.#waiting.delete(writer);
        resolve();
      };
      if (this.#layer !== null) {
        this.#socket.write(this.#layer.wrap(Buffer.concat([header, payload])), taken);
        return;
      }
      this.#socket.cork();
      this.#socket.write(header);
      this.#socket.write(payload, taken);
      this.#socket.uncork();
    });
  }

  /** Ends the wait of all writers with an error. */
  fail(error: Error): void {
    for (const writer of this.#waiting) writer.reject(error);
    this.#waiting.clear();
  }

  /** One write for all of them: cheaper than several, and than the socket's own way of joining them. */
  #flush(): void {
    const [first, ...others] = this.#posted;
    if (first === undefined) return;
    const all = others.length === 0 ? first : Buffer.concat(this.#posted);
    this.#posted = [];
    this.#socket.write(all);
  }

  #wrap(frame: Buffer): Buffer {
    return this.#layer === null ? frame : this.#layer.wrap(frame);
  }
}
