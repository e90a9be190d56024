import { once } from 'node:events';
import { Duplex, duplexPair } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { remoteProgram } from '../procedures/procedure.ts';
import { procedures } from '../procedures/procedures.ts';
import { Connection } from './connection.ts';
import {
  encodeFrame,
  encodeStreamFrame,
  type Frame,
  type FrameHeader,
  MessageStatus,
  MessageType,
} from './frame.ts';
import { keepaliveProgram } from './keepalive.ts';

const { number: getType } = procedures.connectGetType;

function header(type: FrameHeader['type'], serial: number): FrameHeader {
  return { ...remoteProgram, procedure: getType, type, serial, status: MessageStatus.ok };
}

function reply(serial: number, type = 'QEMU'): Buffer {
  return encodeFrame(header(MessageType.reply, serial), (writer) => {
    writer.uint32(type.length);
    writer.opaque(Buffer.from(type));
  });
}

const event = encodeFrame(header(MessageType.message, 0), () => undefined);
const ping = encodeFrame(
  { ...header(MessageType.message, 0), program: keepaliveProgram, procedure: 1 },
  () => undefined,
);
const nonsense = Buffer.alloc(4);

function pair(): { connection: Connection; near: Duplex; far: Duplex } {
  const [near, far] = duplexPair();
  return { connection: new Connection(near), near, far };
}

test('a daemon that asks without reading is answered no more than the socket takes', async () => {
  // What is written to it is never taken.
  const stuck = new Duplex({ read: () => undefined, write: () => undefined });
  const connection = new Connection(stuck);
  const pings = Buffer.concat(Array.from({ length: 2_000 }, () => ping));
  for (let turns = 0; turns < 50; turns += 1) {
    stuck.push(pings);
    await turn();
  }
  expect(stuck.writableLength).toBeLessThan(2 * stuck.writableHighWaterMark);
  expect(connection.isOpen).toBe(true);
  connection.destroy();
});

test('a transport that stays half open when the daemon says no more is closed', async () => {
  const { connection, far } = pair();
  const call = connection.call('connectGetType', {});
  far.resume().end();
  await expect(call).rejects.toMatchObject({ code: 'connection-closed', mayHaveRun: true });
});

test('what breaks the transport is the cause', async () => {
  const { connection, near } = pair();
  const broken = new Error('cut');
  near.destroy(broken);
  await expect(connection.closed).resolves.toMatchObject({ code: 'connection-closed', cause: broken });
});

test('nothing is told of what follows the frame that ended the connection', async () => {
  const { connection, far } = pair();
  const told = vi.fn<(frame: Frame) => void>();
  connection.listen(told, () => undefined);
  const call = connection.call('connectGetType', {});
  const unreadable = encodeFrame(header(MessageType.reply, 1), (writer) => writer.uint32(9));
  far.write(Buffer.concat([event, unreadable, event]));
  await expect(call).rejects.toMatchObject({ code: 'protocol-violation', mayHaveRun: true });
  expect(told).toHaveBeenCalledTimes(1);
});

test('several readers pause for themselves: reading goes on when none does', () => {
  const { connection, near } = pair();
  const [one, other] = [{}, {}];
  connection.pause(one);
  connection.pause(other);
  connection.resume(one);
  expect(near.isPaused()).toBe(true);
  connection.resume(one);
  expect(near.isPaused()).toBe(true);
  connection.resume(other);
  expect(near.isPaused()).toBe(false);
  near.pause();
  connection.resume(other);
  expect(near.isPaused()).toBe(true);
});

test('signs of life are asked for again once no reader pauses', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const { connection } = pair();
    connection.startKeepalive({ intervalMs: 1_000, count: 1 });
    const reader = {};
    connection.pause(reader);
    vi.advanceTimersByTime(10_000);
    expect(connection.isOpen).toBe(true);
    connection.resume(reader);
    vi.advanceTimersByTime(2_000);
    expect(connection.state).toMatchObject({
      kind: 'closed',
      reason: { code: 'keepalive-timeout', mayHaveRun: true },
    });
    expect(vi.getTimerCount()).toBe(0);
    connection.startKeepalive({ intervalMs: 1_000, count: 1 });
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('signs of life are asked for by pings', async () => {
  const { connection, far } = pair();
  connection.startKeepalive({ intervalMs: 1, count: 1_000 });
  const [piece] = await once(far, 'data');
  expect([...(piece as Buffer)]).toEqual([...ping]);
  connection.destroy();
});

test('anything that comes is a sign of life', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const { connection, near } = pair();
    connection.startKeepalive({ intervalMs: 1_000, count: 1 });
    for (let second = 0; second < 10; second += 1) {
      vi.advanceTimersByTime(1_000);
      near.emit('data', event);
    }
    expect(connection.isOpen).toBe(true);
    connection.destroy();
  } finally {
    vi.useRealTimers();
  }
});

test('what goes wrong in a listener is not passed off as the fault of the daemon', () => {
  const { connection, near } = pair();
  const ours = new Error('ours');
  connection.listen(
    () => {
      throw ours;
    },
    () => undefined,
  );
  expect(() => near.emit('data', event)).toThrow(ours);
  expect(connection.isOpen).toBe(true);
});

test('what goes wrong in the arguments themselves is thrown as it is', async () => {
  const { connection } = pair();
  const ours = new Error('ours');
  const args = {
    get id(): number {
      throw ours;
    },
  };
  await expect(connection.call('domainLookupById', args)).rejects.toBe(ours);
});

test('who no longer listens hears neither events nor the end', async () => {
  const { connection, far } = pair();
  const heard = vi.fn<(what: unknown) => void>();
  const forget = connection.listen(heard, heard);
  far.write(event);
  await turn();
  expect(heard).toHaveBeenCalledTimes(1);
  forget();
  far.write(event);
  await turn();
  connection.destroy();
  expect(heard).toHaveBeenCalledTimes(1);
});

test('a stream hears its frames and the end; one that is forgotten hears nothing', async () => {
  const { connection, far } = pair();
  const streams = [1, 2, 3].map(() => ({
    receive: vi.fn<(frame: Frame) => void>(),
    fail: vi.fn<(error: Error) => void>(),
  }));
  const opened = streams.map((stream) =>
    connection.callForSerial('connectGetType', {}, { deadlineMs: 1_000 }, stream),
  );
  const [, , refused] = opened;
  const unable = encodeFrame({ ...header(MessageType.reply, 3), status: MessageStatus.error }, (writer) => {
    for (const word of [1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]) writer.int32(word);
  });
  const data = [1, 2, 3].map((serial) =>
    encodeStreamFrame(header(MessageType.stream, serial), Uint8Array.of(serial)),
  );
  far.write(Buffer.concat([reply(1), reply(2), unable, ...data]));
  await expect(refused).rejects.toMatchObject({ code: 1 });
  const results = await Promise.all(opened.slice(0, 2));
  expect(results).toEqual([
    { serial: 1, result: { type: 'QEMU' } },
    { serial: 2, result: { type: 'QEMU' } },
  ]);
  connection.endStream(2);
  far.write(Buffer.concat(data));
  await turn();
  connection.destroy();
  expect(streams.map(({ receive }) => receive.mock.calls.length)).toEqual([2, 1, expect.any(Number)]);
  expect(streams.map(({ fail }) => fail.mock.calls.length)).toEqual([1, 0, 0]);
});

test('a stream frame for a number that was never given ends the connection', async () => {
  const { connection, far } = pair();
  far.write(encodeStreamFrame(header(MessageType.stream, 5), Uint8Array.of(1)));
  await expect(connection.closed).resolves.toMatchObject({ code: 'protocol-violation', mayHaveRun: true });
});

test('on an ended connection nothing is sent, and the refusal says why it ended', async () => {
  const { connection, near, far } = pair();
  far.write(nonsense);
  const reason = await connection.closed;
  const refusal = { code: 'connection-closed', mayHaveRun: false, cause: reason };
  await expect(connection.call('connectGetType', {})).rejects.toMatchObject(refusal);
  await expect(connection.sendRaw(header(MessageType.stream, 1), Buffer.alloc(1))).rejects.toMatchObject(
    refusal,
  );
  const write = vi.spyOn(near, 'write');
  connection.postRaw(Buffer.alloc(1));
  expect(write).not.toHaveBeenCalled();
});

test('destroying ends it at once, calls in flight with it, and the first reason stays', async () => {
  const { connection, near } = pair();
  const call = connection.call('connectGetType', {});
  connection.destroy();
  expect([near.destroyed, connection.state.kind, connection.isOpen]).toEqual([true, 'closed', false]);
  await expect(call).rejects.toMatchObject({ code: 'connection-closed', mayHaveRun: true });
  const first = await connection.closed;
  connection.destroy();
  await connection.close();
  expect(connection.state).toEqual({ kind: 'closed', reason: first });
});

test('a writer that waits is told when the connection ends', async () => {
  const { connection } = pair();
  const sent = connection.sendRaw(header(MessageType.stream, 1), Buffer.alloc(1_000_000));
  connection.destroy();
  await expect(sent).rejects.toBe(await connection.closed);
});
