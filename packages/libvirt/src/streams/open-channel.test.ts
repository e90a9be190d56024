import { expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { argsOf, FakeDaemon, isCall } from '../rpc/fake-daemon.test-support.ts';
import { openChannel, openConsole } from './open-channel.ts';

const dom = { name: 'web', uuid: '3483d9f1-4015-48d9-9837-b67ca82d0009', id: 7 };

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
