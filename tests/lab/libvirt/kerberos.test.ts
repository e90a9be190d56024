import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab, type LabHost, until } from '@ferry/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerOf, failed } from './answers.ts';
import type { Asking } from './asking.ts';
import { Authority } from './certificates.ts';
import { configure } from './configure.ts';
import { nameOf } from './lab-names.ts';
import { Realm } from './realm.ts';
import { serveTls } from './serve-tls.ts';

let lab: Lab;
let folder: string;
let realm: Realm;
let ann: Asking;
let pkipath: string;
const volumeBytes = 32 * 1024 * 1024;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-kerberos-'));
  lab = await Lab.up({ name: 'lvkerberos', hosts: [{}, { release: 'bookworm' }] });
  realm = await Realm.found(lab, lab.host('compute11'), folder);
  await realm.admin('addprinc -pw secret ann');
  const authority = new Authority(join(folder, 'ca'));
  pkipath = authority.clientFolder('client', authority);
  for (const host of lab.hosts) {
    await realm.addHost(host);
    // /etc/sasl2/libvirt.conf is Debian's own: GSSAPI, and where the key is. The other unix socket is the lab's.
    const settings = { auth_tls: 'sasl', auth_tcp: 'sasl', auth_unix_ro: 'sasl' };
    await serveTls(host, authority, `DNS:${nameOf(host)}`, { settings });
    await host.virsh('vol-create-as', 'default', 'sealed.img', String(volumeBytes));
  }
  ann = realm.asking('ann');
  await realm.signIn(ann, 'ann', 'secret');
});
afterAll(async () => {
  await lab?.down();
  rmSync(folder, { recursive: true, force: true });
});

const tcp = (host: LabHost): string => `qemu+tcp://${nameOf(host)}/system`;
const tls = (host: LabHost): string => `qemu+tls://${nameOf(host)}/system?pkipath=${pkipath}`;

describe.each(['compute11', 'compute12'])('with the libvirt of %s', (name) => {
  test('who has a ticket is let in, with the SASL file that Debian ships', async () => {
    const host = lab.host(name);
    expect(await ann.one(tcp(host))).toEqual(await answerOf(host));
    expect(await ann.one(`${tcp(host)}?auth=sasl.gssapi`)).toEqual(await answerOf(host));
    expect(await ann.one(tls(host))).toEqual(await answerOf(host));
  });

  test.each([
    ['the encryption of Kerberos', tcp],
    ['TLS', tls],
  ])('a volume goes there and comes back whole through %s', async (_, uri) => {
    const volume = { path: '/var/lib/libvirt/images/sealed.img', bytes: volumeBytes };
    expect(await ann.all({ uri: uri(lab.host(name)), volume })).toMatchObject([{ same: true }]);
  });

  test.each([
    'aes128-cts-hmac-sha1-96',
    'aes256-cts-hmac-sha1-96',
    'aes128-cts-hmac-sha256-128',
    'aes256-cts-hmac-sha384-192',
  ])('keys of %s', async (type) => {
    const host = lab.host(name);
    await realm.admin(`setstr libvirt/${nameOf(host)} session_enctypes ${type}`);
    expect(await realm.sessionKeyType(ann, host)).toBe(type);
    const volume = { path: '/var/lib/libvirt/images/sealed.img', bytes: 1_000_003 };
    expect(await ann.all({ uri: tcp(host), volume })).toMatchObject([{ same: true }]);
    await realm.admin(`delstr libvirt/${nameOf(host)} session_enctypes`);
  });

  test('on the host itself, by its socket', async () => {
    const host = lab.host(name);
    const local = ann.with({ inside: host });
    const uri = `qemu+unix:///system?socket=${encodeURIComponent(`${host.socketPath}-ro`)}`;
    expect(await local.one(uri, { readOnly: true })).toEqual(await answerOf(host));
  });

  test('a host whose key is another in the realm does not believe the ticket', async () => {
    const host = lab.host(name);
    await realm.admin(`cpw -randkey libvirt/${nameOf(host)}`);
    expect(await ann.one(tcp(host))).toEqual(
      failed('auth-failed', 'GSSAPI with a ticket failed', 'key table'),
    );
    await realm.giveKey(host);
    expect(await ann.one(tcp(host))).toEqual(await answerOf(host));
  });

  test('a user whom the host does not want', async () => {
    const host = lab.host(name);
    await configure(host, { sasl_allowed_username_list: ['bob*'] });
    const refused = await ann.one(tcp(host));
    await configure(host, { sasl_allowed_username_list: ['ann*'] });
    expect(refused).toEqual(failed('auth-failed', 'sasl_allowed_username_list'));
    expect(await ann.one(tcp(host))).toEqual(await answerOf(host));
  });
});

test('tickets that are kept in another way than in a file', async () => {
  mkdirSync(join(folder, 'several'));
  const carl = realm.asking('several', 'DIR');
  await realm.signIn(carl, 'ann', 'secret');
  expect(await carl.one(tcp(lab.host('compute11')))).toEqual(await answerOf(lab.host('compute11')));
});

test('without tickets, and with one that has expired', async () => {
  const uri = tcp(lab.host('compute11'));
  expect(await realm.asking('nobody').one(uri)).toEqual(
    failed('auth-required', 'kvno ended', 'said "', 'kinit'),
  );
  const late = realm.asking('late');
  await realm.signIn(late, 'ann', 'secret', '-l', '1s');
  const asked = ['kvno', '-q', '-S', 'libvirt', nameOf(lab.host('compute11'))];
  await until('the ticket has expired', 60_000, async () => (await late.run(asked)).code === 1 || null);
  expect(await late.one(uri)).toEqual(failed('auth-required', 'kvno ended', 'said "', 'kinit'));
});

test('a host that the realm does not know', async () => {
  const host = lab.host('compute12');
  await realm.admin(`delprinc -force libvirt/${nameOf(host)}`);
  expect(await ann.one(tcp(host))).toEqual(
    failed('auth-required', `libvirt on ${nameOf(host)}`, 'not found'),
  );
});

test('a realm that does not answer is given up at the deadline', async () => {
  await realm.signal('STOP');
  const silent = await ann.one(tcp(lab.host('compute11')), { deadlineMs: 2_000 });
  await realm.signal('CONT');
  expect(silent).toEqual(failed('deadline-exceeded', 'No Kerberos ticket'));
});
