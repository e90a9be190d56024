import { getEventListeners } from 'node:events';
import { duplexPair } from 'node:stream';
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { remoteProgram } from '../procedures/procedure.ts';
import { Connection } from '../rpc/connection.ts';
import { type Frame, MessageStatus, MessageType } from '../rpc/frame.ts';
import { EventInbox } from './event-inbox.ts';
import { eventMessages } from './libvirt-event.ts';
import { EventSequence, followEvents } from './event-sequence.ts';

let connection: Connection;
let controller: AbortController;
let signal: AbortSignal;
let call: MockInstance<Connection['call']>;
const forget = vi.fn<() => void>();
const callback = { family: 'domain', callbackId: 7 } as const;
const deregister = ['connectDomainEventCallbackDeregisterAny', { callbackId: 7 }, { deadlineMs: 5_000 }];

beforeEach(() => {
  connection = new Connection(duplexPair()[0]);
  controller = new AbortController();
  ({ signal } = controller);
  forget.mockClear();
  vi.spyOn(connection, 'listen').mockReturnValue(forget);
  call = vi.spyOn(connection, 'call').mockResolvedValue(undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  connection.destroy();
});

function sequence(inbox = new EventInbox(['reboot'])): EventSequence<'reboot'> {
  return new EventSequence<'reboot'>(connection, inbox, signal);
}

const { program, version } = remoteProgram;
function reboot(callbackId: number): Frame {
  const { procedure } = eventMessages.reboot;
  const { message: type } = MessageType;
  const payload = Buffer.alloc(32);
  payload.writeInt32BE(callbackId);
  return { header: { program, version, procedure, type, serial: 0, status: MessageStatus.ok }, payload };
}

test('closing stops listening, forgets the signal and gives the callbacks up, once', async () => {
  const events = sequence();
  await events.add(callback);
  await Promise.all([events.close(), events.close(), events[Symbol.asyncDispose]()]);
  expect(forget).toHaveBeenCalledTimes(1);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(call.mock.calls).toEqual([deregister]);
});

test('closing ends the loop of a reader that waits', async () => {
  const events = sequence();
  const next = events[Symbol.asyncIterator]().next();
  await events.close();
  await expect(next).resolves.toEqual({ done: true, value: undefined });
});

test('an abort does the same, at once and for whoever reads later', async () => {
  const events = sequence();
  await events.add(callback);
  controller.abort();
  expect(call.mock.calls).toEqual([deregister]);
  expect(forget).toHaveBeenCalledTimes(1);
  await expect(events[Symbol.asyncIterator]().next()).resolves.toMatchObject({ done: true });
});

test('a signal that is aborted already gives an empty sequence, and nothing listens', async () => {
  controller.abort();
  const events = await followEvents(connection, ['reboot'], signal);
  expect(call).not.toHaveBeenCalled();
  expect(forget).toHaveBeenCalledTimes(1);
  await expect(events[Symbol.asyncIterator]().next()).resolves.toMatchObject({ done: true });
});

test('a callback that comes after the end is given up at once', async () => {
  const events = sequence();
  await events.close();
  await events.add(callback);
  expect(call.mock.calls).toEqual([deregister]);
});

test('on a connection that has ended nothing is given up: the daemon has forgotten it all', async () => {
  const events = sequence();
  await events.add(callback);
  connection.destroy();
  await events.close();
  expect(call).not.toHaveBeenCalled();
});

test('a daemon that refuses to give a callback up does not keep a sequence from closing', async () => {
  call.mockRejectedValue(new Error('no'));
  const events = sequence();
  await events.add(callback);
  await expect(events.close()).resolves.toBeUndefined();
});

test('events of its own callbacks are given, those of others are not; leaving the loop closes it', async () => {
  const inbox = new EventInbox(['reboot']);
  const events = sequence(inbox);
  await events.add(callback);
  for (const callbackId of [8, 7]) inbox.receive(reboot(callbackId));
  const given = [];
  for await (const event of events) {
    given.push(event.kind);
    break;
  }
  expect(given).toHaveLength(1);
  expect(call.mock.calls).toEqual([deregister]);
});
