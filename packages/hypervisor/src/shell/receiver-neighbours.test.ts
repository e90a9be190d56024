import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, deflateRawSync } from 'node:zlib';
import { parseLibvirtUri } from '@ferry/libvirt';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FileReceiver, ReceiveOrder } from '../contract/host-shell.ts';
import { SparseDigest } from '../contract/sparse-digest.ts';
import { PythonShell } from './python-shell.ts';

// Each test starts an interpreter, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000 });

const address = '127.0.0.1';
const token = 'only the sender knows';
const end = 2;
const data = 1;
const compressed = 3;
const packed = 4;
let folder: string;
let order: ReceiveOrder;
const sockets: Socket[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-receiver-'));
  const port = await freePort();
  order = {
    path: join(folder, 'disk.img'),
    part: join(folder, '.disk.img.part'),
    mine: false,
    owner: null,
    address,
    ports: [port, port],
    token,
    tls: null,
    stallSeconds: 120,
  };
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  rmSync(folder, { recursive: true, force: true });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, address, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function listening(more: Partial<ReceiveOrder> = {}): Promise<[FileReceiver, number]> {
  const shell = PythonShell.of(parseLibvirtUri('qemu:///system'));
  if (shell === null) throw new Error('this machine has a shell');
  const receiver = await shell.receiver();
  const { port } = await receiver.listen({ ...order, ...more });
  return [receiver, port];
}

function dial(port: number, host = address): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => resolve(socket));
    socket.on('error', reject);
    sockets.push(socket);
  });
}

const frame = (kind: number, offset: number, bytes: Buffer): Buffer => {
  const head = Buffer.alloc(13);
  head.writeUInt8(kind, 0);
  head.writeBigUInt64BE(BigInt(offset), 1);
  head.writeUInt32BE(bytes.length, 9);
  return Buffer.concat([head, bytes]);
};

const hello = (length: number): string =>
  `${JSON.stringify({ token, from: 0, prefix: new SparseDigest().end(), length })}\n`;

/** The end of a file of zeros alone. */
function endOf(length: number): Buffer {
  const digest = new SparseDigest();
  digest.add({ kind: 'hole', lengthBytes: length });
  return frame(end, 0, Buffer.from(JSON.stringify({ changed: null, digest: digest.end() })));
}

test('neighbours that connect and say nothing, or one byte after the other, do not keep the sender waiting', async () => {
  const [receiver, port] = await listening();
  for (let number = 0; number < 20; number += 1) {
    const neighbour = await dial(port);
    if (number % 2 === 0) neighbour.write('{');
  }
  const sender = await dial(port);
  sender.write(hello(4096));
  sender.write(endOf(4096));
  expect(await receiver.received()).toMatchObject({ bytes: 0 });
  await receiver.publish();
  expect(statSync(order.path).size).toBe(4096);
  receiver.close();
});

test('it listens at the address that it was told, and nowhere else', async () => {
  const [receiver, port] = await listening();
  await expect(dial(port, '127.0.0.2')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  receiver.close();
  await expect(listening({ address: '192.0.2.77' })).rejects.toMatchObject({
    code: 'no-connection',
    message: expect.stringContaining('192.0.2.77 is no address of this host') as string,
  });
});

test('a sender that sends more than it said is not written', async () => {
  const [receiver, port] = await listening();
  const sender = await dial(port);
  sender.write(hello(4096));
  sender.write(frame(data, 1 << 30, Buffer.alloc(4096, 1)));
  await expect(receiver.received()).rejects.toMatchObject({ code: 'other' });
  expect(statSync(order.part).size).toBeLessThanOrEqual(4096);
  receiver.close();
});

test('what is packed a thousandfold is unpacked a piece at a time', async () => {
  const length = 1 << 30;
  // Made before anybody connects: a greeting has seconds.
  const bomb = zerosPacked(length);
  const [receiver, port] = await listening();
  const sender = await dial(port);
  sender.write(hello(length));
  sender.write(frame(compressed, 0, Buffer.from('zlib')));
  for (let at = 0; at < bomb.length; at += 1 << 20)
    sender.write(frame(packed, 0, bomb.subarray(at, at + (1 << 20))));
  // No frame of it: the receiver ends with the first that makes no sense, and has not held a gibibyte for that.
  await expect(receiver.received()).rejects.toMatchObject({
    code: 'other',
    message: expect.stringContaining('a frame that makes no sense: kind 0') as string,
  });
  expect(peakOfChildren()).toBeLessThan(400 * 1024);
  receiver.close();
});

/** So many zeros as zlib packs them, without the sum at its end: the same blocks again and again. */
function zerosPacked(length: number): Buffer {
  const piece = 1 << 24;
  const blocks = deflateRawSync(Buffer.alloc(piece), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const zlibHeader = Buffer.from([0x78, 0xda]);
  return Buffer.concat([zlibHeader, ...Array.from({ length: length / piece }, () => blocks)]);
}

/** Largest resident size that any program of this process has had by now, KiB; those that run are asked. */
function peakOfChildren(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  const peaks = children.filter(Boolean).map((pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
  });
  expect(peaks.length).toBeGreaterThan(0);
  return Math.max(...peaks);
}
