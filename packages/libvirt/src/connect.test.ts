import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { connect } from './connect.ts';
import { argsOf, FakeDaemon } from './rpc/fake-daemon.test-support.ts';

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
