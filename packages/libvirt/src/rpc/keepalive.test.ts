import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connect } from '../connect.ts';
import { FakeDaemon } from './fake-daemon.test-support.ts';
import { encodeFrame, MessageStatus, MessageType, readFrame } from './frame.ts';
import { Keepalive, keepaliveProgram } from './keepalive.ts';

const options = { intervalMs: 1_000, count: 2 };
const [ping, pong] = [1, 2];

function frameOf(procedure: number): Buffer {
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
  daemon.peers[0]?.send(frameOf(ping));
  const answer = await daemon.peers[0]?.until((frame) => frame.header.program === keepaliveProgram);
  expect(answer?.header).toMatchObject({ procedure: pong, type: MessageType.message, serial: 0 });
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

describe('by its own clock', () => {
  const send = vi.fn<(frame: Buffer) => void>();
  const answer = vi.fn<(frame: Buffer) => void>();
  const onSilence = vi.fn<(silentMs: number) => void>();
  let keepalive: Keepalive;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    keepalive = new Keepalive(send, answer);
    keepalive.start(options, onSilence);
  });
  afterEach(() => {
    keepalive.stop();
    vi.useRealTimers();
  });

  test('pings go out at the interval and silence is told after the count', () => {
    vi.advanceTimersByTime(2_000);
    expect(send.mock.calls).toEqual([[frameOf(ping)], [frameOf(ping)]]);
    expect(onSilence).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(onSilence).toHaveBeenCalledWith(3_000);
    expect(send).toHaveBeenCalledTimes(2);
  });

  test('anything heard starts the count again', () => {
    for (let turn = 0; turn < 10; turn += 1) {
      vi.advanceTimersByTime(2_000);
      keepalive.heard();
    }
    expect(onSilence).not.toHaveBeenCalled();
  });

  test('while we do not read, silence does not count but our own signs of life go on', () => {
    vi.advanceTimersByTime(2_000);
    keepalive.setDeaf(true);
    vi.advanceTimersByTime(60_000);
    expect(onSilence).not.toHaveBeenCalled();
    expect(send).toHaveBeenCalledTimes(62);
    keepalive.setDeaf(false);
    vi.advanceTimersByTime(2_000);
    expect(onSilence).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(onSilence).toHaveBeenCalledTimes(1);
  });

  test('begun again it goes by the new interval only, and stopped it is still', () => {
    keepalive.start({ intervalMs: 10_000, count: 2 }, onSilence);
    vi.advanceTimersByTime(10_000);
    expect(send).toHaveBeenCalledTimes(1);
    keepalive.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a ping is answered with a pong, a pong with nothing', () => {
    keepalive.receive(readFrame(frameOf(ping)));
    keepalive.receive(readFrame(frameOf(pong)));
    expect(answer.mock.calls).toEqual([[frameOf(pong)]]);
    expect(send).not.toHaveBeenCalled();
  });
});

test('asking for signs of life does not keep the process', () => {
  const keepalive = new Keepalive(
    () => undefined,
    () => undefined,
  );
  const timer = setInterval(() => undefined, 1_000);
  const unref = vi.spyOn(Object.getPrototypeOf(timer), 'unref');
  clearInterval(timer);
  keepalive.start(options, () => undefined);
  expect(unref).toHaveBeenCalledTimes(1);
  keepalive.stop();
});
