import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { connect } from './connect.ts';
import { ErrorNumber } from './protocol/error-numbers.ts';
import { MessageType } from './rpc/frame.ts';
import { argsOf, FakeDaemon, isCall } from './rpc/fake-daemon.test-support.ts';

test('opens the driver of the URI, read-only when asked', async () => {
  await using daemon = await FakeDaemon.start();
  const connection = await connect(daemon.uri, { readOnly: true });
  const call = await daemon.peers[0]?.called('connectOpen');
  expect(call && argsOf('connectOpen', call)).toEqual({ name: 'test:///default', flags: 1 });
  await connection.close();
});

test('nobody there is a typed error with its cause', async () => {
  await expect(connect('test+unix:///default?socket=/nowhere/sock')).rejects.toMatchObject({
    code: 'connect-failed',
    mayHaveRun: false,
    cause: expect.objectContaining({ code: 'ENOENT' }),
  });
});

test('a daemon that never answers is given up at the deadline, for all of opening', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const attempt = connect(`test+tcp://127.0.0.1:${port}/default`, { deadlineMs: 20 });
  await expect(attempt).rejects.toMatchObject({ code: 'deadline-exceeded', mayHaveRun: false });
  server.close();
});

test('an abort ends opening', async () => {
  await using daemon = await FakeDaemon.start();
  const attempt = connect(daemon.uri, { signal: AbortSignal.abort('enough') });
  await expect(attempt).rejects.toMatchObject({ code: 'aborted', mayHaveRun: false });
});

test('a daemon that wants an authentication is refused by name, before its driver is opened', async () => {
  await using daemon = await FakeDaemon.start();
  daemon.authentications = [3];
  const attempt = connect(daemon.uri);
  await expect(attempt).rejects.toMatchObject({
    code: 'auth-required',
    mayHaveRun: false,
    message: expect.stringContaining('number 3'),
  });
  expect(daemon.peers[0]?.frames.some((frame) => isCall(frame, 'connectOpen'))).toBe(false);
});

test('a daemon that goes away while it is opened is a typed error, and nothing has to be looked after', async () => {
  const server = createServer((socket) => socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const attempt = connect(`test+tcp://127.0.0.1:${port}/default`);
  await expect(attempt).rejects.toMatchObject({ code: 'connection-closed', mayHaveRun: false });
  server.close();
});

test.each(['qemu+libssh://root@compute11/system', 'qemu+unix:///system?socket='])(
  '%s is refused without a look at the network',
  async (uri) => {
    await expect(connect(uri)).rejects.toMatchObject({ code: 'unsupported-uri', mayHaveRun: false });
  },
);

test('where polkit is wanted it is asked, and its refusal says what to do', async () => {
  await using daemon = await FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'authPolkit')) peer.refuse(frame, MessageType.reply, { code: ErrorNumber.AUTH_FAILED });
  });
  daemon.authentications = [2];
  await expect(connect(daemon.uri)).rejects.toMatchObject({
    code: 'auth-failed',
    mayHaveRun: false,
    message: expect.stringContaining('org.libvirt.unix.manage'),
  });
});
