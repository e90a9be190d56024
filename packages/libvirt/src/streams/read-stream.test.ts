import { getEventListeners } from 'node:events';
import { duplexPair } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { procedures } from '../procedures/procedures.ts';
import { remoteProgram } from '../procedures/procedure.ts';
import { Connection, type StreamReceiver } from '../rpc/connection.ts';
import { type Frame, type FrameHeader, MessageStatus, MessageType } from '../rpc/frame.ts';
import { openReadStream } from './read-stream.ts';
import { abortFrame, finishFrame } from './stream-chunk.ts';

const vol = { pool: 'images', name: 'web.qcow2', key: '/images/web.qcow2' };
const args = { vol, offset: 0n, length: 0n, flags: 0 };
const stream = { procedure: procedures.storageVolDownload.number, serial: 4 };
const { ok, more } = MessageStatus;
const none = new Uint8Array();
const mib = 1024 * 1024;

let connection: Connection;
let inbox: StreamReceiver;
let controller: AbortController;
let socket: ReturnType<typeof duplexPair>[0];
const postRaw = vi.fn<(frame: Buffer) => void>();
const endStream = vi.fn<(serial: number) => void>();

beforeEach(() => {
  [socket] = duplexPair();
  connection = new Connection(socket);
  controller = new AbortController();
  vi.resetAllMocks();
  vi.spyOn(connection, 'postRaw').mockImplementation(postRaw);
  vi.spyOn(connection, 'endStream').mockImplementation(endStream);
  vi.spyOn(connection, 'callForSerial').mockImplementation(async (_name, _args, _options, receiver) => {
    if (receiver !== undefined) inbox = receiver;
    return { serial: 4, result: undefined as never };
  });
});
afterEach(() => {
  connection.destroy();
});

function open() {
  return openReadStream(connection, 'storageVolDownload', args, { signal: controller.signal });
}

function frame(status: FrameHeader['status'], payload: Uint8Array): Frame {
  const { stream: type } = MessageType;
  return { header: { ...remoteProgram, ...stream, type, status }, payload: Buffer.from(payload) };
}

test('read to its end, the stream is finished in good order and nothing is left', async () => {
  const { chunks } = await open();
  inbox.receive(frame(more, Uint8Array.of(1)));
  inbox.receive(frame(more, none));
  await expect(chunks.next()).resolves.toMatchObject({ value: { kind: 'data' } });
  const end = chunks.next();
  await expect.poll(() => postRaw.mock.calls).toEqual([[finishFrame(stream)]]);
  expect(endStream).not.toHaveBeenCalled();
  inbox.receive(frame(ok, none));
  await expect(end).resolves.toMatchObject({ done: true });
  expect(postRaw).toHaveBeenCalledTimes(1);
  expect(endStream.mock.calls).toEqual([[4]]);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
});

test('left early, the stream is aborted and the socket is read again', async () => {
  const { chunks } = await open();
  for (let count = 0; count < 9; count += 1) inbox.receive(frame(more, new Uint8Array(mib)));
  await chunks.next();
  expect(socket.isPaused()).toBe(true);
  await chunks.return();
  expect(postRaw.mock.calls).toEqual([[abortFrame(stream)]]);
  expect(endStream.mock.calls).toEqual([[4]]);
  expect(socket.isPaused()).toBe(false);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
});

test('a signal that is aborted between opening and reading ends the first read', async () => {
  const { chunks } = await open();
  controller.abort('enough');
  await expect(chunks.next()).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
  expect(postRaw.mock.calls).toEqual([[abortFrame(stream)]]);
});

test('a stream may do without a signal', async () => {
  const { chunks } = await openReadStream(connection, 'storageVolDownload', args, {});
  inbox.fail(new Error('gone'));
  await expect(chunks.next()).rejects.toThrow('gone');
});

test('a daemon that sends nothing, or pieces without a byte, for too long is waited for no more', async () => {
  const options = { signal: controller.signal, silenceMs: 20 };
  const { chunks } = await openReadStream(connection, 'storageVolDownload', args, options);
  inbox.receive(frame(more, Uint8Array.of(1)));
  await expect(chunks.next()).resolves.toMatchObject({ value: { kind: 'data' } });
  const next = chunks.next();
  await expect(next).rejects.toMatchObject({ code: 'deadline-exceeded', message: /sent nothing for 0.02 s/ });
  expect(postRaw.mock.calls).toEqual([[abortFrame(stream)]]);
});
