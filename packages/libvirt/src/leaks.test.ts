import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { LeakReport, LeakRun } from './leak-run.test-support.ts';
import { FakeDaemon, isCall } from './rpc/fake-daemon.test-support.ts';
import { MessageType } from './rpc/frame.ts';

const program = fileURLToPath(new URL('leak-run.test-support.ts', import.meta.url));
const kib = 1024;
/** Memory that the engine would take to be fast, for new objects and for compiling, would hide what is kept. */
const flags = ['--expose-gc', '--optimize-for-size', '--max-semi-space-size=2'];

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

test('100,000 calls and 1,000 connections leave nothing behind', { timeout: 300_000 }, async () => {
  await using daemon = await answering();
  const run: LeakRun = { uri: daemon.uri, calls: 100_000, connects: 1_000 };
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, JSON.stringify(run)]);
  const report = JSON.parse(stdout) as LeakReport;
  // 50,000 calls that each left 12 bytes, or 500 connections that each left 1 KiB, would be over this.
  const [half, all] = [report.afterHalf, report.afterAll];
  expect(all.heapBytes - half.heapBytes).toBeLessThan(512 * kib);
  expect(all.bufferBytes - half.bufferBytes).toBeLessThan(512 * kib);
  expect(all.rssBytes - half.rssBytes).toBeLessThan(8 * kib * kib);
  // Of all connections only the one that lasts is held, and not even that in the end.
  const { files, resources } = report.before;
  for (const held of [half, all]) {
    expect(held).toMatchObject({ files: files + 1, listeners: 0 });
    expect(held.resources).toHaveLength(resources.length + 1);
  }
  expect(report.atEnd).toMatchObject({ files, resources, listeners: 0 });
});
