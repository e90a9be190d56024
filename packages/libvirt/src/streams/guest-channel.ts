import { ClientError } from '../errors.ts';
import type { Connection } from '../rpc/connection.ts';
import { startDeadline } from '../rpc/call-options.ts';
import { MessageStatus, MessageType, maximumStreamPayloadBytes } from '../rpc/frame.ts';
import { abortFrame, finishFrame, type StreamId, streamHeader } from './stream-chunk.ts';
import type { StreamInbox } from './stream-inbox.ts';

const closeDeadlineMs = 5_000;

/**
 * A way into a guest that both sides write to: a console, or a channel of a program in it. What the guest writes is read
 * with `for await`, by one reader; leaving that loop leaves the channel open. While the reader is slow the whole
 * connection's socket is paused, so give a channel a connection of its own.
 */
export class GuestChannel implements AsyncIterable<Uint8Array>, AsyncDisposable {
  readonly #connection: Connection;
  readonly #stream: StreamId;
  readonly #inbox: StreamInbox;
  readonly #forgetSignal: () => void;
  #closing: Promise<void> | null = null;

  /**
   * Takes over a stream that is open: `openConsole` and `openChannel` are what make one. The signal aborts it.
   * @internal
   */
  constructor(connection: Connection, stream: StreamId, inbox: StreamInbox, signal: AbortSignal | undefined) {
    this.#connection = connection;
    this.#stream = stream;
    this.#inbox = inbox;
    const onAbort = (): void => this.#abort(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#forgetSignal = () => signal?.removeEventListener('abort', onAbort);
    if (signal?.aborted === true) onAbort();
  }

  /** What the guest writes, to the end of the channel, which the guest's own end is; throws LibvirtError when it breaks. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (let next = await this.#inbox.next(); next !== 'end'; next = await this.#inbox.next()) {
      if (next.kind === 'data') yield next.bytes;
    }
  }

  /** Writes to the guest; waits while the socket is full. Rejects when the channel is closed or has broken. */
  async write(bytes: Uint8Array): Promise<void> {
    const header = streamHeader(this.#stream, MessageType.stream, MessageStatus.more);
    for (let offset = 0; offset < bytes.length; offset += maximumStreamPayloadBytes) {
      if (this.#inbox.error !== null) throw this.#inbox.error;
      if (this.#closing !== null) throw closed();
      const piece = bytes.subarray(offset, offset + maximumStreamPayloadBytes);
      await this.#inbox.orError(this.#connection.sendRaw(header, piece));
    }
  }

  /** Closes the channel in good order; one that does not let itself be closed within 5 s is aborted. Never rejects. */
  async close(): Promise<void> {
    this.#closing ??= this.#finish();
    await this.#closing;
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #abort(cause: unknown): void {
    if (this.#closing !== null) return;
    this.#closing = Promise.resolve();
    if (!this.#inbox.settled) this.#connection.postRaw(abortFrame(this.#stream));
    this.#connection.endStream(this.#stream.serial);
    this.#inbox.giveUp(cause);
    this.#connection.resume(this.#inbox);
  }

  async #finish(): Promise<void> {
    this.#forgetSignal();
    const cancel = startDeadline(closeDeadlineMs, () => this.#inbox.fail(closed()));
    this.#inbox.finish();
    if (!this.#inbox.settled) this.#connection.postRaw(finishFrame(this.#stream));
    try {
      await this.#inbox.confirmed();
    } catch {
      // What it breaks with on the way out is nobody's concern any more.
      if (!this.#inbox.settled) this.#connection.postRaw(abortFrame(this.#stream));
    } finally {
      cancel();
      this.#connection.endStream(this.#stream.serial);
    }
  }
}

function closed(): ClientError {
  return new ClientError('aborted', 'the channel was closed by its owner', { mayHaveRun: false });
}
