import type { Socket } from 'node:net';

/** Writes to a socket and lets those who have much to write wait until it can take more. */
export class SocketWriter {
  readonly #socket: Socket;
  readonly #waiting = new Set<{ resolve: () => void; reject: (error: Error) => void }>();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('drain', () => {
      for (const writer of this.#waiting) writer.resolve();
      this.#waiting.clear();
    });
  }

  /** Writes at once, whatever waits already: for frames that are small or few. */
  post(frame: Buffer): void {
    this.#socket.write(frame);
  }

  /** Writes and waits while the socket is full; rejects when the connection ends meanwhile. */
  async send(frame: Buffer): Promise<void> {
    if (this.#socket.write(frame)) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiting.add({ resolve, reject });
    });
  }

  /** Ends the wait of all writers with an error. */
  fail(error: Error): void {
    for (const writer of this.#waiting) writer.reject(error);
    this.#waiting.clear();
  }
}
