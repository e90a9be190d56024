import { getEventListeners } from 'node:events';
import { duplexPair } from 'node:stream';
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { remoteProgram } from '../procedures/procedure.ts';
import { Connection } from '../rpc/connection.ts';
import {
  type Frame,
  type FrameHeader,
  maximumStreamPayloadBytes,
  MessageStatus,
  MessageType,
} from '../rpc/frame.ts';
import { GuestChannel } from './guest-channel.ts';
import { abortFrame, finishFrame, holeCodec } from './stream-chunk.ts';
import { StreamInbox } from './stream-inbox.ts';
import { XdrWriter } from '../xdr/writer.ts';

const stream = { procedure: 201, serial: 9 };
const { ok, more, error: failed } = MessageStatus;
const mib = 1024 * 1024;

let connection: Connection;
let inbox: StreamInbox;
let controller: AbortController;
let posted: MockInstance<Connection['postRaw']>;
let sent: MockInstance<Connection['sendRaw']>;
let ended: MockInstance<Connection['endStream']>;
let socket: ReturnType<typeof duplexPair>[0];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  [socket] = duplexPair();
  connection = new Connection(socket);
  inbox = new StreamInbox(connection, 'domainOpenConsole');
  controller = new AbortController();
  posted = vi.spyOn(connection, 'postRaw').mockReturnValue(undefined);
  sent = vi.spyOn(connection, 'sendRaw').mockResolvedValue(undefined);
  ended = vi.spyOn(connection, 'endStream');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  connection.destroy();
});

function channel(): GuestChannel {
  return new GuestChannel(connection, stream, inbox, controller.signal);
}

function frame(
  status: FrameHeader['status'],
  payload: Uint8Array,
  type: FrameHeader['type'] = MessageType.stream,
): Frame {
  return { header: { ...remoteProgram, ...stream, type, status }, payload: Buffer.from(payload) };
}

function refusal(): Frame {
  const writer = new XdrWriter();
  for (const word of [38, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]) writer.int32(word);
  return frame(failed, writer.bytes());
}

test('closing asks for the end, waits for the word, and then forgets stream, signal and deadline', async () => {
  const console = channel();
  const closing = console.close();
  expect(posted.mock.calls).toEqual([[finishFrame(stream)]]);
  expect(ended).not.toHaveBeenCalled();
  inbox.receive(frame(ok, new Uint8Array()));
  await closing;
  expect(posted).toHaveBeenCalledTimes(1);
  expect(ended.mock.calls).toEqual([[9]]);
  expect(vi.getTimerCount()).toBe(0);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
});

test('a channel that does not let itself be closed is aborted after five seconds', async () => {
  const closing = channel().close();
  await vi.advanceTimersByTimeAsync(4_999);
  expect(posted).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  await closing;
  expect(posted.mock.calls).toEqual([[finishFrame(stream)], [abortFrame(stream)]]);
  expect(ended).toHaveBeenCalledTimes(1);
});

test('a channel that the daemon has ended is closed without a word', async () => {
  const console = channel();
  inbox.receive(refusal());
  await console[Symbol.asyncDispose]();
  expect(posted).not.toHaveBeenCalled();
  expect(ended).toHaveBeenCalledTimes(1);
});

test('an error while it is closed is the end of it, and nothing more is said', async () => {
  const closing = channel().close();
  inbox.receive(refusal());
  await closing;
  expect(posted.mock.calls).toEqual([[finishFrame(stream)]]);
});

test('the signal aborts it at once, and lets the socket be read again', async () => {
  const console = channel();
  inbox.receive(frame(more, new Uint8Array(9 * mib)));
  expect(socket.isPaused()).toBe(true);
  controller.abort('enough');
  expect(posted.mock.calls).toEqual([[abortFrame(stream)]]);
  expect(ended.mock.calls).toEqual([[9]]);
  expect(socket.isPaused()).toBe(false);
  const reading = console[Symbol.asyncIterator]().next();
  await expect(reading).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
  await console.close();
  expect(posted).toHaveBeenCalledTimes(1);
});

test('a signal that was aborted before aborts it from the start', async () => {
  controller.abort('early');
  const console = channel();
  await expect(console.write(new Uint8Array(1))).rejects.toMatchObject({ code: 'aborted', cause: 'early' });
  expect(posted.mock.calls).toEqual([[abortFrame(stream)]]);
  expect(sent).not.toHaveBeenCalled();
});

test('a signal aborts no channel that the daemon has ended, nor one that is closing', async () => {
  const console = channel();
  inbox.receive(refusal());
  controller.abort();
  expect(posted).not.toHaveBeenCalled();
  await console.close();
  expect(posted).not.toHaveBeenCalled();
});

test('pieces are cut to what a frame takes, and nothing is sent once it is closing', async () => {
  const console = channel();
  await console.write(new Uint8Array(0));
  expect(sent).not.toHaveBeenCalled();
  const bytes = Buffer.alloc(maximumStreamPayloadBytes + 1, 7);
  await console.write(bytes);
  expect(sent.mock.calls.map(([header]) => header)).toEqual(
    [1, 2].map(() => ({ ...remoteProgram, ...stream, type: MessageType.stream, status: more })),
  );
  expect(Buffer.concat(sent.mock.calls.map(([, payload]) => payload))).toEqual(bytes);
  const closing = console.close();
  await expect(console.write(bytes)).rejects.toMatchObject({ code: 'aborted', mayHaveRun: false });
  expect(sent).toHaveBeenCalledTimes(2);
  inbox.receive(frame(ok, new Uint8Array()));
  await closing;
});

test('holes are no bytes of a guest', async () => {
  const console = channel();
  const writer = new XdrWriter();
  holeCodec.encode(writer, { length: 5n, flags: 0 });
  inbox.receive(frame(more, writer.bytes(), MessageType.streamHole));
  inbox.receive(frame(more, Uint8Array.of(1)));
  await expect(console[Symbol.asyncIterator]().next()).resolves.toMatchObject({ value: Buffer.from([1]) });
});

test('a channel may do without a signal', async () => {
  const console = new GuestChannel(connection, stream, inbox, undefined);
  inbox.receive(refusal());
  await expect(console.close()).resolves.toBeUndefined();
});
