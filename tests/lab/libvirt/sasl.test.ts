import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab, type LabHost } from '@ferry/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf, failed } from './answers.ts';
import { Asking } from './asking.ts';
import { Authority } from './certificates.ts';
import { serveTls } from './serve-tls.ts';

let lab: Lab;
let folder: string;
let asking: Asking;
let pkipath: string;
const credentials = { username: 'ann', password: 'se,c=ret ü' };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-sasl-'));
  lab = await Lab.up({ name: 'lvsasl', hosts: [{}, { release: 'bookworm' }] });
  asking = new Asking(lab);
  const authority = new Authority(join(folder, 'ca'));
  pkipath = authority.clientFolder('client', authority);
  for (const host of lab.hosts) {
    const mechanisms =
      'mech_list: scram-sha-1 scram-sha-256 scram-sha-512 plain\nsasldb_path: /etc/libvirt/passwd.db\n';
    writeFileSync(host.pathOnMachine('/etc/sasl2/libvirt.conf'), mechanisms);
    const write = ['saslpasswd2', '-p', '-c', '-a', 'libvirt', '-f', '/etc/libvirt/passwd.db'];
    await host.execOk([...write, credentials.username], { input: credentials.password });
    // The other unix socket stays open to the lab itself.
    const settings = { auth_tls: 'sasl', auth_tcp: 'sasl', auth_unix_ro: 'sasl' };
    await serveTls(host, authority, `IP:${host.address}`, { settings });
  }
});
afterAll(async () => {
  await lab?.down();
  rmSync(folder, { recursive: true, force: true });
});

const tls = (host: LabHost, more = ''): string =>
  `qemu+tls://${host.address}/system?pkipath=${pkipath}${more}`;
const unix = (host: LabHost): string =>
  `qemu+unix:///system?socket=${encodeURIComponent(`${host.socketPath}-ro`)}`;

describe.each(['compute11', 'compute12'])('with the libvirt of %s', (name) => {
  test.each(['scram-sha-256', 'scram-sha-512', 'scram-sha-1', 'plain'])(
    '%s inside TLS',
    async (mechanism) => {
      const host = lab.host(name);
      const uri = tls(host, `&auth=sasl.${mechanism}`);
      expect(await asking.one(uri, { credentials })).toEqual(await answerOf(host));
      const wrong = await asking.one(uri, { credentials: { ...credentials, password: 'guessed' } });
      expect(wrong).toEqual(failed('auth-failed', `${mechanism.toUpperCase()} as "ann" failed`));
      const nobody = await asking.one(uri, { credentials: { ...credentials, username: 'bob' } });
      expect(nobody).toEqual(failed('auth-failed', `${mechanism.toUpperCase()} as "bob" failed`));
    },
  );

  test('the strongest is chosen, and the password is found in auth.conf', async () => {
    const host = lab.host(name);
    expect(await asking.one(tls(host), { credentials })).toEqual(await answerOf(host));
    const file = join(folder, 'auth.conf');
    const { username, password } = credentials;
    const lines = [
      '[credentials-a]',
      `authname=${username}`,
      `password=${password}`,
      '[auth-libvirt-default]',
    ];
    writeFileSync(file, `${[...lines, 'credentials=a'].join('\n')}\n`);
    expect(await asking.one(tls(host, `&authfile=${file}`))).toEqual(await answerOf(host));
    const without = await asking.one(tls(host, '&authfile=/dev/null'));
    expect(without).toEqual(failed('auth-required', 'SCRAM-SHA-256: no user name and password'));
  });

  test('nothing of it goes over plain TCP', async () => {
    const host = lab.host(name);
    for (const auth of ['', '?auth=sasl.plain', '?auth=sasl.scram-sha-256']) {
      const answer = await asking.one(`qemu+tcp://${host.address}/system${auth}`, { credentials });
      expect(answer).toEqual(failed('auth-required', 'no mechanism to offer', 'use .tls'));
    }
  });

  test("over the host's socket, which nobody else can read", async () => {
    const host = lab.host(name);
    const options = { credentials, readOnly: true };
    expect(await asking.one(unix(host), options)).toEqual(await answerOf(host));
    expect(await asking.one(`${unix(host)}&auth=sasl.plain`, options)).toEqual(await answerOf(host));
  });

  test('a program of which nobody knows whether it encrypts gets no password', async () => {
    const host = lab.host(name);
    const program = join(folder, `to-${name}`);
    const lead = `const s = require('net').connect(${JSON.stringify(`${host.socketPath}-ro`)}); process.stdin.pipe(s).pipe(process.stdout);`;
    writeFileSync(program, `#!${process.execPath}\n${lead}\n`);
    chmodSync(program, 0o755);
    const answer = await asking.one(`qemu+ext:///system?command=${program}`, { credentials });
    expect(answer).toEqual(
      failed('auth-required', 'SCRAM-SHA-256: it does not encrypt', 'PLAIN: it does not'),
    );
  });
});
