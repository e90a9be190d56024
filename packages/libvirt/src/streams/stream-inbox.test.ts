import { duplexPair } from 'node:stream';
import { beforeEach, expect, test } from 'vitest';
import { remoteProgram } from '../procedures/procedure.ts';
import { Connection } from '../rpc/connection.ts';
import { type Frame, FrameError, type FrameHeader, MessageStatus, MessageType } from '../rpc/frame.ts';
import { XdrError } from '../xdr/xdr-error.ts';
import { XdrWriter } from '../xdr/writer.ts';
import { holeCodec } from './stream-chunk.ts';
import { StreamInbox } from './stream-inbox.ts';

const { ok, more, error: failed } = MessageStatus;
const mib = 1024 * 1024;
const broken = new Error('broken');

let inbox: StreamInbox;
let socket: ReturnType<typeof duplexPair>[0];
beforeEach(() => {
  [socket] = duplexPair();
  inbox = new StreamInbox(new Connection(socket), 'storageVolDownload');
});

function frame(
  status: FrameHeader['status'],
  payload: Uint8Array,
  type: FrameHeader['type'] = MessageType.stream,
): Frame {
  const header = { ...remoteProgram, procedure: 209, type, serial: 1, status };
  return { header, payload: Buffer.from(payload) };
}

function hole(length: bigint): Frame {
  const writer = new XdrWriter();
  holeCodec.encode(writer, { length, flags: 0 });
  return frame(more, writer.bytes(), MessageType.streamHole);
}

const data = (bytes: number): Frame => frame(more, new Uint8Array(bytes));

test('data, holes and the end come in order', async () => {
  const waiting = inbox.next();
  inbox.receive(frame(more, Uint8Array.of(1)));
  inbox.receive(hole(5n));
  inbox.receive(hole(0n));
  inbox.receive(data(0));
  expect(await waiting).toEqual({ kind: 'data', bytes: Buffer.from([1]) });
  expect(await inbox.next()).toEqual({ kind: 'hole', lengthBytes: 5 });
  expect(await inbox.next()).toEqual({ kind: 'hole', lengthBytes: 0 });
  expect(await inbox.next()).toBe('end');
  expect([inbox.settled, inbox.error]).toEqual([false, null]);
});

test.each([-1n, 2n ** 53n])('a hole of %s bytes is refused', (length) => {
  expect(() => inbox.receive(hole(length))).toThrow(XdrError);
});

test('the largest hole whose length is a number is one', async () => {
  inbox.receive(hole(2n ** 53n - 1n));
  expect(await inbox.next()).toEqual({ kind: 'hole', lengthBytes: Number.MAX_SAFE_INTEGER });
});

test('the socket is paused beyond 8 MiB unread, and read on when half of that is left', async () => {
  for (let count = 0; count < 7; count += 1) inbox.receive(data(mib));
  expect(socket.isPaused()).toBe(false);
  inbox.receive(data(mib));
  expect(socket.isPaused()).toBe(true);
  for (let count = 0; count < 4; count += 1) await inbox.next();
  expect(socket.isPaused()).toBe(true);
  await inbox.next();
  expect(socket.isPaused()).toBe(false);
});

test('what has no bytes is not kept for nothing', async () => {
  let kept = 0;
  while (!socket.isPaused() && kept < 1_000_000) {
    inbox.receive(hole(1n));
    kept += 1;
  }
  expect(kept).toBeLessThan(100_000);
  while (socket.isPaused()) await inbox.next();
});

test('what came before an error is still read; the first error stays', async () => {
  inbox.receive(data(1));
  inbox.fail(broken);
  inbox.fail(new Error('later'));
  expect(inbox.error).toBe(broken);
  expect(await inbox.next()).toMatchObject({ kind: 'data' });
  await expect(inbox.next()).rejects.toBe(broken);
  await expect(inbox.confirmed()).rejects.toBe(broken);
});

test('given up, nothing is kept any more, neither what came nor what comes', async () => {
  inbox.receive(data(9 * mib));
  inbox.giveUp('enough');
  inbox.receive(data(9 * mib));
  await expect(inbox.next()).rejects.toMatchObject({ code: 'aborted', mayHaveRun: true, cause: 'enough' });
  expect(inbox.settled).toBe(false);
});

test('finishing drops what came, reads on, and wakes the reader with the end', async () => {
  const waiting = inbox.next();
  inbox.finish();
  expect(await waiting).toBe('end');
  inbox.receive(data(9 * mib));
  expect(socket.isPaused()).toBe(false);
  expect(await inbox.next()).toBe('end');
});

test('finishing goes on to read from a socket that was paused', async () => {
  inbox.receive(data(9 * mib));
  expect(socket.isPaused()).toBe(true);
  inbox.finish();
  expect(socket.isPaused()).toBe(false);
  expect(await inbox.next()).toBe('end');
});

test('a confirmation is due only after finishing, and settles the stream', async () => {
  expect(() => inbox.receive(frame(ok, new Uint8Array()))).toThrow(FrameError);
  expect(inbox.settled).toBe(false);
  inbox.finish();
  const confirmed = inbox.confirmed();
  inbox.receive(frame(ok, new Uint8Array()));
  await expect(confirmed).resolves.toBeUndefined();
  expect(inbox.settled).toBe(true);
});

test("the daemon's error settles the stream and ends what waits to be sent", async () => {
  const sending = inbox.orError(new Promise(() => undefined));
  inbox.receive(frame(failed, errorBytes()));
  expect(inbox.settled).toBe(true);
  await expect(sending).rejects.toMatchObject({ code: 38, procedure: 'storageVolDownload' });
});

test('an error that cannot be read breaks the protocol', () => {
  expect(() => inbox.receive(frame(failed, new Uint8Array(4)))).toThrow(XdrError);
});

function errorBytes(): Buffer {
  const writer = new XdrWriter();
  for (const word of [38, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]) writer.int32(word);
  return writer.bytes();
}
