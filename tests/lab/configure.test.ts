import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import type { LabHost } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';
import { SshKeys } from './libvirt/ssh-keys.ts';

let world: LabWorld;
let folder: string;

/** Hosts as their installer leaves them, with sshd: libvirtd listens to nobody, and has no certificates. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-configure-'));
  const bare = { libvirtd: { listen_tcp: 0, listen_tls: 0 } };
  world = await LabWorld.up('configure', [bare, bare], { addHosts: false });
  const keys = new SshKeys(folder);
  for (const host of world.lab.hosts) await keys.letInto(host);
  world.ferry.allow(world.lab.hosts.map((host) => keys.uri(host)));
  for (const host of world.lab.hosts)
    await world.addHost({ uri: keys.uri(host), peerUri: `qemu+ssh://root@${host.address}/system` });
});
afterAll(async () => {
  await world?.down();
  rmSync(folder, { recursive: true, force: true });
});

const certificateOf = (host: LabHost): X509Certificate =>
  new X509Certificate(readFileSync(host.pathOnMachine('/etc/pki/qemu/server-cert.pem')));
const configure = (...more: string[]) =>
  world.ferry.run('host', 'configure', 'compute11', 'compute12', '--transport', 'tls', '--yes', ...more);

test('two bare hosts are configured by one command, their guests go on, and move among them by TLS', {
  tags: 'thorough',
}, async () => {
  const [source, target] = [world.host('compute11'), world.host('compute12')];
  const guest = await world.guest({ name: 'web', host: source.name, storage: 'shared' });
  const { id } = await guest.waitAlive();
  const before = readFileSync(source.pathOnMachine('/etc/libvirt/libvirtd.conf'), 'utf8');
  const dry = await configure('--dry-run');
  expect(dry).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('+ /etc/pki/qemu/server-cert.pem') as string,
  });
  expect(readFileSync(source.pathOnMachine('/etc/libvirt/libvirtd.conf'), 'utf8')).toBe(before);

  const done = await configure();
  expect(done.stdout).toContain('compute11 -> compute12: they believe each other');
  expect(done.stdout).toContain('compute12 -> compute11: they believe each other');
  expect(done.code).toBe(0);
  const key = statSync(source.pathOnMachine('/etc/pki/libvirt/private/serverkey.pem'));
  expect(key.mode & 0o777).toBe(0o600);
  expect(statSync(join(world.ferry.dataDirectory, 'host-authority/ca.key')).mode & 0o777).toBe(0o600);
  expect((await guest.waitAlive()).id).toBe(id);

  const { hosts, pairs } = await world.client.doctor({});
  const findings = [...hosts, ...pairs].flatMap((one) => one.findings);
  const ofTls = findings.filter(({ code }) =>
    /tls|certificate|authority|peer-daemon|migration-ports/.test(code),
  );
  expect(ofTls.filter(({ severity }) => severity !== 'ok').map(({ message }) => message)).toEqual([]);
  expect(ofTls.length).toBeGreaterThan(10);
  expect(await world.moved('web', 'live', target.name)).toMatchObject({ status: 'completed', error: null });
  expect((await guest.waitAlive()).id).toBe(id);

  const again = await configure();
  expect(again.stdout).toContain('compute11: was as it is wanted');
  const serial = certificateOf(source).serialNumber;
  expect((await configure('--rotate')).code).toBe(0);
  expect(certificateOf(source).serialNumber).not.toBe(serial);
  expect(await world.moved('web', 'live', source.name)).toMatchObject({ status: 'completed', error: null });
  expect((await guest.waitAlive()).id).toBe(id);
});

test('memory and disks go encrypted from then on, and a certificate that QEMU cannot read shows that they do', {
  tags: 'thorough',
}, async () => {
  const [source, target] = [world.host('compute11'), world.host('compute12')];
  await world.client.doctor({});
  const local = await world.guest({ name: 'local', host: source.name, storage: 'local' });
  const { id } = await local.waitAlive();
  const moved = await world.moved('local', 'live', target.name, { encryption: 'required' });
  expect(moved).toMatchObject({ status: 'completed', error: null });
  expect(moved.findings.find(({ code }) => code === 'transfer-encrypted')?.severity).toBe('ok');
  expect((await local.waitAlive()).id).toBe(id);
  // What was found is not so any more, and nobody has looked since: a move that is encrypted cannot get there.
  await source.execOk(['chmod', '0000', '/etc/pki/qemu/server-key.pem']);
  const failed = await world.moved('local', 'live', source.name);
  expect(failed.status).not.toBe('completed');
  expect((await local.waitAlive()).id).toBe(id);
  const clear = await world.moved('local', 'live', source.name, { encryption: 'none' });
  expect(clear).toMatchObject({ status: 'completed', error: null });
  expect((await local.waitAlive()).id).toBe(id);
  const { findings } = (await world.client.doctor({})).hosts[0] ?? { findings: [] };
  expect(
    findings.find(({ code, severity }) => code === 'certificate' && severity === 'error')?.message,
  ).toContain('may not read its key');
});

test('a host whose daemon does not come up with what was set has everything put back, and answers', {
  tags: 'thorough',
}, async () => {
  const host = world.host('compute12');
  const conf = host.pathOnMachine('/etc/libvirt/libvirtd.conf');
  writeFileSync(conf, readFileSync(conf, 'utf8').replace(/^listen_tls = 1$/m, 'listen_tls = 0'));
  await host.libvirtd.restart();
  // Somebody else has the port: whoever is to listen there does not start.
  const code =
    'import socket,time; s=socket.create_server(("",16514)); print("listens", flush=True); time.sleep(600)';
  const other = host.spawn(['python3', '-c', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(other.stdout ?? other, 'data');
  const before = readFileSync(conf, 'utf8');
  const refused = await world.ferry.run('host', 'configure', 'compute12', '--yes');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('everything was put back');
  expect(readFileSync(conf, 'utf8')).toBe(before);
  await host.libvirtd.waitAnswering();
  other.kill();
});
