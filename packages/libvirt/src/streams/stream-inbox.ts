import { ClientError } from '../errors.ts';
import type { Connection, StreamReceiver } from '../rpc/connection.ts';
import { type Frame, FrameError, MessageStatus, MessageType, readError } from '../rpc/frame.ts';
import { XdrReader } from '../xdr/reader.ts';
import { XdrError } from '../xdr/xdr-error.ts';
import { Interruption, holeCodec, type StreamChunk } from './stream-chunk.ts';

const bufferedAtMost = 8 * 1024 * 1024;
/** What a frame takes beside its bytes, roughly: holes have none, yet must not pile up for nothing. */
const frameOverhead = 128;

/** Pieces of a stream that came and were not read yet; pauses the socket when there are too many. */
export class StreamInbox implements StreamReceiver {
  readonly #connection: Connection;
  readonly #procedure: string;
  readonly #items = new Queue<StreamChunk | 'end'>();
  #bytes = 0;
  readonly #interruption = new Interruption();
  #givenUp = false;
  #finishing = false;
  #settled = false;
  /** A reader, and somebody who closes the stream meanwhile. */
  #waiting: (() => void)[] = [];

  /** `procedure` is the one that opened the stream, for errors. */
  constructor(connection: Connection, procedure: string) {
    this.#connection = connection;
    this.#procedure = procedure;
  }

  /** The daemon has nothing more to say: it refused or confirmed. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Why nothing more can be read or written; null while it can. */
  get error(): Error | null {
    return this.#interruption.error;
  }

  receive(frame: Frame): void {
    const { status } = frame.header;
    if (status === MessageStatus.error) {
      this.#settled = true;
      this.fail(readError(this.#procedure, frame));
      return;
    }
    if (status === MessageStatus.ok) {
      if (!this.#finishing) throw new FrameError('a confirmation before the end of a stream');
      this.#settled = true;
      this.#wake();
      return;
    }
    const item = itemOf(frame);
    // Until the reader comes back and is told, the daemon sends on.
    if (this.#givenUp || this.#finishing) return;
    this.#items.push(item);
    this.#bytes += sizeOf(item);
    if (this.#bytes > bufferedAtMost) this.#connection.pause(this);
    this.#wake();
  }

  /** Bytes that were read and are not looked at any more: their memory takes the next ones. */
  recycle(chunk: StreamChunk): void {
    if (chunk.kind === 'data') this.#connection.recycle(chunk.bytes);
  }

  /** What came before the error is still read. */
  fail(error: Error): void {
    this.#interruption.interrupt(error);
    this.#wake();
  }

  /** What came is of no use any more. */
  giveUp(cause: unknown): void {
    this.#givenUp = true;
    this.#drop();
    const message = `the stream of ${this.#procedure} was given up`;
    this.fail(new ClientError('aborted', message, { mayHaveRun: true, cause }));
  }

  /** The next piece, or that there are no more. Throws once all that came before an error was read. */
  async next(): Promise<StreamChunk | 'end'> {
    for (;;) {
      const item = this.#items.take();
      if (item !== undefined) {
        this.#bytes -= sizeOf(item);
        if (this.#bytes < bufferedAtMost / 2) this.#connection.resume(this);
        return item;
      }
      if (this.error !== null) throw this.error;
      if (this.#finishing) return 'end';
      await this.#change();
    }
  }

  /** Waits for something, but not beyond the error that ends the stream. */
  orError<T>(awaited: Promise<T>): Promise<T> {
    return this.#interruption.orError(awaited);
  }

  /** From now on the daemon is to confirm, and what else comes is of no use; to be called before it is asked. */
  finish(): void {
    this.#finishing = true;
    this.#drop();
    this.#connection.resume(this);
    this.#wake();
  }

  /** Waits for the daemon's last word, which may still be an error. */
  async confirmed(): Promise<void> {
    while (!this.#settled && this.error === null) await this.#change();
    if (this.error !== null) throw this.error;
  }

  #drop(): void {
    this.#items.clear();
    this.#bytes = 0;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

function itemOf(frame: Frame): StreamChunk | 'end' {
  if (frame.header.type !== MessageType.streamHole) {
    return frame.payload.length === 0 ? 'end' : { kind: 'data', bytes: frame.payload };
  }
  const { length } = holeCodec.decode(new XdrReader(frame.payload));
  if (length < 0n || length > Number.MAX_SAFE_INTEGER) throw new XdrError(`a hole of ${length} bytes`);
  return { kind: 'hole', lengthBytes: Number(length) };
}

function sizeOf(item: StreamChunk | 'end'): number {
  return frameOverhead + (item !== 'end' && item.kind === 'data' ? item.bytes.length : 0);
}

/** First in, first out. Unlike `shift` of a long array, taking costs no more when much is in it. */
export class Queue<T> {
  #items: T[] = [];
  /** Those before it were taken. */
  #first = 0;

  push(item: T): void {
    this.#items.push(item);
  }

  /** The oldest; undefined when there is none. */
  take(): T | undefined {
    if (this.#first === this.#items.length) return undefined;
    const item = this.#items[this.#first];
    this.#first += 1;
    // What was taken is let go once it is half of all: each item is moved about once, and twice as many are held at most.
    if (this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#first = 0;
  }
}
