import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab, type LabHost } from '@ferry/lab';
import { connect } from '@ferry/libvirt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf, failed } from './answers.ts';
import { Asking } from './asking.ts';
import { Authority } from './certificates.ts';
import { nameOf, writeNames } from './lab-names.ts';
import { serveTls } from './serve-tls.ts';

let lab: Lab;
let asking: Asking;
let folder: string;
const volumeBytes = 48 * 1024 * 1024;
const names = ['compute11', 'compute12'];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-transports-'));
  lab = await Lab.up({ name: 'lvtransports', hosts: [{}, { release: 'bookworm' }] });
  const hostsFile = join(folder, 'hosts');
  writeNames(lab, hostsFile);
  asking = new Asking(lab, { hostsFile });
});
afterAll(async () => {
  await lab?.down();
  rmSync(folder, { recursive: true, force: true });
});

const unix = (socket: string): string => `qemu+unix:///system?socket=${encodeURIComponent(socket)}`;

describe.each(names)('without anything between, with the libvirt of %s', (name) => {
  test("TCP and the host's unix sockets lead to the same daemon", async () => {
    const host = lab.host(name);
    const answer = await answerOf(host);
    expect(await asking.one(`qemu+tcp://${host.address}/system`)).toEqual(answer);
    expect(await asking.one(`qemu+tcp://${nameOf(host)}:16509/system`)).toEqual(answer);
    for (const socket of [host.socketPath, `${host.socketPath}-ro`]) {
      const connection = await connect(unix(socket), { readOnly: socket.endsWith('-ro'), configFile: null });
      expect(await connection.call('connectGetHostname', {})).toEqual(answer);
      await connection.close();
    }
  });

  test('the test driver is reached through libvirtd', async () => {
    const host = lab.host(name);
    expect(await asking.one(`test+tcp://${host.address}/default`)).toEqual(await answerOf(host));
  });

  test('a program of this machine leads there', async () => {
    const host = lab.host(name);
    const program = join(folder, `to-${name}.cjs`);
    const socket = JSON.stringify(host.socketPath);
    const lead = `const s = require('net').connect(${socket}); process.stdin.pipe(s).pipe(process.stdout);`;
    writeFileSync(program, `#!${process.execPath}\n${lead}\n`);
    chmodSync(program, 0o755);
    const uri = `qemu+ext:///system?command=${program}`;
    expect(await asking.one(uri)).toEqual(await answerOf(host));
    await host.virsh('vol-create-as', 'default', 'ext.img', String(volumeBytes));
    const volume = { path: '/var/lib/libvirt/images/ext.img', bytes: volumeBytes };
    expect(await asking.all({ uri, volume })).toMatchObject([{ same: true }]);
  });

  test('aliases and the usual URI of libvirt.conf', async () => {
    const host = lab.host(name);
    const configFile = join(folder, `${name}.conf`);
    const alias = `near=qemu+tcp://${host.address}/system`;
    writeFileSync(configFile, `uri_aliases = [\n  "${alias}",\n] # no others\nuri_default = "near"\n`);
    for (const uri of ['near', '']) {
      expect(await asking.one(uri, { configFile })).toEqual(await answerOf(host));
    }
    expect(await asking.one('far', { configFile })).toEqual(failed('unsupported-uri', 'far'));
    writeFileSync(configFile, 'uri_aliases = "near"\n');
    expect(await asking.one('near', { configFile })).toEqual(failed('bad-configuration', `${name}.conf:1`));
  });

  test('a port where nobody listens, and a host that does not answer', async () => {
    const host = lab.host(name);
    const closed = await asking.one(`qemu+tcp://${host.address}:1/system`);
    expect(closed).toEqual(failed('connect-failed', 'ECONNREFUSED'));
    const mend = await host.dropTraffic({ from: lab.ctl.address, port: 16_509 });
    const silent = await asking.one(`qemu+tcp://${host.address}/system`, { deadlineMs: 1_000 });
    await mend();
    expect(silent).toEqual(failed('deadline-exceeded', host.address));
  });
});

function tls(host: LabHost, pkipath: string, more = ''): string {
  return `qemu://${host.address}/system?pkipath=${pkipath}${more}`;
}

describe.each(names)('TLS with the libvirt of %s', (name) => {
  let ours: Authority;
  let strangers: Authority;
  let good: string;

  beforeAll(async () => {
    ours = new Authority(join(folder, `ours-${name}`));
    strangers = new Authority(join(folder, `strangers-${name}`));
    good = ours.clientFolder('good', ours);
    const host = lab.host(name);
    await serveTls(host, ours, `IP:${host.address},DNS:${nameOf(host)}`);
  });

  test('both sides know each other, by address or by name', async () => {
    const host = lab.host(name);
    const answer = await answerOf(host);
    expect(await asking.one(tls(host, good))).toEqual(answer);
    expect(await asking.one(`qemu+tls://${nameOf(host)}/system?pkipath=${good}`)).toEqual(answer);
  });

  test('a volume goes there and comes back whole', async () => {
    const host = lab.host(name);
    await host.virsh('vol-create-as', 'default', 'tls.img', String(volumeBytes));
    const volume = { path: '/var/lib/libvirt/images/tls.img', bytes: volumeBytes };
    expect(await asking.all({ uri: tls(host, good), volume })).toMatchObject([{ same: true }]);
  });

  test('many calls at once, more than the daemon takes up at a time, are all answered', async () => {
    const rounds = { number: 40, calls: 48 };
    expect(await asking.one(tls(lab.host(name), good), {}, { rounds })).toMatchObject({ answered: 1_920 });
  });

  test('a server that our CA does not vouch for', async () => {
    const host = lab.host(name);
    const wrong = strangers.clientFolder('wrong', ours);
    expect(await asking.one(tls(host, wrong))).toEqual(failed('tls-failed', 'wrong/cacert.pem'));
    const careless = tls(host, wrong, '&no_verify=1');
    expect(await asking.one(careless)).toEqual(failed('unsupported-uri', 'allowUnverifiedTls'));
    expect(await asking.one(careless, { allowUnverifiedTls: true })).toEqual(await answerOf(host));
  });

  test('a client without a certificate, or with one of strangers, is told that it was rejected', async () => {
    const host = lab.host(name);
    const none = await asking.one(tls(host, ours.clientFolder('none', null)));
    expect(none).toEqual(failed('tls-failed', 'rejected', 'we showed none', 'clientcert.pem'));
    const other = await asking.one(tls(host, ours.clientFolder('other', strangers)));
    expect(other).toEqual(failed('tls-failed', 'rejected', 'other/clientcert.pem'));
  });

  test('a port without TLS', async () => {
    const plain = `qemu://${lab.host(name).address}:16509/system?pkipath=${good}`;
    expect(await asking.one(plain)).toEqual(failed('tls-failed', 'whether this is the port of TLS'));
  });

  test('a certificate for another name, and one that has expired', async () => {
    const host = lab.host(name);
    const careless = tls(host, good, '&no_verify=1');
    await serveTls(host, ours, 'DNS:elsewhere.example');
    const wrong = failed('tls-failed', 'another name', 'elsewhere.example');
    expect(await asking.one(tls(host, good))).toEqual(wrong);
    expect(await asking.one(careless, { allowUnverifiedTls: true })).toEqual(await answerOf(host));
    await serveTls(host, ours, `IP:${host.address}`, { days: -1 });
    expect(await asking.one(tls(host, good))).toEqual(failed('tls-failed', 'expired'));
    expect(await asking.one(careless, { allowUnverifiedTls: true })).toEqual(await answerOf(host));
  });
});
