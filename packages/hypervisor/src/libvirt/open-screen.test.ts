import { lookup } from 'node:dns/promises';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseLibvirtUri } from '@ferry/libvirt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConsoleStream } from '../contract/host-guests.ts';
import { openScreen } from './open-screen.ts';

let server: Server;
let port: number;
let directory: string;
const sockets = new Set<Socket>();

/** A screen that greets, and says back in capitals what it is told. */
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'open-screen-'));
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.write('RFB 003.008\n');
    socket.on('data', (bytes) => socket.write(bytes.toString('latin1').toUpperCase()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true });
});

/** A program in place of ssh that runs its last word in a shell of this machine. */
function uriByShell(script = 'for last; do :; done; exec sh -c "$last"'): string {
  const path = join(directory, 'ssh');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return `qemu+ssh://compute11/system?command=${encodeURIComponent(path)}`;
}

async function readUntil(stream: ConsoleStream, text: string): Promise<string> {
  let read = '';
  for await (const bytes of stream) {
    read += Buffer.from(bytes).toString('latin1');
    if (read.includes(text)) break;
  }
  return read;
}

test.each([
  ['on this machine', () => 'qemu:///system', '127.0.0.1'],
  ['on all addresses of a host', () => 'qemu+tcp://127.0.0.1/system', '0.0.0.0'],
  ["on a host's loopback, through its shell", () => uriByShell(), '127.0.0.1'],
])('a screen %s is reached, both ways', async (_, uriOf, address) => {
  const stream = await openScreen(parseLibvirtUri(uriOf()), { address, port }, {});
  await stream.write(Buffer.from('hello'));
  expect(await readUntil(stream, 'HELLO')).toBe('RFB 003.008\nHELLO');
  await stream.close();
});

test('closing it ends the program on its host, and the connection with it', async () => {
  const stream = await openScreen(parseLibvirtUri(uriByShell()), { address: '127.0.0.1', port }, {});
  const [socket] = sockets;
  const ended = new Promise((resolve) => socket?.once('close', resolve));
  await stream.close();
  await ended;
  expect(sockets.size).toBe(0);
});

test('a screen on the loopback of a host without a shell says where it listens and what would help', async () => {
  const opening = openScreen(
    parseLibvirtUri('qemu+tcp://compute11/system'),
    { address: '127.0.0.1', port },
    {},
  );
  await expect(opening).rejects.toThrow(
    new RegExp(`127\\.0\\.0\\.1:${port}, which its host alone dials.*own loopback.*<listen .*qemu\\+ssh`),
  );
});

/** The system's names, and one that leads to the controller. */
async function resolveHere(name: string): Promise<string[]> {
  if (name.startsWith('controller')) return ['127.0.1.1', '127.0.0.1'];
  return (await lookup(name, { all: true })).map((one) => one.address);
}

test.each(['0.0.0.0', '127.0.0.1', '127.1', '::ffff:127.0.0.1', 'localhost', '0', '::'])(
  'nothing of the controller itself is dialled for a host that says %s',
  async (address) => {
    const uri = parseLibvirtUri('qemu+tcp://controller.example.org/system');
    await expect(openScreen(uri, { address, port }, {}, resolveHere)).rejects.toThrow('its host alone dials');
    expect(sockets.size).toBe(0);
  },
);

test('what a shell says when it fails is told', async () => {
  const uri = parseLibvirtUri(uriByShell('echo "no such host" >&2; exit 255'));
  await expect(openScreen(uri, { address: '127.0.0.1', port }, {})).rejects.toThrow(/255: no such host/);
});

test('an address where nothing listens is named', async () => {
  await new Promise((resolve) => server.close(resolve));
  server = createServer().listen(0);
  const opening = openScreen(
    parseLibvirtUri('qemu+tcp://127.0.0.1/system'),
    { address: '0.0.0.0', port },
    {},
  );
  await expect(opening).rejects.toThrow(`127.0.0.1:${port}, which is not reached from the controller: `);
});

test('a way that stays silent is given up at the deadline', async () => {
  const uri = parseLibvirtUri(uriByShell('sleep 60'));
  const opening = openScreen(uri, { address: '127.0.0.1', port }, { deadlineMs: 20 });
  // Where it listens may not have been found by then, either.
  await expect(opening).rejects.toThrow('in time');
});
