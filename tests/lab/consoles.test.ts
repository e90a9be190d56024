import { once } from 'node:events';
import { appendFileSync, chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientFrame, refusedUpgrade, serverBytes, silentPeer } from '../sim/console-socket.ts';
import { ConsoleTerminal } from './console-terminal.ts';
import { LabWorld } from './lab-world.ts';
import { Authority } from './libvirt/certificates.ts';
import { serveTls } from './libvirt/serve-tls.ts';
import { SshKeys } from './libvirt/ssh-keys.ts';

let world: LabWorld;
let folder: string;
let authority: Authority;

/** compute13 is reached by ssh, which gives a shell there; the others by libvirt's own port alone, compute12 with TLS. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-consoles-'));
  world = await LabWorld.up('consoles', 3, { addHosts: false });
  const keys = new SshKeys(folder);
  authority = new Authority(join(folder, 'tls'));
  const pkipath = authority.clientFolder('controller', authority);
  const [first, secured, last] = ['compute11', 'compute12', 'compute13'].map((name) => world.host(name));
  if (first === undefined || secured === undefined || last === undefined) throw new Error('they are there');
  const byTls = `qemu+tls://${secured.address}/system?pkipath=${pkipath}`;
  world.ferry.allow([byTls, keys.uri(last)]);
  await serveTls(secured, authority, `IP:${secured.address}`);
  await keys.letInto(last);
  await world.addHost({ uri: first.uri, peerUri: first.uri });
  await world.addHost({ uri: byTls, peerUri: secured.uri });
  await world.addHost({ uri: keys.uri(last), peerUri: last.uri });
});
afterAll(async () => {
  await world?.down();
  rmSync(folder, { recursive: true, force: true });
});

/** Over the unix socket the host of an address is nobody's. */
const url = (path: string): string => `http://ferry${path}`;

/** The number of the last whole `tick N` that the guest has printed. */
function lastTick(shown: string): number {
  return Number([...shown.matchAll(/tick (\d+)\r?\n/g)].at(-1)?.[1] ?? -1);
}

test('a console shows what the guest prints and brings it what is typed, before and after a live migration', async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11', storage: 'shared', serial: 'pty' });
  using console = await ConsoleTerminal.open(world.ferry.dataDirectory, 'web');
  await console.shows(/tick \d+\r?\n/);
  // Its own kernel sends back what it is told: libvirt's pseudo terminal is raw.
  console.type('to compute11\r');
  await console.shows(/to compute11/);

  expect(await world.moved('web', 'live', 'compute12')).toMatchObject({ status: 'completed', error: null });
  expect(await world.lab.runners('web')).toEqual(['compute12']);
  const moved = console.shown.length;
  const before = lastTick(console.shown);
  console.type('to compute12\r');
  await console.shows(/to compute12/, moved);
  await console.shows(/tick \d+\r?\n/, moved);
  expect(lastTick(console.shown)).toBeGreaterThan(before);
  expect(await guest.waitAlive()).toMatchObject({ bad: 0 });

  console.type('\u001d');
  expect(await console.ended()).toBe(0);
});

test('the second one is refused until they take it; the first one is told', {
  tags: 'thorough',
}, async () => {
  await world.guest({ name: 'shared-by-two', host: 'compute11', serial: 'pty' });
  const { dataDirectory } = world.ferry;
  using first = await ConsoleTerminal.open(dataDirectory, 'shared-by-two');
  const refused = await world.ferry.run('console', 'shared-by-two');
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Active console session') as string,
  });
  using second = await ConsoleTerminal.open(dataDirectory, 'shared-by-two', '--force');
  await first.shows(/somebody else has opened the console/);
  second.type('mine\r');
  await second.shows(/mine/);
  await world.host('compute11').virsh('destroy', 'shared-by-two');
  await second.shows(/the instance does not run/);
  expect(await second.ended()).toBe(0);
});

test('a token that is not known, and one that has ended, open nothing', { tags: 'thorough' }, async () => {
  await world.ferry.stop();
  await world.ferry.start('--console-token-ttl', '1');
  await world.guest({ name: 'db', host: 'compute11', serial: 'pty' });
  const socket = join(world.ferry.dataDirectory, 'ferry.sock');
  const { streamPath, expiresAt } = await world.client.requestConsole('db', { kind: 'serial' });
  const refused = { status: 401, body: { error: { code: 'console-refused' } } };
  expect(await refusedUpgrade(url(streamPath.replace(/token=..../, 'token=AAAA')), socket)).toMatchObject(
    refused,
  );
  await new Promise((resolve) => {
    setTimeout(resolve, Date.parse(expiresAt) - Date.now() + 1);
  });
  expect(await refusedUpgrade(url(streamPath), socket)).toMatchObject(refused);
  // Tokens stand in the log nowhere, whatever became of them.
  expect(world.ferry.log).not.toContain(new URL(url(streamPath)).searchParams.get('token'));
});

test('a guest whose port is a file has no console to type into', { tags: 'thorough' }, async () => {
  await world.guest({ name: 'quiet', host: 'compute11' });
  const refused = await world.ferry.run('console', 'quiet');
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('has no serial console') as string,
  });
});

/** What the screen says first, through the controller. */
async function greeting(socketPath: string, path: string): Promise<string> {
  const peer = await silentPeer(url(path), socketPath);
  const [frame] = (await once(peer, 'data')) as [Buffer];
  peer.destroy();
  // A frame of RFC 6455 with fewer than 126 bytes: two bytes before them.
  return frame.subarray(2).toString('latin1');
}

test('a screen is reached where it listens for others, and where it does not that is told', {
  tags: 'thorough',
}, async () => {
  await world.guest({ name: 'seen', host: 'compute11', screen: '0.0.0.0' });
  const { streamPath } = await world.client.requestConsole('seen', { kind: 'vnc' });
  const socket = join(world.ferry.dataDirectory, 'ferry.sock');
  expect(await greeting(socket, streamPath)).toMatch(/^RFB 003\.\d{3}\n$/);
  await world.guest({ name: 'unseen', host: 'compute11', screen: '127.0.0.1' });
  await expect(world.client.requestConsole('unseen', { kind: 'vnc' })).rejects.toMatchObject({
    code: 'console-unreachable',
    message: expect.stringMatching(/127\.0\.0\.1:59\d\d, which its host alone dials/) as string,
  });
});

test("a screen that listens to its host alone is reached through the host's shell", {
  tags: 'thorough',
}, async () => {
  await world.guest({ name: 'inside', host: 'compute13', screen: '127.0.0.1' });
  const { streamPath } = await world.client.requestConsole('inside', { kind: 'vnc' });
  const socket = join(world.ferry.dataDirectory, 'ferry.sock');
  expect(await greeting(socket, streamPath)).toMatch(/^RFB 003\.\d{3}\n$/);
});

test('a controller that is told to stop ends its consoles, whoever is silent: their viewers, or their hosts', {
  tags: 'thorough',
}, async () => {
  await world.ferry.stop();
  await world.ferry.start();
  await world.guest({ name: 'left', host: 'compute11', serial: 'pty', screen: '0.0.0.0' });
  await world.guest({ name: 'inner', host: 'compute13', screen: '127.0.0.1' });
  const socket = join(world.ferry.dataDirectory, 'ferry.sock');
  const peers = [];
  for (const [name, kind] of [
    ['left', 'serial'],
    ['left', 'vnc'],
    ['inner', 'vnc'],
  ] as const) {
    const { streamPath } = await world.client.requestConsole(name, { kind });
    peers.push(await silentPeer(url(streamPath), socket));
  }
  const { pid } = world.ferry;
  for (const name of ['compute11', 'compute13']) await world.host(name).libvirtd.freeze();
  try {
    await world.ferry.stop();
    expect(world.ferry.pid).toBeNull();
    expect(pid).not.toBeNull();
    const { log } = world.ferry;
    expect(log).toMatch(/"consoles":3,"pending":0/);
    expect(log).not.toContain('waiting for running');
    // Each was told before its connection ended.
    for (const peer of peers) {
      let last = Buffer.alloc(0);
      for await (const piece of peer) last = Buffer.concat([last, piece as Buffer]);
      expect(last.toString('latin1')).toContain('the controller stops');
    }
  } finally {
    for (const name of ['compute11', 'compute13']) await world.host(name).libvirtd.thaw();
  }
  await world.ferry.start();
});

test('a screen that QEMU serves within TLS is a plain one for its viewer', {
  tags: 'thorough',
}, async () => {
  const host = world.host('compute12');
  const place = host.pathOnMachine('/etc/pki/libvirt-vnc');
  mkdirSync(place, { recursive: true });
  const extensions = [
    `subjectAltName=IP:${host.address}`,
    'extendedKeyUsage=serverAuth',
    'keyUsage=digitalSignature',
  ];
  const { cert, key } = authority.issue('screens', extensions);
  for (const [from, to] of [
    [authority.cert, 'ca-cert.pem'],
    [cert, 'server-cert.pem'],
    [key, 'server-key.pem'],
  ] as const) {
    copyFileSync(from, join(place, to));
    chmodSync(join(place, to), 0o644);
  }
  appendFileSync(host.pathOnMachine('/etc/libvirt/qemu.conf'), '\nvnc_tls = 1\n');
  await host.libvirtd.restart();
  await world.guest({ name: 'secured', host: 'compute12', screen: host.address });
  expect(await world.ferry.run('host', 'set', 'compute12', '--screen-tls')).toMatchObject({ code: 0 });
  const { streamPath } = await world.client.requestConsole('secured', { kind: 'vnc' });
  const peer = await silentPeer(url(streamPath), join(world.ferry.dataDirectory, 'ferry.sock'));
  expect((await serverBytes(peer, 12)).toString('latin1')).toBe('RFB 003.008\n');
  peer.write(clientFrame(Buffer.from('RFB 003.008\n')));
  expect([...(await serverBytes(peer, 2))]).toEqual([1, 1]);
  peer.write(clientFrame(Buffer.of(1)));
  expect([...(await serverBytes(peer, 4))]).toEqual([0, 0, 0, 0]);
  peer.write(clientFrame(Buffer.of(1)));
  expect((await serverBytes(peer, 24)).toString('latin1')).toContain('QEMU (secured)');
  peer.destroy();
  // One that speaks plainly is told as that, before anybody gets a window.
  await world.guest({ name: 'plain', host: 'compute11', screen: '0.0.0.0' });
  await world.ferry.run('host', 'set', 'compute11', '--screen-tls');
  await expect(world.client.requestConsole('plain', { kind: 'vnc' })).rejects.toMatchObject({
    code: 'console-unreachable',
  });
  await world.ferry.run('host', 'set', 'compute11', '--no-screen-tls');
});
