import { getEventListeners } from 'node:events';
import { duplexPair } from 'node:stream';
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { remoteProgram } from '../procedures/procedure.ts';
import { procedures } from '../procedures/procedures.ts';
import { Connection, type StreamReceiver } from '../rpc/connection.ts';
import {
  type Frame,
  type FrameHeader,
  maximumStreamPayloadBytes,
  MessageStatus,
  MessageType,
} from '../rpc/frame.ts';
import { XdrWriter } from '../xdr/writer.ts';
import { abortFrame, finishFrame, type StreamChunk } from './stream-chunk.ts';
import { uploadVolume, type UploadOptions } from './upload-volume.ts';

const vol = { pool: 'images', name: 'web.qcow2', key: '/images/web.qcow2' };
const stream = { procedure: procedures.storageVolUpload.number, serial: 4 };
const { ok, error: failed } = MessageStatus;

let connection: Connection;
let answer: StreamReceiver;
let controller: AbortController;
let posted: MockInstance<Connection['postRaw']>;
let sent: MockInstance<Connection['sendRaw']>;
let ended: MockInstance<Connection['endStream']>;
let whenOpen: () => void;

beforeEach(() => {
  connection = new Connection(duplexPair()[0]);
  controller = new AbortController();
  whenOpen = () => undefined;
  posted = vi.spyOn(connection, 'postRaw').mockReturnValue(undefined);
  sent = vi.spyOn(connection, 'sendRaw').mockResolvedValue(undefined);
  ended = vi.spyOn(connection, 'endStream').mockReturnValue(undefined);
  vi.spyOn(connection, 'callForSerial').mockImplementation(async (_name, _args, _options, receiver) => {
    if (receiver !== undefined) answer = receiver;
    whenOpen();
    return { serial: 4, result: undefined as never };
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  connection.destroy();
});

function frame(status: FrameHeader['status'], payload: Uint8Array = new Uint8Array()): Frame {
  const { stream: type } = MessageType;
  return { header: { ...remoteProgram, ...stream, type, status }, payload: Buffer.from(payload) };
}

function refusal(): Frame {
  const writer = new XdrWriter();
  for (const word of [38, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]) writer.int32(word);
  return frame(failed, writer.bytes());
}

function upload(chunks: AsyncIterable<StreamChunk>, options: UploadOptions = {}): Promise<void> {
  return uploadVolume(connection, vol, chunks, { signal: controller.signal, ...options });
}

async function* pieces(...sizes: number[]): AsyncGenerator<StreamChunk> {
  for (const size of sizes) yield { kind: 'data', bytes: new Uint8Array(size) };
}

async function* holes(...lengths: number[]): AsyncGenerator<StreamChunk> {
  for (const lengthBytes of lengths) yield { kind: 'hole', lengthBytes };
}

function expectNothingLeft(): void {
  expect(ended.mock.calls).toEqual([[4]]);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
}

test('confirmed by the daemon it is done, and nothing is left', async () => {
  posted.mockImplementation(() => answer.receive(frame(ok)));
  await upload(pieces(1));
  expect(posted.mock.calls).toEqual([[finishFrame(stream)]]);
  expectNothingLeft();
});

test('pieces are cut to what frames take; one without bytes is none', async () => {
  posted.mockImplementation(() => answer.receive(frame(ok)));
  await upload(pieces(0, maximumStreamPayloadBytes, maximumStreamPayloadBytes * 2 + 1));
  const sizes = sent.mock.calls.map(([, payload]) => payload.length);
  const whole = maximumStreamPayloadBytes;
  expect(sizes).toEqual([whole, whole, whole, 1]);
});

test('refused by the daemon it is not aborted: there is nothing to abort', async () => {
  sent.mockImplementation(async () => answer.receive(refusal()));
  await expect(upload(pieces(1, 1))).rejects.toMatchObject({ code: 38, procedure: 'storageVolUpload' });
  expect(posted).not.toHaveBeenCalled();
  expectNothingLeft();
});

test('given up by its signal it is aborted, with the reason of that as the cause', async () => {
  sent.mockImplementation(async () => controller.abort('enough'));
  await expect(upload(pieces(1, 1))).rejects.toMatchObject({
    code: 'aborted',
    cause: 'enough',
    mayHaveRun: true,
  });
  expect(posted.mock.calls).toEqual([[abortFrame(stream)]]);
  expectNothingLeft();
});

test('a signal that is aborted while it is opened ends it before anything is sent', async () => {
  whenOpen = () => controller.abort('early');
  await expect(upload(pieces(1))).rejects.toMatchObject({ code: 'aborted', cause: 'early' });
  expect(sent).not.toHaveBeenCalled();
  expect(posted.mock.calls).toEqual([[abortFrame(stream)]]);
});

test('it may do without a signal', async () => {
  posted.mockImplementation(() => answer.receive(frame(ok)));
  await expect(uploadVolume(connection, vol, pieces(1))).resolves.toBeUndefined();
});

test('a source that was not asked for more has cleaned up when the upload fails', async () => {
  let cleaned = false;
  async function* source(): AsyncGenerator<StreamChunk> {
    try {
      yield { kind: 'data', bytes: new Uint8Array(1) };
    } finally {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      cleaned = true;
    }
  }
  sent.mockImplementation(async () => answer.receive(refusal()));
  await expect(upload(source())).rejects.toMatchObject({ code: 38 });
  expect(cleaned).toBe(true);
});

test('a source that has nothing to clean up need not say so', async () => {
  sent.mockImplementation(async () => answer.receive(refusal()));
  const some = pieces(1, 1);
  const source = { [Symbol.asyncIterator]: () => ({ next: () => some.next() }) };
  await expect(upload(source)).rejects.toMatchObject({ code: 38 });
});

test('a hole that is no length ends an upload that has begun', async () => {
  await expect(upload(holes(-1))).rejects.toMatchObject({ code: 'message-too-large', mayHaveRun: true });
});

test.each([{ offsetBytes: -1 }, { lengthBytes: -1 }])('with %j nothing is begun', async (options) => {
  const unsendable = { code: 'message-too-large', mayHaveRun: false };
  await expect(upload(pieces(1), options)).rejects.toMatchObject(unsendable);
  expect(ended).not.toHaveBeenCalled();
});
