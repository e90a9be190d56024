import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabHost } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';
import { Authority } from './libvirt/certificates.ts';
import { serveTls } from './libvirt/serve-tls.ts';
import { SshKeys } from './libvirt/ssh-keys.ts';

let world: LabWorld;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-ways-'));
  world = await LabWorld.up('ways', 2, { addHosts: false });
});
afterAll(async () => {
  await world?.down();
  rmSync(folder, { recursive: true, force: true });
});

const peerUri = (host: LabHost): string => `qemu+tls://${host.address}/system`;

/** The host's certificate as a client of its peers, which peer-to-peer migration makes it. */
function letPeersIn(host: LabHost, authority: Authority): void {
  const client = authority.clientFolder(`peer-${host.name}`, authority);
  mkdirSync(host.pathOnMachine('/etc/pki/libvirt/private'), { recursive: true });
  copyFileSync(join(client, 'clientcert.pem'), host.pathOnMachine('/etc/pki/libvirt/clientcert.pem'));
  copyFileSync(join(client, 'clientkey.pem'), host.pathOnMachine('/etc/pki/libvirt/private/clientkey.pem'));
}

test('one host by TLS, one by ssh: guests move live on shared disks, live with local ones, and cold', async () => {
  const authority = new Authority(join(folder, 'tls'));
  const keys = new SshKeys(folder);
  const [byTls, bySsh] = [world.host('compute11'), world.host('compute12')];
  for (const host of [byTls, bySsh]) {
    await serveTls(host, authority, `IP:${host.address}`);
    letPeersIn(host, authority);
  }
  await keys.letInto(bySsh);
  const pkipath = authority.clientFolder('controller', authority);
  const tlsUri = `${peerUri(byTls)}?pkipath=${pkipath}`;
  const add = (uri: string, host: LabHost): Promise<unknown> =>
    world.addHost({ uri, peerUri: peerUri(host) });
  await expect(add(tlsUri, byTls)).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('"pkipath"'),
  });
  world.ferry.allow([tlsUri, keys.uri(bySsh)]);
  await add(tlsUri, byTls);
  await add(keys.uri(bySsh), bySsh);

  const shared = await world.guest({ name: 'shared', host: byTls.name, storage: 'shared' });
  const { id } = await shared.waitAlive();
  expect(await world.moved('shared', 'live', bySsh.name)).toMatchObject({ status: 'completed', error: null });
  expect((await shared.waitAlive()).id).toBe(id);
  expect(await world.moved('shared', 'live', byTls.name)).toMatchObject({ status: 'completed', error: null });

  const local = await world.guest({ name: 'local', host: byTls.name, storage: 'local' });
  expect(await world.moved('local', 'live', bySsh.name)).toMatchObject({ status: 'completed', error: null });
  await local.waitAlive();
  expect(await world.moved('local', 'cold', byTls.name)).toMatchObject({ status: 'confirmed', error: null });
  expect(await world.lab.runners('local')).toEqual([byTls.name]);
});

test('a host whose certificate is of another CA is told as such, with what to do', {
  tags: 'thorough',
}, async () => {
  const stranger = new Authority(join(folder, 'stranger'));
  const pkipath = stranger.clientFolder('controller', stranger);
  const { address } = world.host('compute11');
  const uri = `qemu+tls://${address}/system?pkipath=${pkipath}`;
  world.ferry.allow([uri]);
  const { code, stderr } = await world.ferry.run(
    'host',
    'add',
    uri,
    '--peer-uri',
    peerUri(world.host('compute11')),
  );
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/certificate/);
  expect(stderr).toContain(address);
});
