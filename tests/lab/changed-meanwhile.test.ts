import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';
import { disk, makeImage, putTiny } from './tiny-domain.ts';

let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('changed', 2);
});
afterAll(() => world?.down());

const reason = async (host: string, name: string): Promise<string> =>
  (await world.host(host).virsh('domstate', name, '--reason')).trim();

test('while it is copied nobody starts it, who tries reads why; what is written to a file that is whole is copied again', async () => {
  const here = world.host('compute11');
  const first = await makeImage(here, 'st1.img', { format: 'raw' });
  const second = await makeImage(here, 'st2.img', { format: 'raw', size: '24M' });
  await here.execOk([
    'sh',
    '-ec',
    `head -c 4M /dev/urandom > ${first}; head -c 24M /dev/urandom > ${second}`,
  ]);
  const devices = disk(first, 'vda', 'raw') + disk(second, 'vdb', 'raw');
  await putTiny(here, { name: 'st', devices }, 'start');
  await world.client.adoptInstance({ host: 'compute11', domain: 'st' });
  const { id } = await world.move('st', 'cold', 'compute12', { bandwidthBytesPerSecond: 4 * 1024 * 1024 });
  await world.waitFor(id, 'with one file whole', ({ copies }) =>
    copies.some(({ path, state }) => path === first && state === 'done'),
  );
  const started = await here.exec(['virsh', '-q', 'start', 'st']);
  expect(started.code).not.toBe(0);
  expect(started.stderr).toContain(`/ferry-is-moving-this-guest/to-compute12-by-migration-${id}`);
  await here.execOk(['qemu-io', '-f', 'raw', '-c', 'write -P 0x55 2M 64k', first]);
  expect(await world.ended(id)).toMatchObject({ status: 'confirmed', error: null });
  const read = await world
    .host('compute12')
    .execOk(['qemu-io', '-r', '-U', '-f', 'raw', '-c', 'read -P 0x55 2M 64k', first]);
  expect(read).not.toContain('Pattern verification failed');
  expect(await world.hasFile('compute11', first)).toBe(false);
  expect(await reason('compute12', 'st')).toContain('running');
  expect(await world.host('compute12').virsh('dumpxml', 'st')).not.toContain('ferry-is-moving');
});

test('one that cannot be started there goes back by itself, defined as it was; so it does after an abort', async () => {
  const here = world.host('compute11');
  await here.execOk(['sh', '-ec', 'mkdir -p /srv/consoles; chown libvirt-qemu /srv/consoles']);
  // That the directory is missing would be found beforehand; that QEMU cannot write there is only seen at the start.
  await world.host('compute12').execOk(['mkdir', '-p', '/srv/consoles/c1.log']);
  const own = await makeImage(here, 'c1.qcow2');
  const serial = "<serial type='file'><source path='/srv/consoles/c1.log'/><target port='0'/></serial>";
  await putTiny(here, { name: 'c1', devices: disk(own) + serial }, 'start');
  await world.client.adoptInstance({ host: 'compute11', domain: 'c1' });
  const before = await here.virsh('dumpxml', '--inactive', 'c1');
  const end = await world.moved('c1', 'cold', 'compute12');
  expect(end).toMatchObject({
    status: 'error',
    error: { code: 'not-started', message: expect.stringContaining('/srv/consoles/c1.log') as string },
  });
  expect(await reason('compute11', 'c1')).toContain('running');
  expect(await here.virsh('dumpxml', '--inactive', 'c1')).toBe(before);
  expect(await world.defines('compute12', 'c1')).toBe(false);
  expect(await world.hasFile('compute12', own)).toBe(false);
  expect(await world.client.instance('c1')).toMatchObject({
    host: 'compute11',
    powerState: 'running',
    taskState: null,
  });
});

test('a guest that its owner has paused stands still after each kind of move', async () => {
  const own = await makeImage(world.host('compute11'), 'p1.qcow2');
  await putTiny(world.host('compute11'), { name: 'p1', devices: disk(own) }, 'start');
  await world.client.adoptInstance({ host: 'compute11', domain: 'p1' });
  await world.host('compute11').virsh('suspend', 'p1');
  expect(await world.moved('p1', 'live', 'compute12')).toMatchObject({ status: 'completed', error: null });
  expect(await reason('compute12', 'p1')).toContain('paused');
  expect(await world.defines('compute11', 'p1')).toBe(false);
  expect(await world.moved('p1', 'cold', 'compute11')).toMatchObject({ status: 'confirmed', error: null });
  expect(await reason('compute11', 'p1')).toContain('paused');
  const shared = '/var/lib/libvirt/shared/p2.qcow2';
  await world.host('compute11').execOk(['qemu-img', 'create', '-q', '-f', 'qcow2', shared, '4M']);
  await putTiny(world.host('compute11'), { name: 'p2', devices: disk(shared) }, 'start');
  await world.client.adoptInstance({ host: 'compute11', domain: 'p2' });
  await world.host('compute11').virsh('suspend', 'p2');
  for (const [host, coordinated] of [
    ['compute12', true],
    ['compute11', false],
  ] as const) {
    const end = await world.moved('p2', 'live', host, { coordinated });
    expect(end).toMatchObject({ status: 'completed', error: null });
    expect(await reason(host, 'p2')).toContain('paused');
  }
  await world.host('compute11').virsh('resume', 'p2');
  expect(await reason('compute11', 'p2')).toContain('running');
});

test('one without a definition, and one whose emulator the target lacks, are refused before anything is stopped', async () => {
  const here = world.host('compute11');
  await putTiny(here, { name: 'tr', devices: disk(await makeImage(here, 'tr.qcow2')) }, 'create');
  await here.execOk(['sh', '-ec', 'mkdir -p /opt/q; ln -s /usr/bin/qemu-system-x86_64 /opt/q/qemu-kvm']);
  const m3 = { name: 'm3', devices: disk(await makeImage(here, 'm3.qcow2')), emulator: '/opt/q/qemu-kvm' };
  await putTiny(here, m3, 'start');
  for (const [name, why] of [
    ['tr', 'no definition'],
    ['m3', '/opt/q/qemu-kvm'],
  ] as const) {
    await world.client.adoptInstance({ host: 'compute11', domain: name });
    await expect(world.move(name, 'cold', 'compute12')).rejects.toMatchObject({
      code: 'checks-failed',
      message: expect.stringContaining(why) as string,
    });
    expect(await reason('compute11', name)).toContain('running');
  }
});

/** `mov dx,505h; mov al,1; out dx,al; hlt`: tells the panic device that the guest has panicked. */
const bootSectorThatPanics = String.raw`printf '\272\005\005\260\001\356\364\353\375' > "$0"; truncate -s 510 "$0"; printf '\125\252' >> "$0"; truncate -s 1M "$0"`;

test('a guest that has panicked, and whose QEMU lives, is told beforehand to be off there, and leaves nothing behind', async () => {
  const here = world.host('compute11');
  const own = '/var/lib/libvirt/images/k1.img';
  await here.execOk(['sh', '-ec', bootSectorThatPanics, own]);
  const devices = `${disk(own, 'vda', 'raw')}<panic model='isa'/>`;
  await putTiny(here, { name: 'k1', devices, more: '<on_crash>preserve</on_crash>' }, 'start');
  await expect.poll(() => reason('compute11', 'k1')).toBe('crashed (panicked)');
  await world.client.adoptInstance({ host: 'compute11', domain: 'k1' });
  await expect(world.move('k1', 'live', 'compute12')).rejects.toMatchObject({ code: 'checks-failed' });
  const { findings } = await world.client.check('k1', { kind: 'cold-migration', host: 'compute12' });
  expect(findings).toContainEqual(expect.objectContaining({ code: 'instance-running', severity: 'warning' }));
  expect(await world.moved('k1', 'cold', 'compute12')).toMatchObject({ status: 'confirmed', error: null });
  expect(await reason('compute12', 'k1')).toContain('shut off');
  expect(await world.defines('compute11', 'k1')).toBe(false);
  expect(await here.virsh('list', '--name')).not.toContain('k1');
  expect(await world.hasFile('compute11', own)).toBe(false);
  expect(await world.client.instance('k1')).toMatchObject({ host: 'compute12', powerState: 'shutoff' });
});
