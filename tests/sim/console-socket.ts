import { type ClientRequest, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { until } from './world.ts';

/** A console as a client has it open: a WebSocket of Node's own, and all that came through it. */
export class ConsoleSocket {
  readonly #socket: WebSocket;
  #text = '';
  /** Code and reason, when it is closed. */
  end: { readonly code: number; readonly reason: string } | null = null;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => {
      this.#text += Buffer.from(data as ArrayBuffer).toString('latin1');
    });
    socket.addEventListener('close', ({ code, reason }) => {
      this.end = { code, reason };
    });
  }

  /** Opens the address that an API gave; fails where it is refused. */
  static async open(url: string, protocols: string[] = []): Promise<ConsoleSocket> {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols);
    const console = new ConsoleSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error(`the console ${url} was refused`)));
    });
    return console;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  get text(): string {
    return this.#text;
  }

  type(text: string): void {
    this.#socket.send(Buffer.from(text, 'latin1'));
  }

  /** Waits until it has shown a text. */
  async shows(text: string): Promise<void> {
    await until(
      () => `the console shows ${JSON.stringify(text)}; it shows ${JSON.stringify(this.#text)}`,
      () => (this.#text.includes(text) ? true : null),
    );
  }

  /** Waits for its end. */
  async ends(): Promise<{ readonly code: number; readonly reason: string }> {
    return until('the console is closed', () => this.end);
  }

  close(): void {
    this.#socket.close();
  }
}

/** The request of a client of a WebSocket. */
type Headers = Readonly<Record<string, string>>;

function askUpgrade(url: string, socketPath?: string, more: Headers = {}): ClientRequest {
  const headers = {
    ...more,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16, 7).toString('base64'),
  };
  const way = socketPath === undefined ? {} : { socketPath };
  const asking = request(url.replace(/^ws/, 'http'), { headers, agent: false, ...way });
  asking.end();
  return asking;
}

/** What is answered to a client of a WebSocket that is refused one, over TCP or over a unix socket. */
export function refusedUpgrade(
  url: string,
  socketPath?: string,
  headers: Headers = {},
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const asking = askUpgrade(url, socketPath, headers);
    asking.on('response', (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString('utf8')));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown }),
      );
    });
    asking.on('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new Error('it was not refused'));
    });
    asking.on('error', reject);
  });
}

/** A client that has a WebSocket and answers nothing on it; and what was sent to it, frame by frame as it came. */
export function silentPeer(url: string, socketPath?: string, headers: Headers = {}): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const asking = askUpgrade(url, socketPath, headers);
    asking.on('upgrade', (_response, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      socket.on('error', () => undefined);
      resolve(socket);
    });
    asking.on('response', ({ statusCode = 0 }) => reject(new Error(`it was refused with ${statusCode}`)));
    asking.on('error', reject);
  });
}

/** A frame as a client sends it (RFC 6455, 5.2): masked, here with a mask of zeros. Opcode 0 goes on with the message before. */
export function clientFrame(
  payload: Buffer,
  { opcode = 2, last = true }: { readonly opcode?: 0 | 1 | 2; readonly last?: boolean } = {},
): Buffer {
  const first = (last ? 0x80 : 0) | opcode;
  const mask = Buffer.alloc(4);
  if (payload.length < 126) return Buffer.concat([Buffer.of(first, 0x80 | payload.length), mask, payload]);
  const head = Buffer.alloc(10);
  head.writeUInt8(first, 0);
  head.writeUInt8(0x80 | 127, 1);
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, mask, payload]);
}

/** Reads what frames of a server hold, as they come, until it is as much as is wanted. */
export async function serverBytes(peer: Duplex, wanted: number): Promise<Buffer> {
  let came = Buffer.alloc(0);
  let held = Buffer.alloc(0);
  for await (const piece of peer.iterator({ destroyOnReturn: false })) {
    came = Buffer.concat([came, piece as Buffer]);
    for (;;) {
      const frame = firstFrame(came);
      if (frame === null) break;
      held = Buffer.concat([held, frame.payload]);
      came = came.subarray(frame.length);
    }
    if (held.length >= wanted) break;
  }
  return held;
}

function firstFrame(bytes: Buffer): { payload: Buffer; length: number } | null {
  if (bytes.length < 10 && bytes.length < 2 + (bytes[1] ?? 0)) return null;
  const short = (bytes[1] ?? 0) & 127;
  const [start, size] =
    short < 126
      ? [2, short]
      : short === 126
        ? [4, bytes.readUInt16BE(2)]
        : [10, Number(bytes.readBigUInt64BE(2))];
  if (bytes.length < start + size) return null;
  return { payload: bytes.subarray(start, start + size), length: start + size };
}
