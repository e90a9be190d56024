import { expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { argsOf, FakeDaemon, isCall } from '../rpc/fake-daemon.test-support.ts';
import { MessageType } from '../rpc/frame.ts';
import { downloadVolume } from './download-volume.ts';

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
