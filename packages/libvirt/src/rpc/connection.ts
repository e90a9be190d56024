import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { ClientError } from '../errors.ts';
import { type ArgsOf, type ProcedureName, procedures, type ResultOf } from '../procedures/procedures.ts';
import type { Codec } from '../xdr/codec.ts';
import { XdrError } from '../xdr/xdr-error.ts';
import type { CallOptions } from './call-options.ts';
import {
  encodeFrame,
  encodeStreamHeader,
  type Frame,
  FrameError,
  type FrameHeader,
  MessageStatus,
  MessageType,
  readReply,
} from './frame.ts';
import { FrameAssembler } from './frame-assembler.ts';
import { Keepalive, type KeepaliveOptions, keepaliveProgram } from './keepalive.ts';
import { PendingCalls } from './pending-calls.ts';
import { SocketWriter } from './socket-writer.ts';

/** Life of a connection. `closed` is final: a new connection is opened in its place. */
export type ConnectionState =
  | { readonly kind: 'open' }
  | { readonly kind: 'closing' }
  | { readonly kind: 'closed'; readonly reason: ClientError };

/** What a stream wants to hear of its frames. `receive` may throw XdrError or FrameError for a frame that cannot be. */
export interface StreamReceiver {
  receive(frame: Frame): void;
  fail(error: Error): void;
}

/** Hears messages that nobody asked for: events. */
export type MessageListener = (frame: Frame) => void;

const goodbyeDeadlineMs = 2_000;

/** One connection to a libvirt daemon: many calls in flight, streams and events. */
export class Connection {
  /** Resolves when the connection has ended, with why; never rejects. */
  readonly closed: Promise<ClientError>;
  readonly #socket: Duplex;
  readonly #writer: SocketWriter;
  readonly #keepalive: Keepalive;
  readonly #assembler = new FrameAssembler();
  readonly #pending = new PendingCalls();
  readonly #streams = new Map<number, StreamReceiver>();
  readonly #listeners = new Set<{ onMessage: MessageListener; onClose: (reason: ClientError) => void }>();
  readonly #pausedBy = new Set<unknown>();
  readonly #tellClosed: (reason: ClientError) => void;
  #state: ConnectionState = { kind: 'open' };
  #goodbye: Promise<void> | null = null;

  /** Takes over a socket that is connected. `connect` is what opens the driver on it. */
  constructor(socket: Duplex) {
    const { promise, resolve } = Promise.withResolvers<ClientError>();
    this.closed = promise;
    this.#tellClosed = resolve;
    this.#socket = socket;
    this.#writer = new SocketWriter(socket, { apart: socket instanceof TLSSocket });
    this.#keepalive = new Keepalive(
      (frame) => this.#writer.post(frame),
      (frame) => this.#writer.postUnlessFull(frame),
    );
    socket.on('data', (piece) => this.#receive(piece));
    socket.on('error', (cause) => this.#end(closedError(`The connection broke: ${cause.message}`, cause)));
    // Who says nothing more answers nothing more: a transport that stays half open for its own sake is closed by this.
    socket.on('end', () => socket.end());
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
    return this.#send(name, args, options).reply;
  }

  /**
   * As `call`, with the serial number that a stream opened by it goes by.
   * @internal
   */
  async callForSerial<N extends ProcedureName>(
    name: N,
    args: ArgsOf<N>,
    options: CallOptions = {},
    stream?: StreamReceiver,
  ): Promise<{ serial: number; result: ResultOf<N> }> {
    const { serial, reply } = this.#send(name, args, options, stream);
    try {
      return { serial, result: await reply };
    } catch (error) {
      this.#streams.delete(serial);
      throw error;
    }
  }

  #send<N extends ProcedureName>(
    name: N,
    args: ArgsOf<N>,
    options: CallOptions,
    stream?: StreamReceiver,
  ): { serial: number; reply: Promise<ResultOf<N>> } {
    this.#refuseUnlessOpen(name);
    refuseIfAborted(name, options.signal);
    const { program, number, args: argsCodec, result: resultCodec } = procedures[name];
    const serial = this.#pending.nextSerial();
    const header = {
      ...program,
      procedure: number,
      type: MessageType.call,
      serial,
      status: MessageStatus.ok,
    };
    const frame = encodeCall(name, header, argsCodec, args);
    // First of all, for it may throw. Nothing is sent, much less answered, before this turn of the event loop ends.
    this.#writer.post(frame);
    // A stream's first frames can come in the same piece of bytes as the reply: it listens from the start.
    if (stream !== undefined) this.#streams.set(serial, stream);
    const codec = resultCodec as Codec<ResultOf<N>>;
    const call = { serial, name, program, procedure: number };
    const reply = this.#pending.wait(call, options, (answer) => this.#read(name, answer, codec));
    return { serial, reply };
  }

  /**
   * Sends a frame of a stream, with a payload that is not copied: it must stay as it is until this resolves, which is
   * when the system has taken it.
   * @internal
   */
  async sendRaw(header: FrameHeader, payload: Uint8Array): Promise<void> {
    this.#refuseUnlessOpen('a stream');
    await this.#writer.send(encodeStreamHeader(header, payload.length), payload);
  }

  /**
   * Gives back the memory of a stream's bytes that nobody looks at any more.
   * @internal
   */
  recycle(bytes: Uint8Array): void {
    this.#assembler.recycle(bytes);
  }

  /**
   * Sends a stream's last frame without waiting; does nothing when the connection has ended.
   * @internal
   */
  postRaw(frame: Buffer): void {
    if (this.#state.kind !== 'closed') this.#writer.post(frame);
  }

  /**
   * Forgets a stream; frames that still come for it are dropped.
   * @internal
   */
  endStream(serial: number): void {
    this.#streams.delete(serial);
  }

  /**
   * Stops reading from the socket, for all calls and streams alike, until the same reader resumes.
   * @internal
   */
  pause(reader: object): void {
    this.#pausedBy.add(reader);
    this.#keepalive.setDeaf(true);
    this.#socket.pause();
  }

  /**
   * Reads on, once no other reader has paused.
   * @internal
   */
  resume(reader: object): void {
    if (!this.#pausedBy.delete(reader) || this.#pausedBy.size > 0) return;
    this.#keepalive.setDeaf(false);
    this.#socket.resume();
  }

  /** Hears events until the returned function is called. On a closed connection `onClose` is called at once. */
  listen(onMessage: MessageListener, onClose: (reason: ClientError) => void): () => void {
    if (this.#state.kind === 'closed') {
      onClose(this.#state.reason);
      return () => undefined;
    }
    const listener = { onMessage, onClose };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begins to ask the daemon for signs of life; without any the connection ends with `keepalive-timeout`. */
  startKeepalive(options: KeepaliveOptions): void {
    if (this.#state.kind === 'closed') return;
    this.#keepalive.start(options, (silentMs) => {
      this.#end(
        new ClientError('keepalive-timeout', `No sign of life for ${silentMs} ms`, { mayHaveRun: true }),
      );
    });
  }

  /** Says goodbye and closes; calls in flight are rejected. May be called again. Never throws. */
  async close(): Promise<void> {
    this.#goodbye ??= this.#sayGoodbye();
    await this.#goodbye;
  }

  /** Ends the connection at once, without goodbye: what the daemon ties to it is given up. */
  destroy(): void {
    this.#end(closedError('The connection was ended by its owner'));
  }

  async #sayGoodbye(): Promise<void> {
    if (this.#state.kind !== 'open') return;
    const goodbye = this.call('connectClose', {}, { deadlineMs: goodbyeDeadlineMs }).catch(() => undefined);
    this.#state = { kind: 'closing' };
    await goodbye;
    this.#end(closedError('The connection was closed by its owner'));
  }

  #receive(piece: Buffer): void {
    this.#keepalive.heard();
    try {
      for (const frame of this.#assembler.push(piece)) this.#dispatch(frame);
    } catch (cause) {
      if (!isViolation(cause)) throw cause;
      this.#end(violation(`The daemon sent ${cause.message}`, cause));
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
        this.#pending.requireIssued(serial);
        this.#streams.get(serial)?.receive(frame);
        return;
      case MessageType.message:
        for (const listener of this.#listeners) listener.onMessage(frame);
        return;
      case MessageType.call:
        throw new FrameError('a call, which only clients send');
    }
  }

  #read<R>(name: string, frame: Frame, codec: Codec<R>): R {
    try {
      return readReply(name, frame, codec);
    } catch (cause) {
      if (!(cause instanceof XdrError)) throw cause;
      const error = violation(`${name}: the reply has ${cause.message}`, cause);
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
    this.#writer.fail(reason);
    this.#pending.rejectAll(reason);
    for (const stream of this.#streams.values()) stream.fail(reason);
    this.#streams.clear();
    for (const listener of this.#listeners) listener.onClose(reason);
    this.#listeners.clear();
    this.#tellClosed(reason);
  }
}

function encodeCall(name: string, header: FrameHeader, codec: Codec<unknown>, args: unknown): Buffer {
  try {
    return encodeFrame(header, (writer) => codec.encode(writer, args));
  } catch (cause) {
    // A number out of range is Node's own RangeError.
    if (!(cause instanceof XdrError || cause instanceof RangeError || cause instanceof TypeError))
      throw cause;
    const message = `${name}: the arguments cannot be sent: ${cause.message}`;
    throw new ClientError('message-too-large', message, { mayHaveRun: false, cause });
  }
}

function refuseIfAborted(name: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const message = `${name} was given up before it was sent`;
  throw new ClientError('aborted', message, { mayHaveRun: false, cause: signal.reason });
}

function isViolation(cause: unknown): cause is Error {
  return cause instanceof FrameError || cause instanceof XdrError;
}

function violation(message: string, cause: Error): ClientError {
  return new ClientError('protocol-violation', message, { mayHaveRun: true, cause });
}

function closedError(message: string, cause?: unknown): ClientError {
  return new ClientError('connection-closed', message, { mayHaveRun: true, cause });
}
