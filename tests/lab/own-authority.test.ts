import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';
import { SshKeys } from './libvirt/ssh-keys.ts';

let world: LabWorld;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-authority-'));
  const bare = { libvirtd: { listen_tcp: 0, listen_tls: 0 } };
  world = await LabWorld.up('authority', [bare, bare], { addHosts: false });
  const keys = new SshKeys(folder);
  for (const host of world.lab.hosts) await keys.letInto(host);
  world.ferry.allow(world.lab.hosts.map((host) => keys.uri(host)));
  for (const host of world.lab.hosts)
    await world.addHost({ uri: keys.uri(host), peerUri: `qemu+ssh://root@${host.address}/system` });
  for (const name of ['requests', 'signed']) mkdirSync(join(folder, name));
});
afterAll(async () => {
  await world?.down();
  rmSync(folder, { recursive: true, force: true });
});

const openssl = (...words: string[]): void => {
  execFileSync('openssl', words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
};
const configure = (...more: string[]) =>
  world.ferry.run('host', 'configure', 'compute11', 'compute12', '--yes', ...more);

/** A root, and below it an authority that signs for hosts, as companies have them. */
function makeAuthorities(): void {
  const authority =
    'basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n';
  writeFileSync(join(folder, 'authority.ext'), authority);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-new', ...key, '-keyout', 'root.key', '-out', 'root.csr', '-subj', '/CN=Example root');
  openssl(
    'x509',
    '-req',
    '-in',
    'root.csr',
    '-signkey',
    'root.key',
    '-days',
    '3650',
    '-extfile',
    'authority.ext',
    '-out',
    'root.crt',
  );
  openssl('req', '-new', ...key, '-keyout', 'ca.key', '-out', 'ca.csr', '-subj', '/CN=Example hosts');
  openssl(
    'x509',
    '-req',
    '-in',
    'ca.csr',
    '-CA',
    'root.crt',
    '-CAkey',
    'root.key',
    '-CAcreateserial',
    '-days',
    '3650',
    '-extfile',
    'authority.ext',
    '-out',
    'issuing.crt',
  );
  const chain = ['root.crt', 'issuing.crt'].map((name) => readFileSync(join(folder, name), 'utf8'));
  writeFileSync(join(folder, 'signed/ca.crt'), chain.join(''));
}

/** Signs all requests as they are. */
function sign(days: string): void {
  for (const name of readdirSync(join(folder, 'requests')))
    openssl(
      'x509',
      '-req',
      '-in',
      `requests/${name}`,
      '-CA',
      'issuing.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      days,
      '-copy_extensions',
      'copyall',
      '-out',
      `signed/${name.replace('.csr', '.crt')}`,
    );
}

test('keys are made on the hosts, an authority of openssl signs, and the hosts believe each other and move a guest encrypted', {
  tags: 'thorough',
}, async () => {
  const [one, other] = [world.host('compute11'), world.host('compute12')];
  const guest = await world.guest({ name: 'web', host: one.name, storage: 'shared' });
  const { id } = await guest.waitAlive();
  makeAuthorities();
  const asked = await configure('--csr', join(folder, 'requests'));
  expect([asked.code, asked.stderr]).toEqual([0, '']);
  expect(readdirSync(join(folder, 'requests')).toSorted()).toEqual(
    ['compute11', 'compute12'].flatMap((host) =>
      ['libvirt-client', 'libvirt-server', 'qemu'].map((role) => `${host}-${role}.csr`),
    ),
  );
  expect(
    execFileSync('openssl', ['req', '-in', join(folder, 'requests/compute11-qemu.csr'), '-noout', '-text'], {
      encoding: 'utf8',
    }),
  ).toContain(`IP Address:${one.address}`);
  const waiting = one.pathOnMachine('/var/lib/ferry-configure/waiting/qemu.key');
  expect(statSync(waiting).mode & 0o777).toBe(0o600);
  const key = readFileSync(waiting, 'utf8');
  for (const name of readdirSync(join(folder, 'requests')))
    expect(readFileSync(join(folder, 'requests', name), 'utf8')).not.toContain('PRIVATE');

  sign('100');
  const done = await configure('--certificates', join(folder, 'signed'));
  expect(`${done.stdout}${done.stderr}`).toContain('compute11 -> compute12: they believe each other');
  expect(done.stdout).toContain('compute12 -> compute11: they believe each other');
  expect(done.code).toBe(0);
  expect(readFileSync(one.pathOnMachine('/etc/pki/qemu/server-key.pem'), 'utf8')).toBe(key);
  expect(statSync(one.pathOnMachine('/etc/pki/libvirt/private/serverkey.pem')).mode & 0o777).toBe(0o600);
  expect((await one.exec(['ls', '/var/lib/ferry-configure/waiting'])).stdout.trim()).toBe('');

  const { hosts, pairs } = await world.client.doctor({});
  const ofTls = [...hosts, ...pairs]
    .flatMap(({ findings }) => findings)
    .filter(({ code }) => /tls|certificate|authority|peer-daemon/.test(code));
  expect(ofTls.filter(({ severity }) => severity !== 'ok').map(({ message }) => message)).toEqual([]);
  const moved = await world.moved('web', 'live', other.name, { encryption: 'required' });
  expect(moved).toMatchObject({ status: 'completed', error: null });
  expect((await guest.waitAlive()).id).toBe(id);
  // Certificates that somebody else has signed are theirs to renew: the doctor leaves them, and so does the controller's own.
  const own = await configure();
  expect(own.stderr).toContain('has the certificate of another authority');
});

test('certificates of another host and of another request are refused, and nothing is changed', {
  tags: 'thorough',
}, async () => {
  const host = world.host('compute11');
  const before = readFileSync(host.pathOnMachine('/etc/pki/qemu/server-cert.pem'), 'utf8');
  const refusal = async (): Promise<string> => {
    const { code, stderr } = await configure('--certificates', join(folder, 'signed'));
    expect(code).toBe(1);
    expect(readFileSync(host.pathOnMachine('/etc/pki/qemu/server-cert.pem'), 'utf8')).toBe(before);
    return stderr;
  };
  expect(await refusal()).toContain('no key waits for it on the host');
  await configure('--csr', join(folder, 'requests'));
  expect(await refusal()).toContain('its key is not the one that waits on the host');
  sign('100');
  const [one, other] = ['compute11', 'compute12'].map((name) =>
    join(folder, `signed/${name}-libvirt-server.crt`),
  ) as [string, string];
  renameSync(one, `${one}.kept`);
  renameSync(other, one);
  const swapped = await refusal();
  expect(swapped).toContain('libvirt-server: it is not good for');
  expect(swapped).toContain('compute11');
});
