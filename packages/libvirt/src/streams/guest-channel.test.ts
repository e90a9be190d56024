import { expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { argsOf, FakeDaemon, type FakePeer, isCall } from '../rpc/fake-daemon.test-support.ts';
import { type Frame, MessageStatus, MessageType } from '../rpc/frame.ts';
import { openChannel, openConsole } from './guest-channel.ts';

const dom = { name: 'web', uuid: '3483d9f1-4015-48d9-9837-b67ca82d0009', id: 7 };
const { ok, more, error: failed } = MessageStatus;
const none = new Uint8Array();

/** A daemon with a console that says back what it is told, in capitals, and closes when asked to. */
function echoing(closes = true, onOpen: (peer: FakePeer, call: Frame) => void = () => undefined) {
  return FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'domainOpenConsole')) {
      peer.reply('domainOpenConsole', frame, undefined);
      onOpen(peer, frame);
    } else if (isCall(frame, 'domainOpenChannel')) {
      peer.refuse(frame, MessageType.reply, { code: 8, message: 'no such channel' });
    } else if (frame.header.type === MessageType.stream) {
      if (frame.header.status === more)
        peer.stream(frame, more, Buffer.from(frame.payload.toString().toUpperCase()));
      else if (frame.header.status === ok && closes) peer.stream(frame, ok, none);
    } else if (isCall(frame, 'connectGetType')) peer.reply('connectGetType', frame, { type: 'QEMU' });
  });
}

const streamFrames = (daemon: FakeDaemon): number[] =>
  (daemon.peers[0]?.frames ?? [])
    .filter(({ header }) => header.type === MessageType.stream)
    .map(({ header }) => header.status);

test('both sides write, and closing is agreed upon', async () => {
  await using daemon = await echoing();
  const connection = await connect(daemon.uri);
  const console = await openConsole(connection, dom);
  await console.write(Buffer.from('hello'));
  const { value } = await console[Symbol.asyncIterator]().next();
  expect(Buffer.from(value ?? none).toString()).toBe('HELLO');
  await console.close();
  await console.close();
  expect(streamFrames(daemon)).toEqual([more, ok]);
  await expect(console.write(Buffer.from('late'))).rejects.toMatchObject({
    code: 'aborted',
    mayHaveRun: false,
  });
  expect(connection.isOpen).toBe(true);
});

test('whoever reads while the channel is closed sees its end, not an error', async () => {
  await using daemon = await echoing();
  const connection = await connect(daemon.uri);
  const console = await openConsole(connection, dom);
  const reading = console[Symbol.asyncIterator]().next();
  await console.close();
  await expect(reading).resolves.toEqual({ done: true, value: undefined });
});

test('leaving the loop leaves the channel open; a piece that is larger than a frame goes in several', async () => {
  await using daemon = await echoing();
  const connection = await connect(daemon.uri);
  const console = await openConsole(connection, dom);
  await console.write(Buffer.alloc(600_000, 'a'));
  let bytes = 0;
  for await (const piece of console) {
    bytes += piece.length;
    break;
  }
  for await (const piece of console) {
    bytes += piece.length;
    if (bytes === 600_000) break;
  }
  expect(streamFrames(daemon)).toEqual([more, more, more]);
  await console.close();
});

test('a channel that breaks says why, to the reader and to the writer', async () => {
  await using daemon = await echoing(true, (peer, call) =>
    peer.refuse(call, MessageType.stream, { code: 38, message: 'I/O failure' }),
  );
  const connection = await connect(daemon.uri);
  const console = await openConsole(connection, dom);
  const broken = { name: 'LibvirtError', code: 38 };
  await expect(console[Symbol.asyncIterator]().next()).rejects.toMatchObject(broken);
  await expect(console.write(Buffer.from('x'))).rejects.toMatchObject(broken);
  await console.close();
  expect(streamFrames(daemon)).toEqual([]);
});

test('the signal aborts the channel, on the daemon too', async () => {
  await using daemon = await echoing();
  const connection = await connect(daemon.uri);
  const controller = new AbortController();
  const console = await openConsole(connection, dom, { signal: controller.signal });
  const reading = console[Symbol.asyncIterator]().next();
  controller.abort();
  await expect(reading).rejects.toMatchObject({ code: 'aborted' });
  await expect(console.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'aborted' });
  await console.close();
  await connection.call('connectGetType', {});
  expect(streamFrames(daemon)).toEqual([failed]);
});

test('an abort ends a write that waits for a daemon which does not read', async () => {
  await using daemon = await echoing(false, (peer) => peer.socket.pause());
  const connection = await connect(daemon.uri);
  const controller = new AbortController();
  const console = await openConsole(connection, dom, { signal: controller.signal });
  const writing = console.write(new Uint8Array(10_000_000));
  controller.abort();
  await expect(writing).rejects.toMatchObject({ code: 'aborted' });
  connection.destroy();
});

test('a daemon that breaks the connection ends the wait for its word at closing', async () => {
  await using daemon = await echoing(false);
  const connection = await connect(daemon.uri);
  const console = await openConsole(connection, dom);
  const closing = console.close();
  await daemon.peers[0]?.until(({ header }) => header.type === MessageType.stream);
  daemon.peers[0]?.socket.destroy();
  await closing;
  expect(connection.state.kind).toBe('closed');
});

test('a confirmation that nobody asked for breaks the protocol', async () => {
  await using daemon = await echoing(true, (peer, call) => peer.stream(call, ok, none));
  const connection = await connect(daemon.uri);
  await openConsole(connection, dom);
  await expect(connection.closed).resolves.toMatchObject({ code: 'protocol-violation' });
});

test('a channel that is refused is an error of libvirt', async () => {
  await using daemon = await echoing();
  const connection = await connect(daemon.uri);
  await expect(openChannel(connection, dom, { device: 'org.none' })).rejects.toMatchObject({ code: 8 });
});

/** A daemon that opens everything, and one that is asked. */
function opening(): Promise<FakeDaemon> {
  return FakeDaemon.start((peer, frame) => {
    for (const name of ['domainOpenConsole', 'domainOpenChannel'] as const) {
      if (isCall(frame, name)) peer.reply(name, frame, undefined);
    }
  });
}

test('a console is the first there is, or the one that is named, taken from others by force', async () => {
  await using daemon = await opening();
  const connection = await connect(daemon.uri);
  await openConsole(connection, dom);
  await openConsole(connection, dom, { device: 'serial1', force: true });
  const asked = daemon.peers[0]?.frames.filter((frame) => isCall(frame, 'domainOpenConsole')) ?? [];
  expect(asked.map((frame) => argsOf('domainOpenConsole', frame))).toEqual([
    { dom, devName: null, flags: 0 },
    { dom, devName: 'serial1', flags: 1 },
  ]);
  connection.destroy();
});

test('a channel likewise', async () => {
  await using daemon = await opening();
  const connection = await connect(daemon.uri);
  await openChannel(connection, dom);
  await openChannel(connection, dom, { device: 'org.qemu.guest_agent.0', force: true });
  const asked = daemon.peers[0]?.frames.filter((frame) => isCall(frame, 'domainOpenChannel')) ?? [];
  expect(asked.map((frame) => argsOf('domainOpenChannel', frame))).toEqual([
    { dom, name: null, flags: 0 },
    { dom, name: 'org.qemu.guest_agent.0', flags: 1 },
  ]);
  connection.destroy();
});
