import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import type { Lie } from './lie.ts';

/**
 * A libvirtd that lies: stands before a real one and says something else than that does. Run in the network namespace of the
 * controller: `node lying-proxy.ts HOST PORT OWN-PORT FILE`; how it lies is in FILE (`Lie` as JSON), and without that file it says
 * the truth. Frames: RFC 4506 and libvirt's src/rpc/virnetprotocol.x.
 */
const [host = '', port = '', ownPort = '', lieFile = ''] = process.argv.slice(2);
const remoteProgram = 0x20_00_80_86;
const [reply, message, stream] = [1, 2, 3];
const [ok, more] = [0, 2];
const header = 28;
const maximumFrame = 33_554_432;
const lifecycleEvent = 318;

createServer((client) => {
  const server = connect(Number(port), host);
  let gone = false;
  const end = (): void => {
    gone = true;
    client.destroy();
    server.destroy();
  };
  for (const socket of [client, server]) socket.on('error', end).on('close', end);
  client.pipe(server);
  let held = Buffer.alloc(0);
  let mute = false;
  const turns = new Turns(client, end, () => gone);
  server.on('data', (piece: Buffer) => {
    held = Buffer.concat([held, piece]);
    while (held.length >= 4 && held.length >= held.readUInt32BE(0)) {
      const length = held.readUInt32BE(0);
      // Of a frame that never ends nothing comes behind it.
      const frame = held.subarray(0, length);
      if (!mute && !turns.takes(frame)) mute = pass(client, frame, () => gone) === 'never-ends';
      held = held.subarray(length);
    }
  });
}).listen(Number(ownPort), '127.0.0.1', () => process.stdout.write('listening\n'));

function pass(client: Socket, frame: Buffer, isGone: () => boolean): 'passed' | 'never-ends' {
  const lie = existsSync(lieFile) ? (JSON.parse(readFileSync(lieFile, 'utf8')) as Lie) : null;
  const procedure = frame.readUInt32BE(12);
  const isAnswer =
    frame.readUInt32BE(4) === remoteProgram &&
    frame.readUInt32BE(16) === reply &&
    frame.readUInt32BE(24) === ok;
  if (lie === null || !isAnswer || (lie.of !== undefined && !lie.of.includes(procedure))) {
    client.write(frame);
    return 'passed';
  }
  switch (lie.kind) {
    case 'text':
      client.write(withPayload(frame, text(lie.text)));
      break;
    case 'filled':
      client.write(Buffer.concat([frame.subarray(0, header), Buffer.alloc(frame.length - header, lie.byte)]));
      break;
    case 'many': {
      const counted = Buffer.from(frame);
      if (frame.length >= header + 4) counted.writeUInt32BE(0x7f_ff_ff_ff, header);
      client.write(counted);
      break;
    }
    case 'cut':
      client.write(
        withPayload(frame, frame.subarray(header, header + Math.floor((frame.length - header) / 8) * 4)),
      );
      break;
    case 'never-whole':
      dribble(client, frame, isGone);
      return 'never-ends';
    case 'out-of-turn':
      for (const serial of [0, 1, frame.readUInt32BE(20) + 1, 0xff_ff_ff_ff])
        client.write(withSerial(frame, serial));
      client.write(frame);
      client.write(frame);
      break;
    case 'events':
      client.write(frame);
      for (let number = 0; number < lie.count; number += 1) client.write(eventOf(number));
      break;
    case 'endless-stream':
      client.write(frame);
      pour(client, frame, isGone);
      return 'never-ends';
    case 'turning-stream':
      client.write(frame);
  }
  return 'passed';
}

function withPayload(frame: Buffer, payload: Buffer): Buffer {
  const made = Buffer.concat([frame.subarray(0, header), payload]);
  made.writeUInt32BE(made.length, 0);
  return made;
}

function withSerial(frame: Buffer, serial: number): Buffer {
  const made = Buffer.from(frame);
  made.writeUInt32BE(serial, 20);
  return made;
}

function text(words: string): Buffer {
  const bytes = Buffer.from(words);
  const made = Buffer.alloc(4 + Math.ceil(bytes.length / 4) * 4);
  made.writeUInt32BE(bytes.length, 0);
  bytes.copy(made, 4);
  return made;
}

/** Announces the longest frame that there can be, and sends a little of it now and then, for as long as anybody listens. */
function dribble(client: Socket, frame: Buffer, isGone: () => boolean): void {
  const begin = Buffer.from(frame.subarray(0, header));
  begin.writeUInt32BE(maximumFrame, 0);
  client.write(begin);
  const some = (): void => {
    if (isGone()) return;
    client.write(Buffer.alloc(64));
    setTimeout(some, 100);
  };
  some();
}

/** Streams of one connection that are honest at first. */
class Turns {
  readonly #client: Socket;
  readonly #end: () => void;
  readonly #isGone: () => boolean;
  /** Bytes that each open stream has been given, by its serial number. */
  readonly #given = new Map<number, number>();

  constructor(client: Socket, end: () => void, isGone: () => boolean) {
    this.#client = client;
    this.#end = end;
    this.#isGone = isGone;
  }

  /** Whether it is of a stream that has turned: then it does not pass. */
  takes(frame: Buffer): boolean {
    const told = existsSync(lieFile) ? (JSON.parse(readFileSync(lieFile, 'utf8')) as Lie) : null;
    const isData =
      frame.readUInt32BE(4) === remoteProgram &&
      frame.readUInt32BE(16) === stream &&
      frame.readUInt32BE(24) === more;
    if (!isData || told?.kind !== 'turning-stream' || told.of?.includes(frame.readUInt32BE(12)) !== true)
      return false;
    const serial = frame.readUInt32BE(20);
    const before = this.#given.get(serial) ?? 0;
    this.#given.set(serial, before + frame.length - header);
    if (before < told.afterBytes) return false;
    // What the daemon itself still says of one that has turned is of no use.
    if (before === Number.POSITIVE_INFINITY) return true;
    switch (told.into) {
      case 'more':
        pour(this.#client, frame, this.#isGone);
        break;
      case 'less':
        this.#client.write(withPayload(frame, Buffer.alloc(0)));
        break;
      case 'other':
        this.#client.write(withPayload(frame, frame.subarray(header).map((byte) => byte ^ 0xff) as Buffer));
        return true;
      case 'gone':
        this.#end();
        break;
      case 'silence':
    }
    this.#given.set(serial, Number.POSITIVE_INFINITY);
    return true;
  }
}

/** Data of a stream, as fast as it is taken, without an end. */
function pour(client: Socket, frame: Buffer, isGone: () => boolean): void {
  const data = withPayload(frame, Buffer.alloc(262_120 - header, 1));
  data.writeUInt32BE(stream, 16);
  data.writeUInt32BE(more, 24);
  const some = (): void => {
    while (!isGone() && client.write(data));
    if (!isGone()) client.once('drain', some);
  };
  some();
}

/** That a domain was started which there is not. */
function eventOf(number: number): Buffer {
  const uuid = Buffer.alloc(16);
  uuid.writeUInt32BE(number, 12);
  const words = Buffer.alloc(12);
  const callback = Buffer.alloc(4);
  callback.writeInt32BE(number % 8, 0);
  const made = Buffer.concat([Buffer.alloc(header), callback, text(`ghost-${number}`), uuid, words]);
  for (const [at, word] of [made.length, remoteProgram, 1, lifecycleEvent, message, 0, ok].entries())
    made.writeUInt32BE(word, at * 4);
  return made;
}
