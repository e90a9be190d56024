import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ConsoleStream } from '../contract/host-guests.ts';
import { securedScreen } from './secured-screen.ts';

let folder: string;
let key: Buffer;
let cert: Buffer;
let server: Server | null = null;
const sockets = new Set<Socket>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secured-screen-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const words =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=screen -addext subjectAltName=IP:127.0.0.1';
  execFileSync('openssl', [...words.split(' '), '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' });
  key = readFileSync(keyFile);
  cert = readFileSync(certFile);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  const ending = server;
  if (ending !== null) await new Promise((resolve) => ending.close(resolve));
});

/** QEMU's side of VeNCrypt, with these subtypes; then a success, and everything said back in capitals. */
async function screenWith(subtypes: readonly number[], types: readonly number[] = [19]): Promise<Socket> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    void greet(socket, subtypes, types).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port });
  sockets.add(socket);
  await once(socket, 'connect');
  return socket;
}

async function greet(socket: Socket, subtypes: readonly number[], types: readonly number[]): Promise<void> {
  const heard = async (): Promise<Buffer> => ((await once(socket, 'data')) as [Buffer])[0];
  socket.write('RFB 003.008\n');
  await heard();
  socket.write(Buffer.of(types.length, ...types));
  await heard();
  socket.write(Buffer.of(0, 2));
  await heard();
  const list = Buffer.alloc(4 * subtypes.length);
  for (const [index, one] of subtypes.entries()) list.writeUInt32BE(one, index * 4);
  socket.write(Buffer.concat([Buffer.of(0, subtypes.length), list]));
  await heard();
  socket.write(Buffer.of(1));
  const secured = new TLSSocket(socket, {
    isServer: true,
    secureContext: createSecureContext({ key, cert }),
  });
  secured.on('error', () => undefined);
  secured.write(Buffer.of(0, 0, 0, 0));
  secured.on('data', (bytes) => secured.write(bytes.toString('latin1').toUpperCase()));
}

/** Reads so many bytes of it, as a viewer does. */
function viewer(stream: ConsoleStream): (length: number) => Promise<string> {
  const pieces = stream[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  return async (length) => {
    while (held.length < length) {
      const next = await pieces.next();
      if (next.done === true) throw new Error('it ended');
      held = Buffer.concat([held, next.value]);
    }
    const read = held.subarray(0, length);
    held = held.subarray(length);
    return read.toString('latin1');
  };
}

const trusting = () => ({ host: '127.0.0.1', context: createSecureContext({ ca: cert }) });
const soon = AbortSignal.timeout(60_000);

test.each([
  ['003.008', '\u0001\u0001', '\u0001', '\0\0\0\0'],
  ['003.007', '\u0001\u0001', '\u0001', ''],
  ['003.003', '\0\0\0\u0001', '', ''],
])('a viewer of RFB %s finds a screen without a password', async (version, offered, chosen, success) => {
  const stream = await securedScreen(await screenWith([260]), trusting(), soon);
  const read = viewer(stream);
  expect(await read(12)).toBe('RFB 003.008\n');
  // In pieces, as it may come.
  await stream.write(Buffer.from(`RFB ${version}`));
  await stream.write(Buffer.from(`\n${chosen}`));
  expect(await read(offered.length)).toBe(offered);
  expect(await read(success.length)).toBe(success);
  await stream.write(Buffer.from('hello'));
  expect(await read(5)).toBe('HELLO');
  await stream.close();
});

test("where VNC's own password is asked for, the viewer is asked", async () => {
  const stream = await securedScreen(await screenWith([261]), trusting(), soon);
  const read = viewer(stream);
  await stream.write(Buffer.from('RFB 003.008\n\u0002'));
  expect(await read(14)).toBe('RFB 003.008\n\u0001\u0002');
  await stream.close();
});

test('a stranger with another certificate, a screen without TLS and one without certificates are refused', async () => {
  const stranger = { host: '127.0.0.1', context: createSecureContext({ ca: [] }) };
  await expect(securedScreen(await screenWith([260]), stranger, soon)).rejects.toThrow(
    'no TLS with the screen',
  );
  const another = { ...trusting(), host: '192.0.2.7' };
  await expect(securedScreen(await screenWith([260]), another, soon)).rejects.toThrow(/192\.0\.2\.7/);
  await expect(securedScreen(await screenWith([], [1]), trusting(), soon)).rejects.toThrow(
    'offers security types 1, and not VeNCrypt (19): set vnc_tls',
  );
  await expect(securedScreen(await screenWith([257]), trusting(), soon)).rejects.toThrow(
    "offers VeNCrypt's 257, and none with certificates",
  );
});
