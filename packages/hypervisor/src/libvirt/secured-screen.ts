import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import type { ConsoleStream } from '../contract/host-guests.ts';

/** Security types of RFC 6143, 7.1.2, and of VeNCrypt (the RFB protocol's community specification). */
const none = 1;
const password = 2;
const vencrypt = 19;
/** VeNCrypt's: TLS with certificates, and then no password or VNC's. */
const securedNone = 260;
const securedPassword = 261;
const version = Buffer.from('RFB 003.008\n', 'latin1');

/**
 * A screen that speaks VNC within TLS (QEMU's `vnc_tls`), as one without: the proxy does VeNCrypt, which browsers do not
 * have, and knows the host by its certificate. `socket` is connected and nothing was read of it. Throws an Error that says
 * what is wrong.
 */
export async function securedScreen(
  socket: Socket,
  { host, context }: { readonly host: string; readonly context: SecureContext },
  limit: AbortSignal,
): Promise<ConsoleStream> {
  const subtype = await agree(socket, limit);
  const secured = connect({
    socket,
    secureContext: context,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    minVersion: 'TLSv1.2',
  });
  try {
    await once(secured, 'secureConnect', { signal: limit });
  } catch (cause) {
    secured.destroy();
    throw new Error(`no TLS with the screen: ${wordsOf(cause)}`, { cause });
  }
  return new SecuredScreen(secured, subtype === securedNone ? none : password);
}

/** Up to where TLS begins; the subtype. */
async function agree(socket: Socket, limit: AbortSignal): Promise<number> {
  const read = (length: number): Promise<Buffer> => exactly(socket, length, limit);
  const greeting = (await read(12)).toString('latin1');
  if (!/^RFB 003\.008\n$/.test(greeting))
    throw new Error(`the screen speaks ${JSON.stringify(greeting)}, and not RFB 3.8`);
  socket.write(version);
  const types = [...(await read((await read(1)).readUInt8()))];
  if (!types.includes(vencrypt))
    throw new Error(
      `the screen offers security types ${types.join(', ') || 'none'}, and not VeNCrypt (${vencrypt}): set vnc_tls in qemu.conf of its host and start the guest anew, or say --no-screen-tls`,
    );
  socket.write(Buffer.of(vencrypt));
  await read(2);
  socket.write(Buffer.of(0, 2));
  if ((await read(1)).readUInt8() !== 0) throw new Error('the screen does not speak VeNCrypt 0.2');
  const count = (await read(1)).readUInt8();
  const offered = await read(count * 4);
  const subtypes = Array.from({ length: count }, (_, index) => offered.readUInt32BE(index * 4));
  const subtype = [securedNone, securedPassword].find((one) => subtypes.includes(one));
  if (subtype === undefined)
    throw new Error(
      `the screen offers VeNCrypt's ${subtypes.join(', ') || 'nothing'}, and none with certificates (${securedNone}, ${securedPassword})`,
    );
  const wanted = Buffer.alloc(4);
  wanted.writeUInt32BE(subtype);
  socket.write(wanted);
  if ((await read(1)).readUInt8() !== 1) throw new Error(`the screen refuses VeNCrypt's ${subtype}`);
  return subtype;
}

/** So many bytes, and none of those that follow. */
async function exactly(socket: Socket, length: number, limit: AbortSignal): Promise<Buffer> {
  for (;;) {
    limit.throwIfAborted();
    if (length === 0) return Buffer.alloc(0);
    const bytes: unknown = socket.read(length);
    if (Buffer.isBuffer(bytes) && bytes.length === length) return bytes;
    if (socket.readableEnded || socket.destroyed) throw new Error('the screen closed the connection');
    const woken = new AbortController();
    const signal = AbortSignal.any([limit, woken.signal]);
    try {
      await Promise.race(['readable', 'end', 'close'].map((event) => once(socket, event, { signal })));
    } finally {
      woken.abort();
    }
  }
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The same screen for a viewer that knows nothing of TLS: greeted anew, and then as it is. */
class SecuredScreen implements ConsoleStream {
  readonly #secured: TLSSocket;
  readonly #type: number;
  readonly #ended = Promise.withResolvers<never>();
  #typed: Buffer = Buffer.alloc(0);
  #greeted = Promise.withResolvers<number>();
  #chosen = Promise.withResolvers<undefined>();
  #isGreeted = false;
  #isThrough = false;

  constructor(secured: TLSSocket, type: number) {
    this.#secured = secured;
    this.#type = type;
    secured.on('error', () => undefined);
    secured.once('close', () => this.#ended.reject(new Error('the screen closed the connection')));
    this.#ended.promise.catch(() => undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    yield version;
    const minor = await Promise.race([this.#greeted.promise, this.#ended.promise]);
    // Before 3.7 the server says which it is.
    if (minor < 7) yield Buffer.of(0, 0, 0, this.#type);
    else {
      yield Buffer.of(1, this.#type);
      await Promise.race([this.#chosen.promise, this.#ended.promise]);
    }
    // Before 3.8 nothing is said of the success of no password.
    let untold = minor < 8 && this.#type === none ? 4 : 0;
    for await (const piece of this.#secured as AsyncIterable<Buffer>) {
      const rest = piece.subarray(untold);
      untold -= piece.length - rest.length;
      if (rest.length > 0) yield rest;
    }
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#isThrough) return this.#send(bytes);
    this.#typed = Buffer.concat([this.#typed, bytes]);
    if (!this.#isGreeted) {
      if (this.#typed.length < version.length) return Promise.resolve();
      const minor = Number(this.#typed.subarray(8, 11).toString('latin1'));
      this.#typed = this.#typed.subarray(version.length);
      this.#isGreeted = true;
      this.#isThrough = minor < 7;
      this.#greeted.resolve(minor);
    }
    if (!this.#isThrough) {
      if (this.#typed.length === 0) return Promise.resolve();
      this.#typed = this.#typed.subarray(1);
      this.#isThrough = true;
      this.#chosen.resolve(undefined);
    }
    const rest = this.#typed;
    this.#typed = Buffer.alloc(0);
    return rest.length === 0 ? Promise.resolve() : this.#send(rest);
  }

  close(): Promise<void> {
    this.#secured.destroy();
    return Promise.resolve();
  }

  #send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#secured.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }
}
