import { expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { XdrReader } from '../xdr/reader.ts';
import { downloadVolume } from './read-stream.ts';
import { argsOf, FakeDaemon, type FakePeer, isCall } from '../rpc/fake-daemon.test-support.ts';
import { encodeFrame, type Frame, MessageStatus, MessageType } from '../rpc/frame.ts';
import { holeCodec, type StreamChunk } from './stream-chunk.ts';
import { uploadVolume } from './upload-volume.ts';

const vol = { pool: 'images', name: 'web.qcow2', key: '/images/web.qcow2' };
const { ok, more, error: failed } = MessageStatus;

function hole(peer: FakePeer, call: Frame, length: bigint): void {
  const header = { ...call.header, type: MessageType.streamHole, status: more };
  peer.send(encodeFrame(header, (writer) => holeCodec.encode(writer, { length, flags: 0 })));
}

/** A daemon whose downloads are begun by the script; it confirms the end. */
function serving(begin: (peer: FakePeer, call: Frame) => void): Promise<FakeDaemon> {
  return FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'storageVolDownload')) {
      peer.reply('storageVolDownload', frame, undefined);
      begin(peer, frame);
    } else if (isCall(frame, 'connectGetType')) {
      peer.reply('connectGetType', frame, { type: 'QEMU' });
    } else if (frame.header.type === MessageType.stream && frame.header.status === ok) {
      peer.stream(frame, ok, new Uint8Array());
    }
  });
}

/** A daemon that takes uploads, answering their end. */
function taking(onEnd: (peer: FakePeer, end: Frame) => void): Promise<FakeDaemon> {
  return FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'storageVolUpload')) peer.reply('storageVolUpload', frame, undefined);
    else if (frame.header.type === MessageType.stream && frame.header.status === ok) onEnd(peer, frame);
  });
}

async function all(chunks: AsyncIterable<StreamChunk>): Promise<unknown[]> {
  const read = [];
  for await (const chunk of chunks) {
    read.push(chunk.kind === 'hole' ? chunk.lengthBytes : Buffer.from(chunk.bytes).toString());
  }
  return read;
}

test('a download gives data and holes in order and shakes hands at its end', async () => {
  await using daemon = await serving((peer, call) => {
    peer.stream(call, more, Buffer.from('abc'));
    hole(peer, call, 2n ** 40n);
    peer.stream(call, more, Buffer.from('de'));
    peer.stream(call, more, new Uint8Array());
  });
  const connection = await connect(daemon.uri);
  const options = { offsetBytes: 7, sparse: true };
  expect(await all(downloadVolume(connection, vol, options))).toEqual(['abc', 2 ** 40, 'de']);
  const call = await daemon.peers[0]?.called('storageVolDownload');
  expect(call && argsOf('storageVolDownload', call)).toEqual({ vol, offset: 7n, length: 0n, flags: 1 });
});

test('what came before an error in the middle is still read, then the error is thrown', async () => {
  await using daemon = await serving((peer, call) => {
    peer.stream(call, more, Buffer.from('abc'));
    peer.refuse(call, MessageType.stream, { code: 38, message: 'read failed' });
  });
  const connection = await connect(daemon.uri);
  const chunks = downloadVolume(connection, vol);
  await expect(chunks.next()).resolves.toMatchObject({ value: { kind: 'data' } });
  await expect(chunks.next()).rejects.toMatchObject({ name: 'LibvirtError', code: 38 });
  expect(connection.isOpen).toBe(true);
});

test('leaving a download early aborts the stream and the connection stays of use', async () => {
  await using daemon = await serving((peer, call) => peer.stream(call, more, Buffer.from('abc')));
  const connection = await connect(daemon.uri);
  for await (const chunk of downloadVolume(connection, vol)) {
    expect(chunk.kind).toBe('data');
    break;
  }
  const end = await daemon.peers[0]?.until((frame) => frame.header.type === MessageType.stream);
  expect(end?.header.status).toBe(failed);
  expect(connection.isOpen).toBe(true);
});

test('an abort ends a download that waits', async () => {
  await using daemon = await serving(() => undefined);
  const connection = await connect(daemon.uri);
  const controller = new AbortController();
  const next = downloadVolume(connection, vol, { signal: controller.signal }).next();
  await daemon.peers[0]?.called('storageVolDownload');
  controller.abort();
  await expect(next).rejects.toMatchObject({ code: 'aborted' });
});

test('after an abort nothing more of a download is given, though the daemon still sends', async () => {
  await using daemon = await serving((peer, call) => peer.stream(call, more, Buffer.from('abc')));
  const connection = await connect(daemon.uri);
  const controller = new AbortController();
  const chunks = downloadVolume(connection, vol, { signal: controller.signal });
  await chunks.next();
  controller.abort();
  const call = await daemon.peers[0]?.called('storageVolDownload');
  if (call !== undefined) daemon.peers[0]?.stream(call, more, Buffer.from('de'));
  // What the daemon sent before this reply is here when the reply is.
  await connection.call('connectGetType', {});
  await expect(chunks.next()).rejects.toMatchObject({ code: 'aborted' });
});

test('a download ends with the typed error when the connection breaks, after what came before', async () => {
  await using daemon = await serving((peer, call) => {
    peer.stream(call, more, Buffer.from('abc'));
    peer.socket.end();
  });
  const connection = await connect(daemon.uri);
  const chunks = downloadVolume(connection, vol);
  await expect(chunks.next()).resolves.toMatchObject({ value: { kind: 'data' } });
  await expect(chunks.next()).rejects.toMatchObject({ code: 'connection-closed', mayHaveRun: true });
});

test('a slow reader holds the daemon back, and all of it arrives', async () => {
  const piece = Buffer.alloc(262_120, 1);
  const count = 200;
  await using daemon = await serving((peer, call) => {
    for (let index = 0; index < count; index += 1) peer.stream(call, more, piece);
    peer.stream(call, more, new Uint8Array());
  });
  const connection = await connect(daemon.uri);
  const other = await connect(daemon.uri);
  const chunks = downloadVolume(connection, vol);
  await chunks.next();
  // So many turns of the event loop would carry all 52 MB over, were they read.
  for (let turn = 0; turn < 2_000; turn += 1) await other.call('connectGetType', {});
  expect(daemon.peers[0]?.socket.writableLength).toBeGreaterThan(20_000_000);
  let bytes = piece.length;
  for await (const chunk of chunks) bytes += chunk.kind === 'data' ? chunk.bytes.length : 0;
  expect(bytes).toBe(count * piece.length);
});

test('a hole of impossible length ends the connection', async () => {
  await using daemon = await serving((peer, call) => hole(peer, call, -1n));
  const connection = await connect(daemon.uri);
  const violation = { code: 'protocol-violation' };
  await expect(all(downloadVolume(connection, vol))).rejects.toMatchObject(violation);
});

async function* dataAndHole(): AsyncGenerator<StreamChunk> {
  yield { kind: 'data', bytes: new Uint8Array(262_121) };
  yield { kind: 'hole', lengthBytes: 4096 };
}

test('an upload cuts data to frames that every libvirt takes, keeps holes, and waits to be confirmed', async () => {
  await using daemon = await taking((peer, end) => peer.stream(end, ok, new Uint8Array()));
  const connection = await connect(daemon.uri);
  await uploadVolume(connection, vol, dataAndHole());
  const frames = daemon.peers[0]?.frames.filter(({ header }) => header.status === more) ?? [];
  expect(frames.map(({ header, payload }) => [header.type, payload.length])).toEqual([
    [MessageType.stream, 262_120],
    [MessageType.stream, 1],
    [MessageType.streamHole, 12],
  ]);
  const sent = frames[2] && holeCodec.decode(new XdrReader(frames[2].payload));
  expect(sent).toEqual({ length: 4096n, flags: 0 });
});

async function* neverEnding(): AsyncGenerator<StreamChunk> {
  yield { kind: 'data', bytes: new Uint8Array(10) };
  await new Promise(() => undefined);
}

test('a refusal in the middle ends an upload though its source never yields again', async () => {
  await using daemon = await FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'storageVolUpload')) peer.reply('storageVolUpload', frame, undefined);
    else peer.refuse(frame, MessageType.stream, { code: 38, message: 'No space left' });
  });
  const connection = await connect(daemon.uri);
  await expect(uploadVolume(connection, vol, neverEnding())).rejects.toMatchObject({ code: 38 });
});

async function* tenBytes(): AsyncGenerator<StreamChunk> {
  yield { kind: 'data', bytes: new Uint8Array(10) };
}

test.each([
  ['a confirmation before the end', ok, new Uint8Array()],
  ['data the other way', more, new Uint8Array(4)],
])('%s is no confirmation of an upload but a protocol violation', async (_what, status, payload) => {
  await using daemon = await FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'storageVolUpload')) peer.reply('storageVolUpload', frame, undefined);
    else if (frame.header.status === more) peer.stream(frame, status, payload);
  });
  const connection = await connect(daemon.uri);
  const upload = uploadVolume(connection, vol, neverEnding());
  await expect(upload).rejects.toMatchObject({ code: 'protocol-violation' });
});

test('an upload ends with the typed error when the connection breaks', async () => {
  await using daemon = await FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'storageVolUpload')) peer.reply('storageVolUpload', frame, undefined);
    else peer.socket.destroy();
  });
  const connection = await connect(daemon.uri);
  const upload = uploadVolume(connection, vol, neverEnding());
  await expect(upload).rejects.toMatchObject({ code: 'connection-closed', mayHaveRun: true });
});

const isStream = ({ header }: Frame) => header.type === MessageType.stream;

test('an abort ends an upload whose source never yields again, and tells the daemon', async () => {
  await using daemon = await taking(() => undefined);
  const connection = await connect(daemon.uri);
  const controller = new AbortController();
  const upload = uploadVolume(connection, vol, neverEnding(), { signal: controller.signal });
  await daemon.peers[0]?.until(isStream);
  controller.abort();
  await expect(upload).rejects.toMatchObject({ code: 'aborted', mayHaveRun: true });
  await daemon.peers[0]?.until((frame) => isStream(frame) && frame.header.status === failed);
  expect(connection.isOpen).toBe(true);
});

test.each([-1, 1.5, Number.NaN])('a hole of %s bytes is not sent', async (lengthBytes) => {
  await using daemon = await taking(() => undefined);
  const connection = await connect(daemon.uri);
  async function* source(): AsyncGenerator<StreamChunk> {
    yield { kind: 'hole', lengthBytes };
  }
  await expect(uploadVolume(connection, vol, source())).rejects.toMatchObject({ code: 'message-too-large' });
  const end = await daemon.peers[0]?.until(({ header }) => header.type !== MessageType.call);
  expect(end?.header).toMatchObject({ type: MessageType.stream, status: failed });
});

test.each([-1, 1.5, Number.NaN])('an offset of %s bytes is not sent', async (offsetBytes) => {
  await using daemon = await FakeDaemon.start();
  const connection = await connect(daemon.uri);
  const unsendable = { code: 'message-too-large', mayHaveRun: false };
  await expect(downloadVolume(connection, vol, { offsetBytes }).next()).rejects.toMatchObject(unsendable);
  await expect(uploadVolume(connection, vol, tenBytes(), { offsetBytes })).rejects.toMatchObject(unsendable);
});

test('a refusal at the end is thrown', async () => {
  await using daemon = await taking((peer, end) => peer.refuse(end, MessageType.stream, { code: 38 }));
  const connection = await connect(daemon.uri);
  await expect(uploadVolume(connection, vol, tenBytes())).rejects.toMatchObject({ code: 38 });
});

test("the source's own error aborts the upload and is thrown as it is", async () => {
  await using daemon = await taking(() => undefined);
  const connection = await connect(daemon.uri);
  const broken = new Error('the disk broke');
  async function* source(): AsyncGenerator<StreamChunk> {
    yield { kind: 'data', bytes: new Uint8Array(10) };
    throw broken;
  }
  await expect(uploadVolume(connection, vol, source())).rejects.toBe(broken);
  await daemon.peers[0]?.until(
    ({ header }) => header.type === MessageType.stream && header.status === failed,
  );
});

test('an upload waits while the socket is full', async () => {
  await using daemon = await taking((peer, end) => peer.stream(end, ok, new Uint8Array()));
  const connection = await connect(daemon.uri);
  const count = 100;
  let pulled = 0;
  async function* source(): AsyncGenerator<StreamChunk> {
    while (pulled < count) {
      pulled += 1;
      yield { kind: 'data', bytes: new Uint8Array(262_120) };
    }
  }
  const uploaded = uploadVolume(connection, vol, source());
  await daemon.peers[0]?.called('storageVolUpload');
  daemon.peers[0]?.socket.pause();
  await expect.poll(() => pulled).toBeGreaterThan(0);
  expect(pulled).toBeLessThan(count);
  daemon.peers[0]?.socket.resume();
  await uploaded;
  expect(pulled).toBe(count);
});

test('a source may use the memory of a piece again once it is asked for the next, and a reader that allows it is given it again', async () => {
  const count = 120;
  const bytes = 262_120;
  await using target = await taking((peer, end) => peer.stream(end, ok, new Uint8Array()));
  await using source = await serving((peer, call) => {
    for (let number = 0; number < count; number += 1) peer.stream(call, more, Buffer.alloc(bytes, number));
    peer.stream(call, more, new Uint8Array());
  });
  const [from, to] = await Promise.all([connect(source.uri), connect(target.uri)]);
  const memory = new Set<ArrayBufferLike>();
  async function* passed(): AsyncGenerator<StreamChunk> {
    for await (const chunk of downloadVolume(from, vol, { reuseMemory: true })) {
      if (chunk.kind === 'data') memory.add(chunk.bytes.buffer);
      yield chunk;
    }
  }
  await uploadVolume(to, vol, passed());
  const frames = target.peers[0]?.frames.filter(({ header }) => header.status === more) ?? [];
  expect(frames).toHaveLength(count);
  const intact = frames.every(({ payload }, number) => payload.equals(Buffer.alloc(bytes, number)));
  expect(intact).toBe(true);
  expect(memory.size).toBeLessThan(count);
});
