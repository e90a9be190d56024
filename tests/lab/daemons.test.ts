import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabHost } from '@ferry/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';
import {
  endLibvirtd,
  giveModularDaemons,
  giveSystemd,
  listenItself,
  modularDaemons,
} from './libvirt/small-systemd.ts';
import { SshKeys } from './libvirt/ssh-keys.ts';

/** What `tools/modular-daemons` has built; Debian packages no modular daemons. */
const modular = process.env['MODULAR_DAEMONS'] ?? '';

let world: LabWorld;
let folder: string;

async function openWorld(
  name: string,
  prepare: readonly ((host: LabHost) => Promise<void>)[],
): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'ferry-daemons-'));
  const bare = { libvirtd: { listen_tcp: 0, listen_tls: 0 } };
  world = await LabWorld.up(
    name,
    prepare.map(() => bare),
    { addHosts: false },
  );
  const keys = new SshKeys(folder);
  for (const [index, host] of world.lab.hosts.entries()) {
    await endLibvirtd(host);
    await prepare[index]?.(host);
    await keys.letInto(host);
  }
  world.ferry.allow(world.lab.hosts.map((host) => keys.uri(host)));
  for (const host of world.lab.hosts)
    await world.addHost({ uri: keys.uri(host), peerUri: `qemu+ssh://root@${host.address}/system` });
}
async function closeWorld(): Promise<void> {
  await world?.down();
  rmSync(folder, { recursive: true, force: true });
}

const configure = (...hosts: string[]) =>
  world.ferry.run('host', 'configure', ...hosts, '--transport', 'tls', '--yes');
const stateOf = async (host: LabHost, unit: string): Promise<string> => {
  const told = await host.execOk(['systemctl', 'show', '--', unit]);
  return ['ActiveState', 'UnitFileState'].map((name) => new RegExp(`${name}=(.*)`).exec(told)?.[1]).join(' ');
};
/** Somebody else takes the port of TLS; returns what gives it free. */
async function takePort(host: LabHost): Promise<() => Promise<void>> {
  const code =
    'import os,socket,time; s=socket.create_server(("",16514)); print(os.getpid(), flush=True); time.sleep(600)';
  const other = host.spawn(['python3', '-c', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [pid] = (await once(other.stdout ?? other, 'data')) as [Buffer];
  return async () => {
    const ended = once(other, 'exit');
    await host.execOk(['kill', '-KILL', pid.toString().trim()]);
    await ended;
  };
}

const libvirtdBySockets = async (host: LabHost): Promise<void> => {
  await giveSystemd(host);
  await host.execOk(['systemctl', 'start', 'libvirtd.socket', 'libvirtd-ro.socket', 'libvirtd-admin.socket']);
  await host.libvirtd.waitAnswering();
};
const libvirtdByItself = async (host: LabHost): Promise<void> => {
  await giveSystemd(host);
  await listenItself(host);
};
const answering = (host: LabHost): Promise<string> => host.execOk(['virsh', '-c', 'qemu:///system', 'list']);

describe('under systemd', () => {
  beforeAll(() => openWorld('daemons', [libvirtdBySockets, libvirtdByItself]));
  afterAll(closeWorld);

  test('a socket that cannot listen has everything put back: nothing is enabled, and the host answers', {
    tags: 'thorough',
  }, async () => {
    const host = world.host('compute11');
    const free = await takePort(host);
    const refused = await configure('compute11');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('everything was put back');
    expect(await stateOf(host, 'libvirtd-tls.socket')).toBe('inactive disabled');
    expect(await stateOf(host, 'libvirtd.socket')).toMatch(/^active/);
    expect(existsSync(host.pathOnMachine('/etc/pki/libvirt/servercert.pem'))).toBe(false);
    await host.libvirtd.waitAnswering();
    await free();
  });

  test('libvirtd by its sockets, and libvirtd that listens itself, are configured, believe each other and move a guest', {
    tags: 'thorough',
  }, async () => {
    const [one, other] = [world.host('compute11'), world.host('compute12')];
    const guest = await world.guest({ name: 'web', host: one.name, storage: 'shared' });
    const { id } = await guest.waitAlive();
    const done = await configure('compute11', 'compute12');
    expect(`${done.stdout}${done.stderr}`).toContain('compute11 -> compute12: they believe each other');
    expect(done.stdout).toContain('compute12 -> compute11: they believe each other');
    expect(done.code).toBe(0);
    expect(await stateOf(one, 'libvirtd-tls.socket')).toBe('active enabled');
    // No setting says where to listen: systemd does.
    expect(readFileSync(one.pathOnMachine('/etc/libvirt/libvirtd.conf'), 'utf8')).toContain('listen_tls = 0');
    expect(readFileSync(other.pathOnMachine('/etc/libvirt/libvirtd.conf'), 'utf8')).toContain(
      'listen_tls = 1',
    );
    expect((await guest.waitAlive()).id).toBe(id);
    // Nobody has it running: the first who comes by TLS has it started.
    await one.execOk(['systemctl', 'stop', 'libvirtd.service']);
    await other.execOk(['virsh', '-c', `qemu+tls://${one.address}/system`, 'list']);
    expect(await world.moved('web', 'live', other.name)).toMatchObject({ status: 'completed', error: null });
    expect(await world.moved('web', 'live', one.name)).toMatchObject({ status: 'completed', error: null });
    expect((await guest.waitAlive()).id).toBe(id);
    expect((await configure('compute11', 'compute12')).stdout).toContain('compute12: was as it is wanted');
  });

  test('masked sockets, and libvirtd that does not listen, are a question and no guess', {
    tags: 'thorough',
  }, async () => {
    const host = world.host('compute12');
    await host.execOk(['systemctl', 'stop', 'libvirtd.service']);
    rmSync(host.pathOnMachine('/etc/default/libvirtd'));
    await host.execOk(['systemctl', 'start', 'libvirtd.service']);
    await host.libvirtd.waitAnswering();
    const refused = await configure('compute12');
    expect(refused.stderr).toContain('its sockets are masked');
    expect(refused.stderr).toContain('Nothing was changed');
  });
});

const partsByHand = async (host: LabHost): Promise<void> => {
  giveModularDaemons(host, modular);
  for (const name of modularDaemons) await host.execOk([name, '-d']);
  await answering(host);
};
const partsBySockets = async (host: LabHost): Promise<void> => {
  giveModularDaemons(host, modular);
  await giveSystemd(host);
  await host.execOk(['systemctl', 'start', ...modularDaemons.map((name) => `${name}.socket`)]);
  await answering(host);
};

describe.skipIf(modular === '')('libvirt in parts', () => {
  beforeAll(() => openWorld('modular', [partsByHand, partsBySockets]));
  afterAll(closeWorld);

  test('virtproxyd by hand, and by its socket, is configured while virtqemud goes on; a guest moves, and what fails is put back', {
    tags: 'thorough',
  }, async () => {
    const [one, other] = [world.host('compute11'), world.host('compute12')];
    const guest = await world.guest({ name: 'web', host: one.name, storage: 'shared' });
    const { id } = await guest.waitAlive();
    const virtqemud = await one.execOk(['pidof', 'virtqemud']);
    const free = await takePort(other);
    const refused = await configure('compute12');
    expect(refused.stderr).toContain('everything was put back');
    expect(await stateOf(other, 'virtproxyd-tls.socket')).toBe('inactive disabled');
    await free();

    const done = await configure('compute11', 'compute12');
    expect(`${done.stdout}${done.stderr}`).toContain('compute11 -> compute12: they believe each other');
    expect(done.stdout).toContain('compute12 -> compute11: they believe each other');
    expect(done.code).toBe(0);
    expect(await one.execOk(['pidof', 'virtqemud'])).toBe(virtqemud);
    expect(readFileSync(one.pathOnMachine('/etc/libvirt/virtproxyd.conf'), 'utf8')).toMatch(
      /^listen_tls = 1$/m,
    );
    expect(await stateOf(other, 'virtproxyd-tls.socket')).toBe('active enabled');
    expect(await world.moved('web', 'live', other.name)).toMatchObject({ status: 'completed', error: null });
    expect(await world.moved('web', 'live', one.name)).toMatchObject({ status: 'completed', error: null });
    expect((await guest.waitAlive()).id).toBe(id);
    expect((await configure('compute11', 'compute12')).stdout).toContain('compute11: was as it is wanted');
  });
});
