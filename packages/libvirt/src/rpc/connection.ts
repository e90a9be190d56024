import type { Socket } from 'node:net';
import { ClientError, LibvirtError } from '../errors.ts';
import { errorFields } from '../protocol/types.ts';
import { type ArgsOf, type ProcedureName, procedures, type ResultOf } from '../procedures/procedures.ts';
import type { Codec } from '../xdr/codec.ts';
import { XdrReader } from '../xdr/reader.ts';
import { XdrError } from '../xdr/xdr-error.ts';
import type { CallOptions } from './call-options.ts';
import { encodeFrame, type Frame, FrameAssembler, FrameError, MessageStatus, MessageType } from './frame.ts';
import { Keepalive, type KeepaliveOptions, keepaliveProgram } from './keepalive.ts';
import { PendingCalls } from './pending-calls.ts';

/** Life of a connection. `closed` is final: a new connection is opened in its place. */
export type ConnectionState =
  | { readonly kind: 'open' }
  | { readonly kind: 'closing' }
  | { readonly kind: 'closed'; readonly reason: ClientError };

/** What a stream wants to hear of its frames. */
export interface StreamReceiver {
  receive(frame: Frame): void;
  fail(error: Error): void;
}

/** Hears messages that nobody asked for: events. */
export type MessageListener = (frame: Frame) => void;

/** One connection to a libvirt daemon: many calls in flight, streams and events. */
export class Connection {
  readonly closed: Promise<ClientError>;
  readonly #socket: Socket;
  readonly #assembler = new FrameAssembler();
  readonly #pending = new PendingCalls();
  readonly #streams = new Map<number, StreamReceiver>();
  readonly #listeners = new Set<{ onMessage: MessageListener; onClose: (reason: ClientError) => void }>();
  readonly #keepalive: Keepalive;
  readonly #tellClosed: (reason: ClientError) => void;
  #state: ConnectionState = { kind: 'open' };

  /** Takes over a socket that is connected. `connect` is what opens the driver on it. */
  constructor(socket: Socket, keepalive: KeepaliveOptions) {
    const { promise, resolve } = Promise.withResolvers<ClientError>();
    this.closed = promise;
    this.#tellClosed = resolve;
    this.#socket = socket;
    this.#keepalive = new Keepalive(
      keepalive,
      (frame) => socket.write(frame),
      () => {
        const silentMs = keepalive.intervalMs * (keepalive.count + 1);
        this.#end(
          new ClientError('keepalive-timeout', `No sign of life for ${silentMs} ms`, { mayHaveRun: true }),
        );
      },
    );
    socket.on('data', (piece) => this.#receive(piece));
    socket.on('error', (cause) => this.#end(closedError(`The connection broke: ${cause.message}`, cause)));
    socket.on('close', () => this.#end(closedError('The daemon closed the connection')));
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get isOpen(): boolean {
    return this.#state.kind === 'open';
  }

  /** Calls one procedure. Rejects with LibvirtError when libvirt refuses, with ClientError for everything else. */
  async call<N extends ProcedureName>(
    name: N,
    args: ArgsOf<N>,
    options: CallOptions = {},
  ): Promise<ResultOf<N>> {
    return (await this.callForSerial(name, args, options)).result;
  }

  /** As `call`, with the serial number that a stream opened by it goes by. */
  async callForSerial<N extends ProcedureName>(
    name: N,
    args: ArgsOf<N>,
    options: CallOptions = {},
    stream?: StreamReceiver,
  ): Promise<{ serial: number; result: ResultOf<N> }> {
    this.#refuseUnlessOpen(name);
    if (options.signal?.aborted === true) {
      throw new ClientError('aborted', `${name} was given up before it was sent`, {
        mayHaveRun: false,
        cause: options.signal.reason,
      });
    }
    const { program, number, args: argsCodec, result: resultCodec } = procedures[name];
    const serial = this.#pending.nextSerial();
    const frame = encodeFrame(
      { ...program, procedure: number, type: MessageType.call, serial, status: MessageStatus.ok },
      (writer) => (argsCodec as Codec<unknown>).encode(writer, args),
    );
    if (frame === null)
      throw new ClientError('message-too-large', `${name}: the arguments are too large`, {
        mayHaveRun: false,
      });
    // A stream's first frames can come in the same piece of bytes as the reply: it listens from the start.
    if (stream !== undefined) this.#streams.set(serial, stream);
    const reply = this.#pending.wait(serial, name, options);
    this.#socket.write(frame);
    try {
      return { serial, result: this.#read(name, await reply, resultCodec as Codec<ResultOf<N>>) };
    } catch (error) {
      this.#streams.delete(serial);
      throw error;
    }
  }

  /** Sends a frame of a stream; resolves when the socket can take more. */
  sendRaw(frame: Buffer): Promise<void> {
    this.#refuseUnlessOpen('a stream');
    if (this.#socket.write(frame)) return Promise.resolve();
    return Promise.race([
      new Promise<void>((resolve) => {
        this.#socket.once('drain', resolve);
      }),
      this.closed.then((reason) => {
        throw reason;
      }),
    ]);
  }

  /** Forgets a stream; frames that still come for it are dropped. */
  endStream(serial: number): void {
    this.#streams.delete(serial);
  }

  /** Stops reading from the socket, for all calls and streams alike, until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Hears events until the returned function is called. */
  listen(onMessage: MessageListener, onClose: (reason: ClientError) => void): () => void {
    const listener = { onMessage, onClose };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Says goodbye and closes; calls in flight are rejected. Never throws. */
  async close(): Promise<void> {
    if (this.#state.kind === 'closed') return;
    if (this.#state.kind === 'open') {
      const goodbye = this.call('connectClose', {}, { deadlineMs: 2_000 }).catch(() => undefined);
      this.#state = { kind: 'closing' };
      await goodbye;
    }
    this.#end(closedError('The connection was closed by its owner'));
  }

  /** Ends the connection at once, without goodbye: what the daemon ties to it is given up. */
  destroy(): void {
    this.#end(closedError('The connection was ended by its owner'));
  }

  #receive(piece: Buffer): void {
    this.#keepalive.heard();
    try {
      for (const frame of this.#assembler.push(piece)) this.#dispatch(frame);
    } catch (cause) {
      if (!(cause instanceof FrameError || cause instanceof XdrError)) throw cause;
      this.#end(
        new ClientError('protocol-violation', `The daemon sent ${cause.message}`, {
          mayHaveRun: true,
          cause,
        }),
      );
    }
  }

  #dispatch(frame: Frame): void {
    const { program, type, serial } = frame.header;
    if (program === keepaliveProgram) {
      this.#keepalive.receive(frame);
      return;
    }
    switch (type) {
      case MessageType.reply:
        this.#pending.deliver(frame);
        return;
      case MessageType.stream:
      case MessageType.streamHole:
        this.#streams.get(serial)?.receive(frame);
        return;
      case MessageType.message:
        for (const listener of this.#listeners) listener.onMessage(frame);
        return;
      default:
        throw new FrameError(`a frame of the unknown type ${type}`);
    }
  }

  #read<R>(name: string, frame: Frame, codec: Codec<R>): R {
    const reader = new XdrReader(frame.payload);
    try {
      if (frame.header.status === MessageStatus.ok) {
        const result = codec.decode(reader);
        reader.end();
        return result;
      }
      throw libvirtErrorOf(name, reader);
    } catch (cause) {
      if (!(cause instanceof XdrError)) throw cause;
      const error = new ClientError('protocol-violation', `${name}: the reply has ${cause.message}`, {
        mayHaveRun: true,
        cause,
      });
      this.#end(error);
      throw error;
    }
  }

  #refuseUnlessOpen(what: string): void {
    if (this.#state.kind === 'open') return;
    const why = this.#state.kind === 'closed' ? this.#state.reason : undefined;
    const message = `${what}: the connection is ${this.#state.kind}${why === undefined ? '' : ` (${why.message})`}`;
    throw new ClientError('connection-closed', message, { mayHaveRun: false, cause: why });
  }

  #end(reason: ClientError): void {
    if (this.#state.kind === 'closed') return;
    this.#state = { kind: 'closed', reason };
    this.#keepalive.stop();
    this.#socket.destroy();
    this.#pending.rejectAll(reason);
    for (const stream of this.#streams.values()) stream.fail(reason);
    this.#streams.clear();
    for (const listener of this.#listeners) listener.onClose(reason);
    this.#listeners.clear();
    this.#tellClosed(reason);
  }
}

/** Reads the error that a reply or a stream frame carries. */
export function libvirtErrorOf(name: string, reader: XdrReader): LibvirtError {
  const fields = errorFields.decode(reader);
  return new LibvirtError(name, { ...fields, message: fields.message ?? `${name} failed without a message` });
}

function closedError(message: string, cause?: unknown): ClientError {
  return new ClientError('connection-closed', message, { mayHaveRun: true, cause });
}
