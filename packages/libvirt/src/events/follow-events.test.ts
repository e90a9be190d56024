import { expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { type EventKind, eventMessages, type LibvirtEvent } from './libvirt-event.ts';
import type { Codec } from '../xdr/codec.ts';
import { followEvents } from './event-sequence.ts';
import { argsOf, FakeDaemon, type FakePeer, isCall } from '../rpc/fake-daemon.test-support.ts';
import { encodeFrame, encodeStreamFrame, MessageStatus, MessageType } from '../rpc/frame.ts';

const dom = { name: 'web', uuid: '3483d9f1-4015-48d9-9837-b67ca82d0009', id: 7 };

/** Registers callbacks as numbers 100 + kind; `begin` is called after the last. */
function telling(kinds: number, begin: (peer: FakePeer) => void = () => undefined): Promise<FakeDaemon> {
  let registered = 0;
  return FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'connectDomainEventCallbackRegisterAny')) {
      const { eventId } = argsOf('connectDomainEventCallbackRegisterAny', frame);
      peer.reply('connectDomainEventCallbackRegisterAny', frame, { callbackId: 100 + eventId });
      registered += 1;
      if (registered === kinds) begin(peer);
    } else if (isCall(frame, 'connectDomainEventCallbackDeregisterAny')) {
      peer.reply('connectDomainEventCallbackDeregisterAny', frame, undefined);
    }
  });
}

async function iterate(...args: Parameters<typeof followEvents>): Promise<AsyncIterator<LibvirtEvent>> {
  return (await followEvents(...args))[Symbol.asyncIterator]();
}

function headerOf(kind: EventKind) {
  return {
    program: 0x20_00_80_86,
    version: 1,
    procedure: eventMessages[kind].procedure,
    type: MessageType.message,
    serial: 0,
    status: MessageStatus.ok,
  };
}

function tell(peer: FakePeer, kind: EventKind, message: unknown): void {
  const codec = eventMessages[kind].codec as Codec<unknown>;
  peer.send(encodeFrame(headerOf(kind), (writer) => codec.encode(writer, message)));
}

const lifecycle = (callbackId: number, detail: number) => ({
  callbackId,
  msg: { dom, event: 5, detail },
});

test('events of several kinds come as one tagged sequence; leaving it deregisters the callbacks', async () => {
  await using daemon = await telling(3, (peer) => {
    tell(peer, 'lifecycle', lifecycle(100, 3));
    tell(peer, 'block-job', { callbackId: 116, dom, dst: 'vda', type: 2, status: 3 });
    const params = [{ field: 'time_elapsed', type: 'ullong', value: 9n }];
    tell(peer, 'job-completed', { callbackId: 121, dom, params });
  });
  const connection = await connect(daemon.uri);
  const events = [];
  const { signal } = new AbortController();
  for await (const event of await followEvents(
    connection,
    ['lifecycle', 'block-job', 'job-completed'],
    signal,
  )) {
    events.push(event);
    if (events.length === 3) break;
  }
  expect(events).toEqual([
    { kind: 'lifecycle', dom, event: 5, detail: 3 },
    { kind: 'block-job', dom, dst: 'vda', type: 2, status: 3 },
    { kind: 'job-completed', dom, params: [{ field: 'time_elapsed', type: 'ullong', value: 9n }] },
  ]);
  const ended = daemon.peers[0]?.frames.filter((frame) =>
    isCall(frame, 'connectDomainEventCallbackDeregisterAny'),
  );
  expect(ended?.length).toBe(3);
});

test('what cannot be decoded is told with its bytes', async () => {
  await using daemon = await telling(1, (peer) => {
    peer.send(encodeStreamFrame(headerOf('lifecycle'), new Uint8Array([0, 0, 0, 100, 9, 9])));
  });
  const connection = await connect(daemon.uri);
  const events = await iterate(connection, ['lifecycle'], new AbortController().signal);
  const { value } = await events.next();
  expect(value).toEqual({
    kind: 'undecodable',
    program: 0x20_00_80_86,
    procedure: 318,
    bytes: new Uint8Array([0, 0, 0, 100, 9, 9]),
  });
});

test("another follower's callback is not ours", async () => {
  await using daemon = await telling(1, (peer) => {
    tell(peer, 'lifecycle', lifecycle(5, 1));
    tell(peer, 'lifecycle', lifecycle(100, 2));
  });
  const connection = await connect(daemon.uri);
  const events = await iterate(connection, ['lifecycle'], new AbortController().signal);
  expect((await events.next()).value).toMatchObject({ detail: 2 });
});

test('events that did not fit are counted, not dropped in silence', async () => {
  const sent = 30_000;
  await using daemon = await telling(1, (peer) => {
    for (let detail = 0; detail < sent; detail += 1) tell(peer, 'lifecycle', lifecycle(100, detail));
  });
  const connection = await connect(daemon.uri);
  const events = await iterate(connection, ['lifecycle'], new AbortController().signal);
  // The daemon answers in order: after this reply all events are here.
  const barrier = { callbackId: 0 };
  await connection.call('connectDomainEventCallbackDeregisterAny', barrier);
  const details = [];
  let last = (await events.next()).value;
  for (; last?.kind === 'lifecycle'; last = (await events.next()).value) details.push(last.detail);
  expect(details).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
  expect(last).toEqual({ kind: 'overflow', lost: sent - 10_000 });
});

test('the sequence ends with the signal, and with the typed error when the connection closes', async () => {
  await using daemon = await telling(1);
  const connection = await connect(daemon.uri);
  const controller = new AbortController();
  const quiet = (await iterate(connection, ['lifecycle'], controller.signal)).next();
  controller.abort();
  await expect(quiet).resolves.toEqual({ done: true, value: undefined });
  const broken = (await iterate(connection, ['lifecycle'], new AbortController().signal)).next();
  daemon.peers[0]?.socket.destroy();
  await expect(broken).rejects.toMatchObject({ code: 'connection-closed' });
});

test('an abort while callbacks are registered asks for no more of them, and gives up those there are', async () => {
  const controller = new AbortController();
  await using daemon = await telling(1, () => controller.abort());
  const connection = await connect(daemon.uri);
  const kinds: EventKind[] = ['lifecycle', 'reboot', 'block-job'];
  const events = await iterate(connection, kinds, controller.signal);
  await expect(events.next()).resolves.toMatchObject({ done: true });
  const asked = (name: 'Register' | 'Deregister') =>
    daemon.peers[0]?.frames.filter((frame) => isCall(frame, `connectDomainEventCallback${name}Any`)).length;
  expect([asked('Register'), asked('Deregister')]).toEqual([1, 1]);
});

test('callbacks of two families may have the same number; each event goes to whom it was sent for', async () => {
  const net = { name: 'default', uuid: dom.uuid };
  await using daemon = await FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'connectDomainEventCallbackRegisterAny'))
      peer.reply('connectDomainEventCallbackRegisterAny', frame, { callbackId: 1 });
    if (!isCall(frame, 'connectNetworkEventRegisterAny')) return;
    peer.reply('connectNetworkEventRegisterAny', frame, { callbackId: 2 });
    const change = { net, event: 2, detail: 0 };
    tell(peer, 'network-lifecycle', { callbackId: 1, ...change });
    tell(peer, 'lifecycle', lifecycle(2, 8));
    tell(peer, 'network-lifecycle', { callbackId: 2, ...change });
    tell(peer, 'lifecycle', lifecycle(1, 9));
  });
  const connection = await connect(daemon.uri);
  const events = await iterate(connection, ['lifecycle', 'network-lifecycle'], new AbortController().signal);
  expect((await events.next()).value).toEqual({ kind: 'network-lifecycle', net, event: 2, detail: 0 });
  expect((await events.next()).value).toEqual({ kind: 'lifecycle', dom, event: 5, detail: 9 });
});

test('events of one domain are asked for as such', async () => {
  await using daemon = await telling(1, (peer) => tell(peer, 'reboot', { callbackId: 101, msg: { dom } }));
  const connection = await connect(daemon.uri);
  const events = await iterate(connection, ['reboot'], new AbortController().signal, { dom });
  expect((await events.next()).value).toEqual({ kind: 'reboot', dom });
  const asked = await daemon.peers[0]?.called('connectDomainEventCallbackRegisterAny');
  expect(asked && argsOf('connectDomainEventCallbackRegisterAny', asked)).toEqual({ eventId: 1, dom });
});

test('a message that this client does not know is told with its bytes', async () => {
  await using daemon = await telling(1, (peer) => {
    peer.send(encodeStreamFrame({ ...headerOf('lifecycle'), procedure: 999 }, new Uint8Array([7])));
  });
  const connection = await connect(daemon.uri);
  const events = await iterate(connection, ['lifecycle'], new AbortController().signal);
  expect((await events.next()).value).toMatchObject({
    kind: 'undecodable',
    procedure: 999,
    bytes: new Uint8Array([7]),
  });
});

test.each(Object.entries(eventMessages))('a message of %s begins with its callback', (_, { codec }) => {
  expect(codec.shape.startsWith('{int callbackId;')).toBe(true);
});

test('a daemon that has no such events refuses, and what was registered before is given up', async () => {
  await using daemon = await FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'connectDomainEventCallbackRegisterAny'))
      peer.reply('connectDomainEventCallbackRegisterAny', frame, { callbackId: 1 });
    else if (isCall(frame, 'connectDomainEventCallbackDeregisterAny'))
      peer.reply('connectDomainEventCallbackDeregisterAny', frame, undefined);
    else peer.refuse(frame, MessageType.reply, { code: 3 });
  });
  const connection = await connect(daemon.uri);
  const { signal } = new AbortController();
  await expect(followEvents(connection, ['reboot', 'secret-lifecycle'], signal)).rejects.toMatchObject({
    name: 'LibvirtError',
    code: 3,
  });
  await daemon.peers[0]?.called('connectDomainEventCallbackDeregisterAny');
});

test('a sequence that nobody reads is given up by the signal, and by its scope', async () => {
  await using daemon = await telling(1);
  const connection = await connect(daemon.uri);
  const controller = new AbortController();
  await followEvents(connection, ['reboot'], controller.signal);
  controller.abort();
  await daemon.peers[0]?.called('connectDomainEventCallbackDeregisterAny');
  const { signal } = new AbortController();
  await (await followEvents(connection, ['lifecycle'], signal))[Symbol.asyncDispose]();
  const ended = daemon.peers[0]?.frames.filter((frame) =>
    isCall(frame, 'connectDomainEventCallbackDeregisterAny'),
  );
  expect(ended?.length).toBe(2);
});
