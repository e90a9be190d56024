import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArgsOf, type ProcedureName, procedures, type ResultOf } from '../procedures/procedures.ts';
import { errorFields } from '../protocol/types.ts';
import type { Codec, Infer } from '../xdr/codec.ts';
import { XdrReader } from '../xdr/reader.ts';
import {
  encodeFrame,
  encodeStreamFrame,
  type Frame,
  type FrameHeader,
  MessageStatus,
  MessageType,
} from './frame.ts';
import { FrameAssembler } from './frame-assembler.ts';

type Script = (peer: FakePeer, frame: Frame) => void;

/** A daemon on a unix socket that answers opening and closing by itself and leaves all else to the test's script. */
export class FakeDaemon implements AsyncDisposable {
  readonly uri: string;
  readonly peers: FakePeer[] = [];
  /** What it answers when asked for authentications (REMOTE_AUTH_*). */
  authentications: number[] = [0];
  readonly #server: Server;
  readonly #folder: string;

  private constructor(server: Server, folder: string) {
    this.#server = server;
    this.#folder = folder;
    this.uri = `test+unix:///default?socket=${join(folder, 'sock')}`;
  }

  static async start(script: Script = () => undefined): Promise<FakeDaemon> {
    const folder = mkdtempSync(join(tmpdir(), 'ferry-libvirt-'));
    const server = createServer();
    const daemon = new FakeDaemon(server, folder);
    server.on('connection', (socket) => daemon.peers.push(new FakePeer(socket, script, daemon)));
    server.listen(join(folder, 'sock'));
    await once(server, 'listening');
    return daemon;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.peers) peer.socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The daemon's end of one connection. */
export class FakePeer {
  readonly socket: Socket;
  /** Everything that came, in order. */
  readonly frames: Frame[] = [];
  readonly #assembler = new FrameAssembler();
  readonly #script: Script;
  readonly #daemon: FakeDaemon;
  #waiting: (() => void)[] = [];

  constructor(socket: Socket, script: Script, daemon: FakeDaemon) {
    this.socket = socket;
    this.#daemon = daemon;
    this.#script = script;
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      for (const frame of this.#assembler.push(piece)) this.#take(frame);
    });
  }

  /** Waits for a frame that came or will come. */
  async until(matches: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find((frame) => matches(frame));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /** Waits for a call. */
  called(name: ProcedureName): Promise<Frame> {
    return this.until((frame) => isCall(frame, name));
  }

  reply<N extends ProcedureName>(name: N, call: Frame, result: ResultOf<N>): void {
    const codec = procedures[name].result as Codec<unknown>;
    const header = { ...call.header, type: MessageType.reply };
    this.send(encodeFrame(header, (writer) => codec.encode(writer, result)));
  }

  refuse(frame: Frame, type: FrameHeader['type'], fields: Partial<Infer<typeof errorFields>>): void {
    const header = { ...frame.header, type, status: MessageStatus.error };
    const none = { dom: null, str1: null, str2: null, str3: null, int1: 0, int2: 0, net: null };
    const error = { code: 1, domain: 0, message: 'no', level: 2, ...none, ...fields };
    this.send(encodeFrame(header, (writer) => errorFields.encode(writer, error)));
  }

  /** A frame of the stream that a call opened. */
  stream(call: Frame, status: FrameHeader['status'], payload: Uint8Array): void {
    this.send(encodeStreamFrame({ ...call.header, type: MessageType.stream, status }, payload));
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  #take(frame: Frame): void {
    this.frames.push(frame);
    if (isCall(frame, 'authList')) {
      this.reply('authList', frame, { types: this.#daemon.authentications });
    } else if (isCall(frame, 'connectOpen')) this.reply('connectOpen', frame, undefined);
    else if (isCall(frame, 'connectClose')) this.reply('connectClose', frame, undefined);
    else if (isCall(frame, 'connectSupportsFeature')) {
      this.reply('connectSupportsFeature', frame, { supported: true });
    } else this.#script(this, frame);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

export function isCall(frame: Frame, name: ProcedureName): boolean {
  const { program, procedure, type } = frame.header;
  const { program: wanted, number } = procedures[name];
  return type === MessageType.call && program === wanted.program && procedure === number;
}

export function argsOf<N extends ProcedureName>(name: N, call: Frame): ArgsOf<N> {
  return (procedures[name].args as Codec<ArgsOf<N>>).decode(new XdrReader(call.payload));
}
