import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { FakeDaemon, isCall } from '../rpc/fake-daemon.test-support.ts';
import { Link } from './link.ts';
import type { LinkState } from './link-state.ts';

const answering = (daemonName: string): Promise<FakeDaemon> =>
  FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'connectGetHostname'))
      peer.reply('connectGetHostname', frame, { hostname: daemonName });
  });
const soon = { firstMs: 5, maxMs: 20 };

test('calls share one connection, opened by the first of them', async () => {
  await using daemon = await answering('compute11');
  const link = new Link(daemon.uri);
  const names = await Promise.all([1, 2, 3].map(() => link.call('connectGetHostname', {})));
  expect(names).toEqual(Array.from({ length: 3 }, () => ({ hostname: 'compute11' })));
  expect(daemon.peers).toHaveLength(1);
  await link.close();
});

test('a link that breaks comes back by itself, without a call', async () => {
  await using daemon = await answering('compute11');
  const kinds: string[] = [];
  const back = Promise.withResolvers<void>();
  const onState = (state: LinkState): void => {
    kinds.push(state.kind);
    if (kinds.length === 5) back.resolve();
  };
  const link = new Link(daemon.uri, { backoff: soon, onState });
  await link.connection();
  daemon.peers[0]?.socket.destroy();
  await back.promise;
  expect(kinds).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open']);
  await link.close();
});

test('a call in flight when the link breaks is rejected as one that may have run, the next call has a new connection', async () => {
  await using daemon = await FakeDaemon.start((peer, frame) => {
    if (!isCall(frame, 'connectGetHostname')) return;
    if (daemon.peers.length === 1) peer.socket.destroy();
    else peer.reply('connectGetHostname', frame, { hostname: 'compute11' });
  });
  const link = new Link(daemon.uri, { backoff: { firstMs: 60_000, maxMs: 60_000 } });
  await expect(link.call('connectGetHostname', {})).rejects.toMatchObject({
    code: 'connection-closed',
    mayHaveRun: true,
  });
  expect(await link.call('connectGetHostname', {})).toEqual({ hostname: 'compute11' });
  await link.close();
});

test('between attempts calls are rejected at once, with why, and as not sent', async () => {
  const link = new Link('test+unix:///default?socket=/nowhere/sock', {
    backoff: { firstMs: 60_000, maxMs: 60_000 },
  });
  const refusal = { code: 'connect-failed', mayHaveRun: false };
  await expect(link.call('connectGetHostname', {})).rejects.toMatchObject(refusal);
  expect(link.state).toMatchObject({ kind: 'waiting', failures: 1 });
  await expect(link.call('connectGetHostname', {})).rejects.toMatchObject({
    ...refusal,
    message: expect.stringMatching(/the next attempt comes in \d+ ms/),
  });
  expect(link.state).toMatchObject({ kind: 'waiting', failures: 1 });
  await link.close();
});

test('a daemon that comes up later is found', async () => {
  await using daemon = await answering('compute11');
  const path = daemon.uri.replace(/^.*socket=/, '');
  renameSync(path, `${path}.away`);
  const open = Promise.withResolvers<void>();
  const onState = (state: LinkState): void => {
    if (state.kind === 'waiting' && state.failures === 3) renameSync(`${path}.away`, path);
    if (state.kind === 'open') open.resolve();
  };
  const link = new Link(daemon.uri, { backoff: soon, onState });
  await expect(link.connection()).rejects.toMatchObject({ code: 'connect-failed' });
  await open.promise;
  expect(await link.call('connectGetHostname', {})).toEqual({ hostname: 'compute11' });
  await link.close();
});

test('a call that is not answered in time takes its connection out of use; others on it go on to their replies', async () => {
  await using daemon = await FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'connectGetHostname'))
      peer.reply('connectGetHostname', frame, { hostname: 'compute11' });
  });
  const link = new Link(daemon.uri);
  const slow = link.call('connectGetCapabilities', {});
  const peer = daemon.peers[0] ?? (await link.connection(), daemon.peers[0]);
  const question = await peer?.called('connectGetCapabilities');
  await expect(link.call('connectGetType', {}, { deadlineMs: 1 })).rejects.toMatchObject({
    code: 'deadline-exceeded',
  });
  expect(await link.call('connectGetHostname', {})).toEqual({ hostname: 'compute11' });
  expect(daemon.peers).toHaveLength(2);
  if (question !== undefined) peer?.reply('connectGetCapabilities', question, { capabilities: '<c/>' });
  expect(await slow).toEqual({ capabilities: '<c/>' });
  await link.close();
});

test("the wait for a connection ends with the caller's deadline or signal; the attempt goes on for others", async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const link = new Link(`test+tcp://127.0.0.1:${(silent.address() as AddressInfo).port}/default`);
  await expect(link.call('connectGetHostname', {}, { deadlineMs: 5 })).rejects.toMatchObject({
    code: 'deadline-exceeded',
    mayHaveRun: false,
  });
  await expect(link.call('connectGetHostname', {}, { signal: AbortSignal.timeout(5) })).rejects.toMatchObject(
    { code: 'aborted', mayHaveRun: false },
  );
  expect(link.state.kind).toBe('connecting');
  const waiting = link.call('connectGetHostname', {});
  await link.close();
  await expect(waiting).rejects.toMatchObject({ code: 'connection-closed', mayHaveRun: false });
  silent.close();
});
