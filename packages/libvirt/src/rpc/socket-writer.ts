import type { Duplex } from 'node:stream';

/** A frame that leaves alone, and who waits for it. */
interface Apart {
  readonly parts: readonly Uint8Array[];
  readonly taken: (error?: Error | null) => void;
}

/** Writes to a socket and lets those who have much to write wait until it has taken that. */
export class SocketWriter {
  readonly #socket: Duplex;
  /** Frames that leave together at the end of this turn. */
  #posted: Buffer[] = [];
  readonly #waiting = new Set<{ reject: (error: Error) => void }>();
  /** Frames that wait for the one before them; null where frames may leave together. */
  readonly #apart: Apart[] | null;
  #busy = false;

  /**
   * `apart`: each frame leaves alone. Over TLS it must: libvirtd waits for its socket, and does not look at what its TLS
   * library has decrypted already, so that a call behind another one in the same record lies there until something else
   * comes (virnetserverclient.c; seen with libvirt 9.0 and 11.3 as soon as more calls are in flight than it takes up).
   */
  constructor(socket: Duplex, { apart = false } = {}) {
    this.#socket = socket;
    this.#apart = apart ? [] : null;
  }

  /** Writes without waiting, together with whatever else is posted in this turn of the event loop: for small frames. */
  post(frame: Buffer): void {
    if (this.#posted.length === 0) process.nextTick(() => this.#flush());
    this.#posted.push(frame);
  }

  /**
   * As `post`, but only while the socket takes more: for answers that a peer who does not read must not pile up here.
   * Says whether it was written.
   */
  postUnlessFull(frame: Buffer): boolean {
    this.#flush();
    const full = this.#socket.writableNeedDrain || (this.#apart?.length ?? 0) > 0;
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
      this.#write([header, payload], taken);
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
    const frames = this.#posted;
    this.#posted = [];
    if (this.#apart !== null) for (const frame of frames) this.#write([frame], () => undefined);
    else this.#socket.write(others.length === 0 ? first : Buffer.concat(frames));
  }

  /** One frame, in parts that are not copied. */
  #write(parts: readonly Uint8Array[], taken: Apart['taken']): void {
    if (this.#apart === null) {
      this.#writeNow({ parts, taken });
      return;
    }
    this.#apart.push({ parts, taken });
    this.#next();
  }

  /** What the socket is given while it still writes it joins together: so it is given nothing then. */
  #next(): void {
    const frame = this.#busy ? undefined : this.#apart?.shift();
    if (frame === undefined) return;
    this.#busy = true;
    const taken = (error?: Error | null): void => {
      this.#busy = false;
      frame.taken(error);
      if (!(error instanceof Error)) this.#next();
    };
    this.#writeNow({ ...frame, taken });
  }

  #writeNow({ parts, taken }: Apart): void {
    this.#socket.cork();
    for (const [number, part] of parts.entries())
      this.#socket.write(part, number === parts.length - 1 ? taken : undefined);
    this.#socket.uncork();
  }
}
