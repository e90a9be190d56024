import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DiagnosisBody } from '@ferry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';
import { SshKeys } from './libvirt/ssh-keys.ts';

let world: LabWorld;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-doctor-'));
  world = await LabWorld.up('doctor', 2, { addHosts: false });
  const keys = new SshKeys(folder);
  for (const host of world.lab.hosts) await keys.letInto(host);
  world.ferry.allow(world.lab.hosts.map((host) => keys.uri(host)));
  for (const host of world.lab.hosts)
    await world.addHost({ uri: keys.uri(host), peerUri: `qemu+tcp://${host.address}/system` });
});
afterAll(async () => {
  await world?.down();
  rmSync(folder, { recursive: true, force: true });
});

const pairOf = ({ pairs }: DiagnosisBody, from: string): DiagnosisBody['pairs'][number] => {
  const pair = pairs.find((one) => one.from === from);
  if (pair === undefined) throw new Error(`no way from ${from}`);
  return pair;
};
const told = (findings: DiagnosisBody['pairs'][number]['findings'], code: string): string[] =>
  findings.filter((one) => one.code === code).map(({ severity, message }) => `${severity}: ${message}`);

test('real hosts are looked at by their shells, and the ways between them are tried', {
  tags: 'thorough',
}, async () => {
  const found = await world.client.doctor({ measure: true });
  const [first] = found.hosts;
  expect(first?.findings.find(({ code }) => code === 'cpu-baseline')).toMatchObject({
    severity: 'info',
    message: expect.stringContaining('<model') as string,
  });
  expect(told(first?.findings ?? [], 'clock')[0]).toMatch(/^ok: /);
  expect(told(first?.findings ?? [], 'migration-tls')[0]).toContain('/etc/pki/qemu/ca-cert.pem');
  const pair = pairOf(found, 'compute11');
  for (const code of ['name', 'peer-daemon', 'migration-ports', 'qemu-owner', 'machine-types', 'cpu', 'mtu'])
    expect(told(pair.findings, code)[0]).toMatch(/^ok: /);
  expect(told(pair.findings, 'throughput')[0]).toMatch(/^info: \d+ MiB\/s/);
  // The lab's hosts share one directory, and have images of their own.
  const storage = told(pair.findings, 'storage').toSorted();
  expect(storage[0]).toContain('info: /var/lib/libvirt/images is each host');
  expect(storage[1]).toContain('ok: /var/lib/libvirt/shared is the same');
});

test('a name that is the loopback, a closed port and a daemon that does not listen are found, and gone when they are mended', {
  tags: 'thorough',
}, async () => {
  const [one, other] = [world.host('compute11'), world.host('compute12')];
  const hosts = one.pathOnMachine('/etc/hosts');
  const before = readFileSync(hosts, 'utf8');
  // As Debian's installer writes it of a machine's own name: here it came with a copied file.
  writeFileSync(hosts, before.replace(/^.* compute12$/m, '127.0.1.1 compute12'));
  // The lab's hosts have themselves sent to by their address; by default it is the name.
  const conf = other.pathOnMachine('/etc/libvirt/qemu.conf');
  writeFileSync(conf, readFileSync(conf, 'utf8').replace(/^migration_host.*$/m, ''));
  const open = await other.dropTraffic({ from: one.address, port: 49_152 });
  const wrong = await world.ferry.run('doctor', '--pair', 'compute11', 'compute12');
  expect(wrong.code).toBe(4);
  expect(wrong.stdout).toContain('compute12 is the loopback here (127.0.1.1)');
  writeFileSync(hosts, before);
  const closed = await world.client.doctor({});
  expect(told(pairOf(closed, 'compute11').findings, 'name')[0]).toMatch(/^ok: /);
  expect(told(pairOf(closed, 'compute11').findings, 'migration-ports')[0]).toMatch(
    /^error: .*does not answer/,
  );
  await open();
  // Without --listen it is reached by its socket alone, which is what ssh takes.
  await other.libvirtd.kill('SIGTERM');
  await other.execOk(['libvirtd', '-d', '--pid-file', '/run/libvirtd.pid']);
  await other.libvirtd.waitAnswering();
  const deaf = await world.client.doctor({});
  expect(told(pairOf(deaf, 'compute11').findings, 'peer-daemon')[0]).toMatch(/^error: .*is refused/);
  await other.libvirtd.restart();
  const well = await world.client.doctor({});
  for (const code of ['name', 'peer-daemon', 'migration-ports'])
    expect(told(pairOf(well, 'compute11').findings, code)[0]).toMatch(/^ok: /);
});

test('hosts that were cloned and ports of their own are found, and no password is told', {
  tags: 'thorough',
}, async () => {
  const [one, other] = [world.host('compute11'), world.host('compute12')];
  for (const host of [one, other])
    writeFileSync(host.pathOnMachine('/etc/machine-id'), `${'0'.repeat(32)}\n`);
  appendFileSync(
    one.pathOnMachine('/etc/libvirt/qemu.conf'),
    'vnc_password = "hunter2"\nmigration_port_min = 49160\n',
  );
  const found = await world.client.doctor({ at: '2030-01-01' });
  expect(JSON.stringify(found)).not.toContain('hunter2');
  expect(told(pairOf(found, 'compute11').findings, 'identity')[0]).toMatch(
    /^warning: both have the machine-id/,
  );
  const ports = pairOf(found, 'compute12').findings.find(({ code }) => code === 'migration-ports');
  expect(ports?.compared).toMatchObject({ ports: '49160-49215', tried: 49_160 });
});
