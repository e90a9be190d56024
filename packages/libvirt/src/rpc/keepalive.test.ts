import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '../connect.ts';
import { FakeDaemon } from './fake-daemon.test-support.ts';
import { encodeFrame, MessageStatus, MessageType } from './frame.ts';
import { Keepalive, keepaliveProgram } from './keepalive.ts';

const options = { intervalMs: 1_000, count: 2 };

function pingFrame(procedure: number): Buffer {
  const header = {
    program: keepaliveProgram,
    version: 1,
    procedure,
    type: MessageType.message,
    serial: 0,
    status: MessageStatus.ok,
  };
  return encodeFrame(header, () => undefined);
}

test("the daemon's ping is answered at once", async () => {
  await using daemon = await FakeDaemon.start();
  const connection = await connect(daemon.uri, { keepalive: null });
  daemon.peers[0]?.send(pingFrame(1));
  const pong = await daemon.peers[0]?.until((frame) => frame.header.program === keepaliveProgram);
  expect(pong?.header).toMatchObject({ procedure: 2, type: MessageType.message, serial: 0 });
  await connection.close();
});

test('a daemon that does not answer pings ends the connection and the calls in flight', async () => {
  await using daemon = await FakeDaemon.start();
  const connection = await connect(daemon.uri, { keepalive: { intervalMs: 2, count: 2 } });
  const hostname = connection.call('connectGetHostname', {});
  const silent = { code: 'keepalive-timeout', mayHaveRun: true };
  await expect(hostname).rejects.toMatchObject(silent);
  await expect(connection.closed).resolves.toMatchObject(silent);
});

beforeEach((context) => {
  if (context.task.name.startsWith('timer:')) vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('timer: pings go out at the interval and silence is told after the count', () => {
  const send = vi.fn<(frame: Buffer) => void>();
  const onSilence = vi.fn<(silentMs: number) => void>();
  new Keepalive(send).start(options, onSilence);
  vi.advanceTimersByTime(2_000);
  expect(send).toHaveBeenCalledTimes(2);
  expect(onSilence).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  expect(onSilence).toHaveBeenCalledWith(3_000);
});

test('timer: anything heard starts the count again', () => {
  const onSilence = vi.fn<(silentMs: number) => void>();
  const keepalive = new Keepalive(() => undefined);
  keepalive.start(options, onSilence);
  for (let turn = 0; turn < 10; turn += 1) {
    vi.advanceTimersByTime(2_000);
    keepalive.heard();
  }
  expect(onSilence).not.toHaveBeenCalled();
});

test('timer: while we do not read, silence does not count but our own signs of life go on', () => {
  const send = vi.fn<(frame: Buffer) => void>();
  const onSilence = vi.fn<(silentMs: number) => void>();
  const keepalive = new Keepalive(send);
  keepalive.start(options, onSilence);
  keepalive.setDeaf(true);
  vi.advanceTimersByTime(60_000);
  expect(onSilence).not.toHaveBeenCalled();
  expect(send).toHaveBeenCalledTimes(60);
  keepalive.setDeaf(false);
  vi.advanceTimersByTime(3_000);
  expect(onSilence).toHaveBeenCalledTimes(1);
});
