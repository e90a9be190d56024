import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { LeakReport, LeakRun } from './leak-run.test-support.ts';
import { FakeDaemon, isCall } from './rpc/fake-daemon.test-support.ts';
import { MessageType } from './rpc/frame.ts';

const program = fileURLToPath(new URL('leak-run.test-support.ts', import.meta.url));
const kib = 1024;
/** A young generation that does not grow with how fast garbage is made: the process's memory shows what is kept. */
const flags = ['--expose-gc', '--max-semi-space-size=2'];

/** A daemon that answers what the program asks, and keeps nothing. */
function answering(): Promise<FakeDaemon> {
  return FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'connectGetType')) peer.reply('connectGetType', frame, { type: 'Test' });
    else if (isCall(frame, 'connectDomainEventCallbackRegisterAny')) {
      peer.reply('connectDomainEventCallbackRegisterAny', frame, { callbackId: 1 });
    } else if (isCall(frame, 'connectDomainEventCallbackDeregisterAny')) {
      peer.reply('connectDomainEventCallbackDeregisterAny', frame, undefined);
    } else peer.refuse(frame, MessageType.reply, { code: 42 });
    peer.frames.length = 0;
  });
}

test('100,000 calls and 1,000 connections leave nothing behind', { timeout: 60_000 }, async () => {
  await using daemon = await answering();
  const run: LeakRun = { uri: daemon.uri, calls: 100_000, connects: 1_000 };
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, JSON.stringify(run)]);
  const { before, afterHalf, atEnd } = JSON.parse(stdout) as LeakReport;
  // 50,000 calls that each left 12 bytes, or 500 connections that each left 1 KiB, would be over this.
  expect(atEnd.heapBytes - afterHalf.heapBytes).toBeLessThan(512 * kib);
  expect(atEnd.bufferBytes - afterHalf.bufferBytes).toBeLessThan(512 * kib);
  expect(atEnd.rssBytes - afterHalf.rssBytes).toBeLessThan(8 * kib * kib);
  const nothingMore = { files: before.files, resources: before.resources, listeners: 0 };
  expect(afterHalf).toMatchObject(nothingMore);
  expect(atEnd).toMatchObject(nothingMore);
});
