import * as fc from 'fast-check';
import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { ClientError, LibvirtError } from '../errors.ts';
import { followEvents } from '../events/event-sequence.ts';
import { downloadVolume } from '../streams/read-stream.ts';
import { openConsole } from '../streams/guest-channel.ts';
import type { StreamChunk } from '../streams/stream-chunk.ts';
import { uploadVolume } from '../streams/upload-volume.ts';
import type { Connection } from './connection.ts';
import { startDeadline } from './call-options.ts';
import { FakeDaemon, type FakePeer } from './fake-daemon.test-support.ts';
import { type RequestContext, hostileFrames, tiresomeFrames } from './hostile-frames.test-support.ts';

const dom = { name: 'web', uuid: '3483d9f1-4015-48d9-9837-b67ca82d0009', id: 7 };
const vol = { pool: 'images', name: 'web.qcow2', key: '/images/web.qcow2' };

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note).on('uncaughtException', note);
});
afterEach(() => {
  process.off('unhandledRejection', note).off('uncaughtException', note);
});

/** What is asked of the daemon, in the order of the serial numbers; three calls opened the connection. */
const asked: RequestContext = {
  names: [
    'connectGetHostname',
    'connectListAllDomains',
    'domainGetState',
    'storageVolDownload',
    'storageVolUpload',
    'domainOpenConsole',
    'connectDomainEventCallbackRegisterAny',
  ],
  readable: ['storageVolDownload', 'domainOpenConsole'],
  firstSerial: 4,
};
const cuts = fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 1, maxLength: 10 });

test('whatever a daemon sends, in whatever pieces, all that waits is settled, by a typed error or a value', {
  timeout: 180_000,
}, async () => {
  await using daemon = await FakeDaemon.start();
  const endings = fc.constantFrom('stays', 'ends', 'breaks');
  const property = fc.asyncProperty(hostileFrames(asked), cuts, endings, async (frames, pieces, ending) => {
    await endured(daemon, frames, pieces, (_connection, peer) => {
      if (ending === 'ends') peer.socket.end();
      if (ending === 'breaks') peer.socket.destroy();
    });
  });
  await expect(fc.assert(property, { numRuns: 300 })).resolves.toBeUndefined();
});

test('what is late, said twice or for nobody does not end the connection', { timeout: 180_000 }, async () => {
  await using daemon = await FakeDaemon.start();
  const property = fc.asyncProperty(tiresomeFrames(asked), cuts, async (frames, pieces) => {
    await endured(daemon, frames, pieces, ({ state }) => {
      expect(state).toEqual({ kind: 'open' });
    });
  });
  await expect(fc.assert(property, { numRuns: 300 })).resolves.toBeUndefined();
});

/** Sends frames to a connection on which all there is waits; all of it is to be settled in the end, and nothing left. */
async function endured(
  daemon: FakeDaemon,
  frames: readonly Buffer[],
  pieces: readonly number[],
  whenSent: (connection: Connection, peer: FakePeer) => void,
): Promise<void> {
  const connection = await connect(daemon.uri, { keepalive: null });
  const peer = daemon.peers.pop();
  if (peer === undefined) throw new Error('no peer');
  const controller = new AbortController();
  const { calls, streams } = ask(connection, controller.signal);
  await sendInPieces(peer, Buffer.concat(frames), pieces);
  whenSent(connection, peer);
  // Calls have a deadline; streams end with their signal, events that were not registered yet with the connection.
  await settled(calls);
  controller.abort();
  connection.destroy();
  await settled(streams);
  await settled(Promise.allSettled([connection.closed]));
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  peer.socket.destroy();
  await turn();
  expect(unhandled).toEqual([]);
}

type Outcomes = Promise<PromiseSettledResult<unknown>[]>;

/** Calls with a deadline, and streams and events that last until their signal or the connection's end. */
function ask(connection: Connection, signal: AbortSignal): { calls: Outcomes; streams: Outcomes } {
  const soon = { deadlineMs: 3, signal };
  const calls = [
    connection.call('connectGetHostname', {}, soon),
    connection.call('connectListAllDomains', { needResults: 1, flags: 0 }, soon),
    connection.call('domainGetState', { dom, flags: 0 }, soon),
  ];
  const streams = [
    readAll(downloadVolume(connection, vol, { signal, sparse: true })),
    uploadVolume(connection, vol, neverEnding(), { signal }),
    talk(connection, signal),
    followEvents(connection, ['lifecycle', 'graphics'], signal).then(readAll),
  ];
  return { calls: Promise.allSettled(calls), streams: Promise.allSettled(streams) };
}

async function readAll(source: AsyncIterable<unknown>): Promise<void> {
  for await (const one of source) expect(one).toBeDefined();
}

async function talk(connection: Connection, signal: AbortSignal): Promise<void> {
  await using channel = await openConsole(connection, dom, { signal });
  await channel.write(new Uint8Array(10));
  await readAll(channel);
}

async function* neverEnding(): AsyncGenerator<StreamChunk> {
  yield { kind: 'data', bytes: new Uint8Array(10) };
  await new Promise(() => undefined);
}

/** Each piece in a turn of its own, so that it arrives as one. */
async function sendInPieces(peer: FakePeer, bytes: Buffer, sizes: readonly number[]): Promise<void> {
  for (let at = 0, piece = 0; at < bytes.length && !peer.socket.destroyed; piece += 1) {
    // However small the pieces, so many turns are enough.
    const size = Math.max(sizes[piece % sizes.length] ?? 1, Math.ceil(bytes.length / 60));
    peer.send(bytes.subarray(at, at + size));
    await turn();
    at += size;
  }
}

/** Waits for all, but not for ever; none may have failed with anything but a typed error. */
async function settled(awaited: Outcomes): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = startDeadline(2_000, () => reject(new Error('something was never settled')));
  const outcomes = await Promise.race([awaited, late]).finally(cancel);
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue;
    const { reason } = outcome as { reason: unknown };
    if (!(reason instanceof ClientError || reason instanceof LibvirtError)) throw reason;
  }
}
