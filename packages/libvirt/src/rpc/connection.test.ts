import { once } from 'node:events';
import { connect as connectSocket, createServer, type Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { connect } from '../connect.ts';
import { LibvirtError } from '../errors.ts';
import { Connection } from './connection.ts';
import { argsOf, FakeDaemon, isCall } from './fake-daemon.test-support.ts';
import { encodeFrame, MessageStatus, MessageType } from './frame.ts';

const net = { name: 'default', uuid: 'f5f7e1d0-7c8e-4b8e-8b60-6c2f6b0f2f11' };
const dom = { name: 'web', uuid: '3483d9f1-4015-48d9-9837-b67ca82d0009', id: 7 };

test('two calls answered out of order get their own replies', async () => {
  await using daemon = await FakeDaemon.start();
  const connection = await connect(daemon.uri);
  const [peer] = daemon.peers;
  const hostname = connection.call('connectGetHostname', {});
  const type = connection.call('connectGetType', {});
  const second = await peer?.called('connectGetType');
  const first = await peer?.called('connectGetHostname');
  if (first === undefined || second === undefined) throw new Error('no peer');
  peer?.reply('connectGetType', second, { type: 'QEMU' });
  await expect(type).resolves.toEqual({ type: 'QEMU' });
  peer?.reply('connectGetHostname', first, { hostname: 'compute11' });
  await expect(hostname).resolves.toEqual({ hostname: 'compute11' });
});

test('arguments arrive as the protocol writes them, also those of another program', async () => {
  await using daemon = await FakeDaemon.start((peer, frame) => {
    if (!isCall(frame, 'qemuDomainMonitorCommand')) return;
    const { cmd } = argsOf('qemuDomainMonitorCommand', frame);
    peer.reply('qemuDomainMonitorCommand', frame, { result: `answer to ${cmd}` });
  });
  const connection = await connect(daemon.uri);
  const asked = connection.call('qemuDomainMonitorCommand', { dom, cmd: 'info', flags: 1 });
  await expect(asked).resolves.toEqual({ result: 'answer to info' });
});

test("libvirt's refusal is kept whole and the connection stays of use", async () => {
  await using daemon = await FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'domainLookupByUuid')) {
      peer.refuse(frame, MessageType.reply, {
        code: 42,
        domain: 10,
        message: 'not found',
        str1: 'a',
        int1: -1,
        dom,
        net,
      });
    }
    if (isCall(frame, 'connectGetType')) peer.reply('connectGetType', frame, { type: 'QEMU' });
  });
  const connection = await connect(daemon.uri);
  const error: unknown = await connection.call('domainLookupByUuid', { uuid: dom.uuid }).catch((e) => e);
  expect(error).toBeInstanceOf(LibvirtError);
  const strings = { str1: 'a', str2: null, str3: null };
  const all = {
    code: 42,
    domain: 10,
    level: 2,
    message: 'not found',
    ...strings,
    int1: -1,
    int2: 0,
    dom,
    net,
  };
  expect(error).toMatchObject({ ...all, procedure: 'domainLookupByUuid' });
  await expect(connection.call('connectGetType', {})).resolves.toEqual({ type: 'QEMU' });
});

test('a reply after its deadline is dropped, and the next call is not taken for it', async () => {
  await using daemon = await FakeDaemon.start();
  const connection = await connect(daemon.uri);
  const [peer] = daemon.peers;
  const late = connection.call('connectGetHostname', {}, { deadlineMs: 5 });
  await expect(late).rejects.toMatchObject({ code: 'deadline-exceeded', mayHaveRun: true });
  const lateCall = await peer?.called('connectGetHostname');
  const next = connection.call('connectGetType', {});
  const nextCall = await peer?.called('connectGetType');
  if (lateCall === undefined || nextCall === undefined) throw new Error('no peer');
  peer?.reply('connectGetHostname', lateCall, { hostname: 'too late' });
  peer?.reply('connectGetType', nextCall, { type: 'QEMU' });
  await expect(next).resolves.toEqual({ type: 'QEMU' });
});

test('an abort before sending sends nothing; one after sending says that the call may have run', async () => {
  await using daemon = await FakeDaemon.start();
  const connection = await connect(daemon.uri);
  const before = connection.call('domainSuspend', { dom }, { signal: AbortSignal.abort() });
  await expect(before).rejects.toMatchObject({ code: 'aborted', mayHaveRun: false });
  const controller = new AbortController();
  const after = connection.call('domainResume', { dom }, { signal: controller.signal });
  await daemon.peers[0]?.called('domainResume');
  controller.abort();
  await expect(after).rejects.toMatchObject({ code: 'aborted', mayHaveRun: true });
  expect(daemon.peers[0]?.frames.some((frame) => isCall(frame, 'domainSuspend'))).toBe(false);
});

test('what cannot be sent is a typed error and nothing is sent', async () => {
  await using daemon = await FakeDaemon.start();
  const connection = await connect(daemon.uri);
  const unsendable = { code: 'message-too-large', mayHaveRun: false };
  await expect(connection.call('domainLookupByUuid', { uuid: 'web' })).rejects.toMatchObject(unsendable);
  await expect(connection.call('domainLookupById', { id: 2 ** 40 })).rejects.toMatchObject(unsendable);
  for (const id of [Number.NaN, 1.5]) {
    await expect(connection.call('domainLookupById', { id })).rejects.toMatchObject(unsendable);
  }
  const name = 'x'.repeat(4_194_305);
  await expect(connection.call('domainLookupByName', { name })).rejects.toMatchObject(unsendable);
  expect(connection.isOpen).toBe(true);
  expect(daemon.peers[0]?.frames.length).toBe(serial - 1);
});

const ok = { program: 0x20_00_80_86, version: 1, procedure: 59, status: MessageStatus.ok };
const reply = { ...ok, type: MessageType.reply };
/** The fourth call: three opened the connection. */
const serial = 4;

test.each([
  ['a length beyond the limit', Buffer.from([0x7f, 0xff, 0xff, 0xff])],
  ['a length below the header', Buffer.from([0, 0, 0, 8])],
  ['a serial number that no call had', encodeFrame({ ...reply, serial: 99 }, () => undefined)],
  ['a reply of another procedure', encodeFrame({ ...reply, procedure: 60, serial }, () => undefined)],
  ['a reply cut short', encodeFrame({ ...reply, serial }, (writer) => writer.uint32(5))],
  ['a text beyond its maximum', encodeFrame({ ...reply, serial }, (writer) => writer.uint32(0xff_ff_ff_ff))],
  ['an error cut short', encodeFrame({ ...reply, status: 1, serial }, (writer) => writer.int32(42))],
  ['a call', encodeFrame({ ...ok, type: MessageType.call, serial }, () => undefined)],
  [
    'a frame of an unknown type',
    withType(
      encodeFrame({ ...reply, serial }, () => undefined),
      9,
    ),
  ],
  [
    'a reply with bytes left over',
    encodeFrame({ ...reply, serial }, (writer) => {
      writer.uint32(0);
      writer.uint32(0);
    }),
  ],
])('%s ends the connection as a protocol violation', async (_what, bytes) => {
  await using daemon = await FakeDaemon.start((peer) => peer.send(bytes));
  const connection = await connect(daemon.uri);
  const violation = { code: 'protocol-violation', mayHaveRun: true };
  await expect(connection.call('connectGetHostname', {})).rejects.toMatchObject(violation);
  await expect(connection.closed).resolves.toMatchObject(violation);
  const next = connection.call('connectGetType', {});
  await expect(next).rejects.toMatchObject({ code: 'connection-closed', mayHaveRun: false });
});

test('a reply is a reply though nonsense follows it in the same piece of bytes', async () => {
  const good = encodeFrame({ ...reply, serial }, (writer) => {
    writer.uint32(4);
    writer.opaque(Buffer.from('host'));
  });
  await using daemon = await FakeDaemon.start((peer) => peer.send(Buffer.concat([good, Buffer.alloc(4)])));
  const connection = await connect(daemon.uri);
  await expect(connection.call('connectGetHostname', {})).resolves.toEqual({ hostname: 'host' });
  await expect(connection.closed).resolves.toMatchObject({ code: 'protocol-violation' });
});

test('calls in flight are told when the daemon goes away', async () => {
  await using daemon = await FakeDaemon.start((peer) => peer.socket.destroy());
  const connection = await connect(daemon.uri);
  const gone = { code: 'connection-closed', mayHaveRun: true };
  await expect(connection.call('domainSuspend', { dom })).rejects.toMatchObject(gone);
  await expect(connection.closed).resolves.toMatchObject(gone);
  expect(connection.state).toMatchObject({ kind: 'closed' });
});

test('a daemon that goes away in the middle of a frame broke the connection, not the protocol', async () => {
  const whole = encodeFrame({ ...reply, serial }, (writer) => writer.uint32(0));
  await using daemon = await FakeDaemon.start((peer) => peer.socket.end(whole.subarray(0, -1)));
  const connection = await connect(daemon.uri);
  const gone = { code: 'connection-closed', mayHaveRun: true };
  await expect(connection.call('connectGetHostname', {})).rejects.toMatchObject(gone);
});

test('who begins to listen on a closed connection is told at once', async () => {
  await using daemon = await FakeDaemon.start();
  const connection = await connect(daemon.uri);
  connection.destroy();
  const onClose = vi.fn<(reason: unknown) => void>();
  connection.listen(() => undefined, onClose);
  expect(onClose).toHaveBeenCalledWith(await connection.closed);
});

test('a daemon that never answers the goodbye does not hold closing up', async () => {
  const [client, daemon] = await socketPair();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const connection = new Connection(client);
    const closing = connection.close();
    expect(connection.state).toEqual({ kind: 'closing' });
    await expect(connection.call('connectGetType', {})).rejects.toMatchObject({ mayHaveRun: false });
    await vi.advanceTimersByTimeAsync(10_000);
    await closing;
    await expect(connection.closed).resolves.toMatchObject({ code: 'connection-closed' });
  } finally {
    vi.useRealTimers();
    daemon.destroy();
  }
});

test('closing says goodbye, rejects what is in flight and may be done twice', async () => {
  await using daemon = await FakeDaemon.start();
  const connection = await connect(daemon.uri);
  const inFlight = connection.call('connectGetHostname', {}).catch((error: unknown) => error);
  await Promise.all([connection.close(), connection.close()]);
  expect(await inFlight).toMatchObject({ code: 'connection-closed' });
  expect(daemon.peers[0]?.frames.some((frame) => isCall(frame, 'connectClose'))).toBe(true);
});

async function socketPair(): Promise<[Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const address = server.address();
  const client = connectSocket(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
  const [[daemon]] = await Promise.all([accepted, once(client, 'connect')]);
  server.close();
  return [client, daemon];
}

function withType(frame: Buffer, type: number): Buffer {
  frame.writeInt32BE(type, 16);
  return frame;
}
