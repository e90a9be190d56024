import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FixResultBody } from '@ferry/api';
import type { LabHost } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';
import { SshKeys } from './libvirt/ssh-keys.ts';

let world: LabWorld;
let folder: string;

/** Hosts as their installer leaves them, with sshd: libvirtd listens to nobody, and has no certificates. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-fix-'));
  const bare = { libvirtd: { listen_tcp: 0, listen_tls: 0 } };
  world = await LabWorld.up('fix', [bare, bare], { addHosts: false });
  const keys = new SshKeys(folder);
  for (const host of world.lab.hosts) await keys.letInto(host);
  world.ferry.allow(world.lab.hosts.map((host) => keys.uri(host)));
  for (const host of world.lab.hosts)
    await world.addHost({ uri: keys.uri(host), peerUri: `qemu+tls://${host.address}/system` });
});
afterAll(async () => {
  await world?.down();
  rmSync(folder, { recursive: true, force: true });
});

const [one, other] = [() => world.host('compute11'), () => world.host('compute12')];
const fix = (...more: string[]) => world.ferry.run('doctor', '--fix', '--yes', '--all', ...more);
const textOf = (host: LabHost, path: string): string => readFileSync(host.pathOnMachine(path), 'utf8');
const fixesOf = ({ hosts }: FixResultBody, code: string) =>
  hosts.flatMap(({ fixes }) => fixes).filter((each) => each.code === code);

test('bare hosts get certificates and a libvirtd that listens; a second time there is nothing to do', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11', storage: 'shared' });
  const { id } = await guest.waitAlive();
  const shown = await world.ferry.run('doctor', '--fix', '--dry-run');
  expect(shown.stdout).toContain('+ /etc/pki/qemu/server-cert.pem');
  expect(shown.stdout).toContain('listen_tls = 0 -> 1');
  const done = await fix();
  for (const code of ['migration-tls', 'libvirt-tls', 'peer-daemon (compute11 -> compute12)'])
    expect(done.stdout).toContain(`fixed: ${code}`);
  expect(done.stdout).not.toContain('NOT FIXED');
  expect(done.code).toBe(0);
  expect((await guest.waitAlive()).id).toBe(id);
  const moved = await world.moved('web', 'live', 'compute12');
  expect(moved).toMatchObject({ status: 'completed', error: null });
  const again = await world.client.fixFindings({});
  expect(again.hosts).toEqual([]);
});

test('a name that is the loopback, and one that leads nowhere, are found where they should be', {
  tags: 'thorough',
}, async () => {
  const hosts = one().pathOnMachine('/etc/hosts');
  const conf = other().pathOnMachine('/etc/libvirt/qemu.conf');
  writeFileSync(conf, readFileSync(conf, 'utf8').replace(/^migration_host.*$/m, ''));
  const good = readFileSync(hosts, 'utf8');
  writeFileSync(
    hosts,
    good.replace(/^.* compute12$/m, '127.0.1.1 compute12.example.org compute12 # the installer'),
  );
  const shown = await world.client.fixFindings({ dryRun: true });
  expect(shown.hosts[0]?.lines).toEqual(
    expect.arrayContaining([
      '-127.0.1.1 compute12.example.org compute12 # the installer',
      '+127.0.1.1\tcompute12.example.org # the installer',
      `+${other().address}\tcompute12`,
    ]),
  );
  expect(readFileSync(hosts, 'utf8')).toContain('127.0.1.1 compute12');
  const done = await world.client.fixFindings({ plan: shown.plan });
  expect(fixesOf(done, 'name').map(({ state }) => state)).toEqual(['fixed']);
  const { backup } = done.hosts[0] ?? {};
  expect(textOf(one(), `${backup ?? ''}/0`)).toContain('127.0.1.1 compute12.example.org compute12');
  // Leads nowhere, and is the host's own: it is so on itself as well.
  for (const host of [one(), other()])
    writeFileSync(
      host.pathOnMachine('/etc/hosts'),
      readFileSync(host.pathOnMachine('/etc/hosts'), 'utf8').replaceAll(/^.*compute12.*$/gm, ''),
    );
  const nowhere = await world.client.fixFindings({});
  expect(fixesOf(nowhere, 'name').map(({ state }) => state)).toEqual(['fixed']);
  expect(fixesOf(nowhere, 'own-name').map(({ state }) => state)).toEqual(['fixed']);
});

test('a name that a host gives itself, and that is not its own here, is written into no file', {
  tags: 'thorough',
}, async () => {
  const conf = other().pathOnMachine('/etc/libvirt/qemu.conf');
  const before = readFileSync(conf, 'utf8');
  appendFileSync(conf, 'migration_host = "compute99"\n');
  const found = await world.client.fixFindings({});
  expect(fixesOf(found, 'name')).toEqual([]);
  expect(found.left.find(({ finding }) => finding.code === 'name')?.why).toContain('gives itself');
  expect(textOf(one(), '/etc/hosts')).not.toContain('compute99');
  writeFileSync(conf, before);
});

test('a firewall of nftables lets the other host in, also after it is loaded anew, and nobody else', {
  tags: 'thorough',
}, async () => {
  const rules = `#!/usr/sbin/nft -f
flush ruleset
table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iif lo accept
    icmp type echo-request accept
    meta l4proto ipv6-icmp accept
    tcp dport 22 accept
  }
}
`;
  writeFileSync(other().pathOnMachine('/etc/nftables.conf'), rules);
  await other().execOk(['nft', '-f', '/etc/nftables.conf']);
  const done = await world.client.fixFindings({});
  expect(fixesOf(done, 'migration-ports').map(({ state, what }) => `${state}: ${what}`)).toEqual([
    `fixed: lets ${one().address} get to TCP ports 49152 to 49215 (nftables)`,
  ]);
  expect(fixesOf(done, 'peer-daemon').map(({ state }) => state)).toEqual(['fixed']);
  const kept = textOf(other(), '/etc/nftables.conf');
  expect(kept.startsWith(rules)).toBe(true);
  await other().execOk(['nft', '-f', '/etc/nftables.conf']);
  const ruleset = await other().execOk(['nft', 'list', 'ruleset']);
  expect(ruleset).toContain(`ip saddr ${one().address} tcp dport 49152-49215 accept`);
  expect((await world.client.fixFindings({ dryRun: true })).hosts).toEqual([]);
  await other().execOk(['nft', 'flush', 'ruleset']);
});

test('a key that QEMU may not read, and one that everybody may, are given to who should', {
  tags: 'thorough',
}, async () => {
  chmodSync(one().pathOnMachine('/etc/pki/qemu/server-key.pem'), 0o600);
  chmodSync(one().pathOnMachine('/etc/pki/libvirt/private/clientkey.pem'), 0o644);
  const done = await world.client.fixFindings({});
  expect(fixesOf(done, 'certificate').map(({ state }) => state)).toEqual(
    fixesOf(done, 'certificate').map(() => 'fixed'),
  );
  expect(statSync(one().pathOnMachine('/etc/pki/qemu/server-key.pem')).mode & 0o777).toBe(0o640);
  expect(statSync(one().pathOnMachine('/etc/pki/libvirt/private/clientkey.pem')).mode & 0o777).toBe(0o640);
});

test('post-copy is let in by the kernel, which stays over a restart', { tags: 'thorough' }, async () => {
  // The kernel is the machine's own: the host is shown a file in the place of its setting, and no device.
  const setting = '/proc/sys/vm/unprivileged_userfaultfd';
  await one().execOk([
    'sh',
    '-ec',
    `echo 0 >/run/uffd; mount --bind /run/uffd ${setting}; rm -f /dev/userfaultfd`,
  ]);
  const done = await world.client.fixFindings({});
  expect(fixesOf(done, 'userfaultfd').map(({ state, now }) => `${state} ${now}`)).toEqual(['fixed null']);
  expect((await one().execOk(['cat', setting])).trim()).toBe('1');
  expect(textOf(one(), '/etc/sysctl.d/60-ferry-post-copy.conf')).toBe('vm.unprivileged_userfaultfd = 1\n');
  await one().execOk(['umount', setting]);
});

test('what cannot be done is put back whole: the rest of what was to be done on that host, too', {
  tags: 'thorough',
}, async () => {
  const hosts = one().pathOnMachine('/etc/hosts');
  const wrong = readFileSync(hosts, 'utf8').replace(/^.*\bcompute12$/m, '127.0.1.1 compute12');
  writeFileSync(hosts, wrong);
  const setting = '/proc/sys/vm/unprivileged_userfaultfd';
  await one().execOk([
    'sh',
    '-ec',
    `echo 0 >/run/uffd; mount --bind /run/uffd ${setting}; mount -o remount,bind,ro ${setting}`,
  ]);
  await one().execOk(['rm', '-f', '/etc/sysctl.d/60-ferry-post-copy.conf']);
  const done = await world.client.fixFindings({});
  expect(done.hosts[0]).toMatchObject({
    host: 'compute11',
    result: 'not-changed',
    problem: expect.stringContaining('everything was put back') as string,
  });
  expect(fixesOf(done, 'name').map(({ state }) => state)).toEqual(['not-fixed']);
  expect(readFileSync(hosts, 'utf8')).toBe(wrong);
  expect((await one().exec(['test', '-e', '/etc/sysctl.d/60-ferry-post-copy.conf'])).code).not.toBe(0);
  await one().execOk(['umount', setting]);
  const mended = await world.client.fixFindings({});
  expect(fixesOf(mended, 'name').map(({ state }) => state)).toEqual(['fixed']);
});
