import { expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { argsOf, FakeDaemon, isCall } from '../rpc/fake-daemon.test-support.ts';
import { encodeStreamFrame, type Frame, MessageStatus, MessageType } from '../rpc/frame.ts';
import { XdrWriter } from '../xdr/writer.ts';
import { downloadVolume } from './read-stream.ts';
import { holeCodec } from './stream-chunk.ts';

const vol = { pool: 'images', name: 'web.qcow2', key: '/images/web.qcow2' };

test.each([
  [{}, { offset: 0n, length: 0n, flags: 0 }],
  [
    { sparse: false, lengthBytes: 5 },
    { offset: 0n, length: 5n, flags: 0 },
  ],
  [
    { sparse: true, offsetBytes: 7 },
    { offset: 7n, length: 0n, flags: 1 },
  ],
])('%j is asked for as such', async (options, asked) => {
  await using daemon = await FakeDaemon.start((peer, frame) =>
    peer.refuse(frame, MessageType.reply, { code: 50 }),
  );
  const connection = await connect(daemon.uri);
  await expect(downloadVolume(connection, vol, options).next()).rejects.toMatchObject({ code: 50 });
  const [call] = daemon.peers[0]?.frames.filter((frame) => isCall(frame, 'storageVolDownload')) ?? [];
  expect(call && argsOf('storageVolDownload', call)).toEqual({ vol, ...asked });
  connection.destroy();
});

test.each([{ offsetBytes: -1 }, { lengthBytes: -1 }])('with %j nothing is begun', async (options) => {
  await using daemon = await FakeDaemon.start();
  const connection = await connect(daemon.uri);
  const unsendable = { code: 'message-too-large', mayHaveRun: false };
  await expect(downloadVolume(connection, vol, options).next()).rejects.toMatchObject(unsendable);
  connection.destroy();
});

function holeOf({ header }: Frame, length: number): Buffer {
  const writer = new XdrWriter();
  holeCodec.encode(writer, { length: BigInt(length), flags: 0 });
  const ofHole = { ...header, type: MessageType.streamHole, status: MessageStatus.more };
  return encodeStreamFrame(ofHole, writer.bytes());
}

test.each([
  ['bytes', [{ bytes: 3 }, { bytes: 3 }], 6],
  ['a hole', [{ bytes: 3 }, { hole: 9_000_000_000_000_000 }], 9_000_000_000_000_003],
  ['bytes behind a hole', [{ hole: 5 }, { bytes: 1 }], 6],
] as const)('a part of which more comes than was asked for ends: %s', async (_, pieces, sent) => {
  await using daemon = await FakeDaemon.start((peer, frame) => {
    if (!isCall(frame, 'storageVolDownload')) return;
    peer.reply('storageVolDownload', frame, undefined);
    for (const piece of pieces)
      if ('bytes' in piece) peer.stream(frame, MessageStatus.more, Buffer.alloc(piece.bytes, 1));
      else peer.send(holeOf(frame, piece.hole));
  });
  const connection = await connect(daemon.uri);
  const read = async (): Promise<void> => {
    for await (const chunk of downloadVolume(connection, vol, { sparse: true, lengthBytes: 5 })) void chunk;
  };
  await expect(read()).rejects.toMatchObject({
    code: 'protocol-violation',
    message: `the daemon has sent ${sent} bytes of web.qcow2 in images, and 5 were asked for`,
  });
  connection.destroy();
});
