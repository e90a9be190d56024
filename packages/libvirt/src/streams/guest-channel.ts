import { ClientError } from '../errors.ts';
import { type ArgsOf, procedures } from '../procedures/procedures.ts';
import type { DomainRef } from '../protocol/types.ts';
import { type CallOptions, startDeadline } from '../rpc/call-options.ts';
import type { Connection } from '../rpc/connection.ts';
import { maximumStreamPayloadBytes, MessageStatus, MessageType } from '../rpc/frame.ts';
import { abortFrame, finishFrame, streamHeader, type StreamId } from './stream-chunk.ts';
import { StreamInbox } from './stream-inbox.ts';

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

/** Which device of the guest, and whether whoever has it open now loses it. */
export interface ChannelOptions extends CallOptions {
  /** A console's alias, such as `serial0`, or the name of a channel's target; the first when not given. */
  readonly device?: string;
  readonly force?: boolean;
}

/** VIR_DOMAIN_CONSOLE_FORCE and VIR_DOMAIN_CHANNEL_FORCE. */
const forceFlag = 1;

/** Opens a console of a guest that runs. The options' deadline is that of
 * opening, their signal aborts the channel. Rejects with LibvirtError, ClientError. */
export function openConsole(
  connection: Connection,
  dom: DomainRef,
  options: ChannelOptions = {},
): Promise<GuestChannel> {
  const { device: devName = null } = options;
  return open(connection, 'domainOpenConsole', { dom, devName, flags: flagsOf(options) }, options);
}

/** Opens a channel to a program in a guest, where its hypervisor has it as a unix socket of the host. */
export function openChannel(
  connection: Connection,
  dom: DomainRef,
  options: ChannelOptions = {},
): Promise<GuestChannel> {
  const { device: name = null } = options;
  return open(connection, 'domainOpenChannel', { dom, name, flags: flagsOf(options) }, options);
}

async function open<N extends 'domainOpenConsole' | 'domainOpenChannel'>(
  connection: Connection,
  name: N,
  args: ArgsOf<N>,
  options: CallOptions,
): Promise<GuestChannel> {
  const inbox = new StreamInbox(connection, name);
  const { serial } = await connection.callForSerial(name, args, options, inbox);
  return new GuestChannel(connection, { procedure: procedures[name].number, serial }, inbox, options.signal);
}

function flagsOf({ force = false }: ChannelOptions): number {
  return force ? forceFlag : 0;
}
