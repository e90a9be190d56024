import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab, type LabHost } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerOf, failed } from './answers.ts';
import type { Asking } from './asking.ts';
import { configure } from './configure.ts';
import { nameOf, Realm } from './realm.ts';

let lab: Lab;
let folder: string;
let realm: Realm;
let ann: Asking;
let hosts: readonly LabHost[];
const mebibyte = 1024 * 1024;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-kerberos-'));
  lab = await Lab.up({ name: 'lvkerberos', hosts: [{}, { release: 'bookworm' }] });
  hosts = [lab.host('compute11'), lab.host('compute12')];
  realm = await Realm.found(lab, lab.host('compute11'), folder);
  await realm.admin('addprinc -pw secret ann');
  for (const host of hosts) {
    await realm.addHost(host);
    // /etc/sasl2/libvirt.conf is Debian's own: GSSAPI, and where the key is.
    await configure(host, { auth_tcp: 'sasl' });
  }
  ann = realm.asking('ann');
  await realm.signIn(ann, 'ann', 'secret');
});
afterAll(async () => {
  await lab?.down();
  rmSync(folder, { recursive: true, force: true });
});

function uri(host: LabHost): string {
  return `qemu+tcp://${nameOf(host)}/system`;
}

test('who has a ticket is let in by either release as Debian configures it', async () => {
  for (const host of hosts) {
    expect(await ann.one(uri(host))).toEqual(await answerOf(host));
    expect(await ann.one(`${uri(host)}?auth=sasl.gssapi`)).toEqual(await answerOf(host));
  }
});

test('a volume goes there and comes back whole', async () => {
  for (const host of hosts) {
    const bytes = 48 * mebibyte;
    await host.virsh('vol-create-as', 'default', 'sealed.img', String(bytes));
    const volume = { path: '/var/lib/libvirt/images/sealed.img', bytes };
    expect(await ann.all({ uri: uri(host), volume })).toMatchObject([{ same: true }]);
  }
});

test('without a ticket', async () => {
  expect(await realm.asking('nobody').one(uri(hosts[0]!))).toEqual(failed('auth-required', 'kvno ended'));
});
