import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect, type ConnectOptions } from '../connect.ts';
import type { Connection } from '../rpc/connection.ts';
import { FakeDaemon } from '../rpc/fake-daemon.test-support.ts';
import { type FarProgram, FarSide } from './far-side.test-support.ts';
import { openTransport } from './open-transport.ts';
import { parseLibvirtUri } from './uri.ts';

const far = '/var/run/libvirt/libvirt-sock';

function socketOf(daemon: FakeDaemon): string {
  return decodeURIComponent(daemon.uri.replace(/.*socket=/, ''));
}

function over(side: FarSide, parameters = '', options: ConnectOptions = {}): Promise<Connection> {
  const uri = `test+ssh://far/default?command=${encodeURIComponent(side.ssh)}&${parameters}`;
  return connect(uri, { deadlineMs: 20_000, ...options });
}

function isAlive(pid: number): boolean {
  // A zombie is not alive: Node reaps its children, but those of others wait for their own.
  return existsSync(`/proc/${pid}`) && !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

async function nothingLeft(side: FarSide): Promise<void> {
  await expect.poll(() => side.pids.filter(isAlive)).toEqual([]);
}

test.each<[string, FarProgram[], string, string[]]>([
  ['virt-ssh-helper where it is', ['virt-ssh-helper', 'nc'], '', ['virt-ssh-helper', 'test:///default']],
  ['netcat where virt-ssh-helper is not', ['nc', 'socat'], '', ['nc', '-U', far]],
  ['netcat by name', ['virt-ssh-helper', 'nc'], 'proxy=netcat', ['nc', '-U', far]],
  ['a netcat that needs to be told to end', ['nc-with-q'], '', ['nc', '-q0', '-U', far]],
  ['socat where there is no netcat', ['socat'], '', ['socat', '-', `UNIX-CONNECT:${far}`]],
  ['the socket that the URI names', ['virt-ssh-helper', 'nc'], 'socket=/a/b', ['nc', '-U', '/a/b']],
  ["the driver's own daemon", ['nc'], 'mode=direct', ['nc', '-U', '/var/run/libvirt/virttestd-sock']],
  [
    'virt-ssh-helper with a mode',
    ['virt-ssh-helper'],
    'mode=direct&proxy=native',
    ['virt-ssh-helper', 'test:///default?mode=direct'],
  ],
])('the far side goes by %s', async (_, programs, parameters, call) => {
  await using daemon = await FakeDaemon.start();
  using side = new FarSide(socketOf(daemon), programs);
  const connection = await over(side, parameters);
  await connection.close();
  expect(side.calls).toEqual([call]);
  await nothingLeft(side);
});

test('read-only reaches virt-ssh-helper as an option, netcat as a socket', async () => {
  await using daemon = await FakeDaemon.start();
  using side = new FarSide(socketOf(daemon), ['virt-ssh-helper', 'nc']);
  await (await over(side, '', { readOnly: true })).close();
  await (await over(side, 'proxy=netcat', { readOnly: true })).close();
  expect(side.calls).toEqual([
    ['virt-ssh-helper', '-r', 'test:///default'],
    ['nc', '-U', `${far}-ro`],
  ]);
});

test.each(['nc', 'socat'] as const)(
  '%s gets hostile paths and names as they are, and no shell runs them',
  async (program) => {
    await using daemon = await FakeDaemon.start();
    using side = new FarSide(socketOf(daemon), []);
    const marker = join(side.folder, 'marker');
    const hostile = `/x'; echo >"${marker}" #$(echo >"${marker}")\`echo >"${marker}"\`\\ " & | > $HOME *\n,!!:é`;
    const name = program === 'nc' ? `o'dd $(x) nc` : 'socat';
    side.add(program, socketOf(daemon), name);
    const netcat = program === 'nc' ? `&netcat=${encodeURIComponent(name)}` : '';
    const connection = await over(side, `socket=${encodeURIComponent(hostile)}${netcat}`);
    await connection.close();
    const escaped = hostile.replaceAll(/[^\w/.-]/g, String.raw`\$&`);
    const call = program === 'nc' ? ['-U', hostile] : ['-', `UNIX-CONNECT:${escaped}`];
    expect(side.calls).toEqual([[name, ...call]]);
    expect(existsSync(marker)).toBe(false);
  },
);

test('a driver URI with quotes and commands in it stays one word', async () => {
  await using daemon = await FakeDaemon.start();
  using side = new FarSide(socketOf(daemon), ['virt-ssh-helper']);
  await (await over(side, "name=test:///a'b%20$(touch%20c)%3B%22")).close();
  expect(side.calls).toEqual([['virt-ssh-helper', `test:///a'b $(touch c);"`]]);
});

test('a far side without any program that leads on says which it looked for', async () => {
  using side = new FarSide('/nowhere', []);
  await expect(over(side)).rejects.toMatchObject({
    code: 'ssh-failed',
    mayHaveRun: false,
    message: expect.stringMatching(/exit code 127.*virt-ssh-helper, nc and socat/),
  });
});

test('what ssh says when it is turned away is in the error, without what steers a terminal', async () => {
  using side = new FarSide('/nowhere', []);
  side.sshDoes(
    String.raw`printf 'Warning: old\r\n\033[31mroot@far: Permission denied (publickey).\r\n' >&2; exit 255`,
  );
  const refused = over(side);
  await expect(refused).rejects.toMatchObject({
    code: 'ssh-failed',
    mayHaveRun: false,
    message: expect.stringMatching(
      /exit code 255; it said "Warning: old \/ \[31mroot@far: Permission denied \(publickey\)\."\. .*known_hosts/,
    ),
  });
});

test('an ssh that waits for a password is ended at the deadline', async () => {
  using side = new FarSide('/nowhere', []);
  side.sshDoes(`printf "root@far's password: " >&2; exec /bin/sleep 600`);
  await expect(over(side, '', { deadlineMs: 500 })).rejects.toMatchObject({
    code: 'deadline-exceeded',
    mayHaveRun: false,
    message: expect.stringContaining('nothing has come through'),
  });
  await nothingLeft(side);
});

test('what ssh asks is known while nothing comes', async () => {
  using side = new FarSide('/nowhere', []);
  side.sshDoes(`printf "root@far's password: " >&2; exec /bin/sleep 600`);
  const uri = parseLibvirtUri(`test+ssh://far/default?command=${encodeURIComponent(side.ssh)}`);
  const transport = await openTransport(uri, {});
  await expect.poll(() => transport.trouble()).toContain(`"root@far's password:"`);
  transport.stream.destroy();
  await nothingLeft(side);
});

test('an abort ends ssh', async () => {
  using side = new FarSide('/nowhere', []);
  side.sshDoes('exec /bin/sleep 600');
  const aborter = new AbortController();
  const attempt = over(side, '', { signal: aborter.signal });
  await expect.poll(() => side.pids).toHaveLength(1);
  aborter.abort();
  await expect(attempt).rejects.toMatchObject({ code: 'aborted', mayHaveRun: false });
  await nothingLeft(side);
});

test('an ssh that does not heed its end is killed', async () => {
  using side = new FarSide('/nowhere', []);
  side.sshDoes("trap '' TERM; while :; do /bin/sleep 0.1; done");
  await expect(over(side, '', { deadlineMs: 500 })).rejects.toMatchObject({ code: 'deadline-exceeded' });
  await nothingLeft(side);
});

test('an ssh that ends while the connection is in use ends it, with its last words', async () => {
  await using daemon = await FakeDaemon.start();
  using side = new FarSide(socketOf(daemon), ['virt-ssh-helper']);
  side.sshDoes('sh -c "$command"; echo "Connection to far closed by remote host." >&2; exit 255');
  const connection = await over(side);
  daemon.peers[0]?.socket.destroy();
  const reason = await connection.closed;
  expect(reason).toMatchObject({
    code: 'connection-closed',
    mayHaveRun: true,
    message: expect.stringContaining('Connection to far closed by remote host.'),
  });
  await nothingLeft(side);
});

test('what the daemon said before ssh ended is still heard', async () => {
  await using daemon = await FakeDaemon.start((peer, frame) => {
    peer.reply('connectGetHostname', frame, { hostname: 'far' });
    peer.socket.end();
  });
  using side = new FarSide(socketOf(daemon), ['virt-ssh-helper']);
  const connection = await over(side, '', { keepalive: null });
  expect(await connection.call('connectGetHostname', {})).toEqual({ hostname: 'far' });
  await connection.closed;
  await nothingLeft(side);
});

test('no ssh outlives the process that started it, however that ends', async () => {
  await using daemon = await FakeDaemon.start();
  using side = new FarSide(socketOf(daemon), ['virt-ssh-helper']);
  const uri = `test+ssh://far/default?command=${encodeURIComponent(side.ssh)}`;
  const module = new URL('../connect.ts', import.meta.url).href;
  const code = `import { connect } from ${JSON.stringify(module)};
    await connect(${JSON.stringify(uri)});
    console.log('connected');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(side.pids.filter(isAlive)).toHaveLength(1);
  child.kill('SIGKILL');
  await nothingLeft(side);
});

test('a program that cannot be started is named', async () => {
  await expect(connect('test+ssh://far/default?command=/nowhere/ssh')).rejects.toMatchObject({
    code: 'ssh-failed',
    mayHaveRun: false,
    message: expect.stringContaining('/nowhere/ssh cannot be started'),
  });
});

test.each(['no_verify=1', 'known_hosts_verify=ignore', 'known_hosts_verify=auto'])(
  '%s is refused unless the caller allows it, which the message tells',
  async (parameter) => {
    await using daemon = await FakeDaemon.start();
    using side = new FarSide(socketOf(daemon), ['virt-ssh-helper']);
    await expect(over(side, parameter)).rejects.toMatchObject({
      code: 'unsupported-uri',
      message: expect.stringContaining('allowUnverifiedSsh: true'),
    });
    expect(side.pids).toEqual([]);
    await (await over(side, parameter, { allowUnverifiedSsh: true })).close();
  },
);

test('+ext runs a program of this machine', async () => {
  await using daemon = await FakeDaemon.start();
  using side = new FarSide(socketOf(daemon), ['virt-ssh-helper']);
  side.sshDoes('exec virt-ssh-helper by-ext');
  await (await connect(`test+ext:///default?command=${encodeURIComponent(side.ssh)}`)).close();
  expect(side.calls).toEqual([['virt-ssh-helper', 'by-ext']]);
  await nothingLeft(side);
  side.sshDoes('exit 3');
  await expect(connect(`test+ext:///default?command=${encodeURIComponent(side.ssh)}`)).rejects.toMatchObject({
    code: 'connect-failed',
    message: expect.stringContaining('exit code 3'),
  });
});
