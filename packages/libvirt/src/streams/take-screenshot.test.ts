import { expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { argsOf, FakeDaemon, isCall } from '../rpc/fake-daemon.test-support.ts';
import { encodeStreamFrame, MessageStatus, MessageType } from '../rpc/frame.ts';
import { XdrWriter } from '../xdr/writer.ts';
import { holeCodec } from './stream-chunk.ts';
import { takeScreenshot } from './read-stream.ts';

const dom = { name: 'web', uuid: '3483d9f1-4015-48d9-9837-b67ca82d0009', id: 7 };

const noHole = new XdrWriter();
holeCodec.encode(noHole, { length: 3n, flags: 0 });

/** A daemon with a picture of ten bytes in two pieces, and a hole between them where no hole belongs. */
function showing(mime: string | null) {
  return FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'domainScreenshot')) {
      peer.reply('domainScreenshot', frame, { mime });
      peer.stream(frame, MessageStatus.more, Buffer.from('hello'));
      const hole = { ...frame.header, type: MessageType.streamHole, status: MessageStatus.more };
      peer.send(encodeStreamFrame(hole, noHole.bytes()));
      for (const piece of ['world', '']) peer.stream(frame, MessageStatus.more, Buffer.from(piece));
    } else if (frame.header.type === MessageType.stream && frame.header.status === MessageStatus.ok) {
      peer.stream(frame, MessageStatus.ok, new Uint8Array());
    }
  });
}

test('a picture is put together from its pieces, with its kind', async () => {
  await using daemon = await showing('image/png');
  const connection = await connect(daemon.uri);
  const { mime, bytes } = await takeScreenshot(connection, dom, { screen: 1, bytesAtMost: 10 });
  expect([mime, Buffer.from(bytes).toString()]).toEqual(['image/png', 'helloworld']);
  const call = await daemon.peers[0]?.called('domainScreenshot');
  expect(call && argsOf('domainScreenshot', call)).toEqual({ dom, screen: 1, flags: 0 });
});

test('a picture that is larger than allowed is given up, and the connection serves on', async () => {
  await using daemon = await showing(null);
  const connection = await connect(daemon.uri);
  await expect(takeScreenshot(connection, dom, { bytesAtMost: 9 })).rejects.toMatchObject({
    code: 'message-too-large',
    mayHaveRun: true,
  });
  await daemon.peers[0]?.until(({ header }) => header.status === MessageStatus.error);
  expect(connection.isOpen).toBe(true);
  await expect(takeScreenshot(connection, dom)).resolves.toMatchObject({ mime: 'application/octet-stream' });
});
