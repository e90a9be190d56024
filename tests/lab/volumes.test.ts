import { StorageServer, until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenStackClients } from '../compat/client.ts';
import { LabWorld } from './lab-world.ts';
import { openstackOf } from './openstack-of.ts';
import { secondPressBootSector } from './second-press-boot-sector.ts';
import { putTiny } from './tiny-domain.ts';

let world: LabWorld;
let storage: StorageServer;
let clients: OpenStackClients;

beforeAll(async () => {
  world = await LabWorld.up('attach', 3);
  storage = new StorageServer(world.host('compute13'));
  clients = await openstackOf(world);
});
afterAll(async () => {
  clients?.[Symbol.dispose]();
  await world?.down();
});

async function ferry(...words: string[]): Promise<void> {
  expect(await world.ferry.run(...words)).toMatchObject({ code: 0 });
}

async function does(...words: string[]): Promise<void> {
  expect(await clients.runOpenstack('server', ...words)).toMatchObject({ code: 0 });
}

/** Waits until a volume has a status. */
async function becomes(volume: string, status: string, withinMs = 120_000): Promise<void> {
  await until(`${volume} to be ${status}`, withinMs, async () =>
    (await world.client.volume(volume)).status === status ? true : null,
  );
}

/** The guest's names of its disks, as it runs or as it starts next. */
async function disks(host: string, guest: string, ...which: string[]): Promise<string[]> {
  const list = await world.host(host).virsh('domblklist', guest, ...which);
  return Array.from(list.matchAll(/\bvd[a-z]\b/g), ([target]) => target);
}

/** Serial numbers of the virtio disks that QEMU itself has. */
async function serials(host: string, guest: string): Promise<string[]> {
  const told = await world.host(host).virsh('qemu-monitor-command', guest, '--hmp', 'info qtree');
  return Array.from(told.matchAll(/serial = "([0-9a-f-]{36})"/g), ([, serial = '']) => serial).toSorted();
}

test('volumes of a pool and of NBD come to a guest that runs, go where it goes, and leave it', async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11', storage: 'local', off: true });
  // Each disk of a q35 machine takes a port, and libvirt gives a domain one to spare: a second needs one more.
  const port = 'sed \'s#</devices>#<controller type="pci" model="pcie-root-port"/>&#\'';
  const add = `virsh -q dumpxml --inactive web | ${port} > /run/web.xml; virsh -q define /run/web.xml`;
  await world.host('compute11').execOk(['sh', '-ec', `${add}; virsh -q start web`]);
  const { id } = await guest.waitAlive();
  const { sourceXml } = await storage.nbd('san');
  const [, address = '', tcpPort = ''] = /name='([\d.]+)' port='(\d+)'/.exec(sourceXml) ?? [];
  const named = ['--pool', 'default', '--volume', 'data.qcow2', '--host', 'compute11'];
  await ferry('volume', 'create', 'data', ...named, '--size', '64M');
  await ferry('volume', 'create', 'san', '--source', `nbd://${address}:${tcpPort}/san`);
  const path = '/var/lib/libvirt/images/data.qcow2';
  expect(await world.hasFile('compute11', path)).toBe(true);
  for (const volume of ['data', 'san']) {
    await does('add', 'volume', 'web', volume);
    await becomes(volume, 'in-use');
  }
  const ids = (await world.client.volumes()).map((volume) => volume.id).toSorted();
  expect(await disks('compute11', 'web')).toEqual(['vda', 'vdb', 'vdc']);
  expect(await disks('compute11', 'web', '--inactive')).toEqual(['vda', 'vdb', 'vdc']);
  expect(await serials('compute11', 'web')).toEqual(ids);

  const moved = await world.moved('web', 'live', 'compute12');
  expect(moved).toMatchObject({ status: 'completed', error: null });
  expect((await guest.waitAlive()).id).toBe(id);
  expect(await disks('compute12', 'web')).toEqual(['vda', 'vdb', 'vdc']);
  expect(await serials('compute12', 'web')).toEqual(ids);
  expect([await world.hasFile('compute11', path), await world.hasFile('compute12', path)]).toEqual([
    false,
    true,
  ]);
  expect((await world.client.volume('data')).status).toBe('in-use');

  for (const volume of ['data', 'san']) {
    await does('remove', 'volume', 'web', volume);
    await becomes(volume, 'available');
  }
  expect(await disks('compute12', 'web')).toEqual(['vda']);
  expect(await disks('compute12', 'web', '--inactive')).toEqual(['vda']);
  expect(await serials('compute12', 'web')).toEqual([]);
  expect((await guest.waitAlive()).id).toBe(id);
  expect((await world.client.volume('data')).hosts).toEqual(['compute12']);
  await ferry('volume', 'delete', 'data');
  expect(await world.hasFile('compute12', path)).toBe(false);
  await ferry('volume', 'delete', 'san');
});

test('a project makes a volume by the volume API alone, extends it, has it in a server, and deletes it', async () => {
  const openstack = (...words: string[]) => clients.openstack<Record<string, unknown>>('volume', ...words);
  const on = 'compute12';
  await ferry('volume', 'type', 'create', 'local', '--pool', 'default', '--host', on, '--default');
  const made = await openstack('create', '--size', '1', '--property', 'tier=gold', 'own');
  expect(made).toMatchObject({ name: 'own', size: 1, type: 'local' });
  await becomes('own', 'available');
  const path = `/var/lib/libvirt/images/volume-${String(made['id'])}.qcow2`;
  const virtualSize = async (): Promise<string> =>
    world.host(on).execOk(['sh', '-ec', `qemu-img info -U '${path}' | grep 'virtual size'`]);
  expect(await virtualSize()).toContain('1 GiB');
  expect(await clients.runOpenstack('volume', 'set', '--size', '2', 'own')).toMatchObject({ code: 0 });
  await becomes('own', 'available');
  expect(await virtualSize()).toContain('2 GiB');

  await world.guest({ name: 'owner', host: on, storage: 'local', off: true });
  await does('add', 'volume', 'owner', 'own');
  await becomes('own', 'in-use');
  const refused = await clients.runOpenstack('volume', 'delete', 'own');
  expect(refused.stderr).toContain('owner has it as /dev/vdb');
  await does('remove', 'volume', 'owner', 'own');
  await becomes('own', 'available');
  // Somebody beside Ferry has it: it stays, and it is told who.
  const attach = `virsh -q attach-disk owner ${path} vdz --config --driver qemu --subdriver qcow2`;
  await world.host(on).execOk(['sh', '-ec', attach]);
  expect(await clients.runOpenstack('volume', 'delete', 'own')).toMatchObject({ code: 0 });
  await becomes('own', 'error_deleting');
  expect(await openstack('show', 'own')).toMatchObject({ status: 'error_deleting' });
  expect((await world.client.volume('own')).fault).toMatch(/owner on compute12 has own as vdz/);
  expect(await world.hasFile(on, path)).toBe(true);
  await world.host(on).execOk(['sh', '-ec', 'virsh -q detach-disk owner vdz --config']);
  expect(await clients.runOpenstack('volume', 'delete', 'own')).toMatchObject({ code: 0 });
  await until('own to be gone', 60_000, async () =>
    (await world.client.volumes()).some(({ name }) => name === 'own') ? null : true,
  );
  expect(await world.hasFile(on, path)).toBe(false);
});

test('a volume of iSCSI that takes a password is refused without its secret, and given with it', {
  tags: 'thorough',
}, async () => {
  const chap = { user: 'ferry', password: 'known-to-few-alone', usage: 'san' } as const;
  const { sourceXml } = await storage.iscsi('data', chap);
  const [, iqn = '', address = ''] = /name='([^']+)'><host name='([\d.]+)'/.exec(sourceXml) ?? [];
  const guest = await world.guest({ name: 'db', host: 'compute11', storage: 'local' });
  const source = ['--source', `iscsi://${address}/${iqn}`, '--auth-user', chap.user, '--secret', chap.usage];
  await ferry('volume', 'create', 'lun', ...source);
  const refused = await clients.runOpenstack('server', 'add', 'volume', 'db', 'lun');
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('compute11 has no secret iscsi san');
  const secret = `<secret><usage type='iscsi'><target>${chap.usage}</target></usage></secret>`;
  const define = `cat > /run/secret.xml; virsh -q secret-define /run/secret.xml
    virsh -q secret-set-value $(virsh -q secret-list | awk '{ print $1 }') --base64 ${btoa(chap.password)}`;
  await world.host('compute11').execOk(['sh', '-ec', define], { input: secret });
  await does('add', 'volume', 'db', 'lun');
  await becomes('lun', 'in-use');
  expect(await serials('compute11', 'db')).toEqual([(await world.client.volume('lun')).id]);
  await does('remove', 'volume', 'db', 'lun');
  await becomes('lun', 'available');
  expect(await serials('compute11', 'db')).toEqual([]);
  await guest.waitAlive();
  await ferry('volume', 'delete', 'lun');
  expect(world.ferry.log).not.toContain(chap.password);
  await world.host('compute11').virsh('destroy', 'db');
});

test('a guest that is off gets a volume for its next start', { tags: 'thorough' }, async () => {
  const guest = await world.guest({ name: 'off', host: 'compute12', storage: 'local', off: true });
  await ferry('volume', 'create', 'next', '--pool', 'default', '--host', 'compute12', '--size', '32M');
  await does('add', 'volume', 'off', 'next');
  await becomes('next', 'in-use');
  expect(await disks('compute12', 'off')).toEqual(['vda', 'vdb']);
  await does('start', 'off');
  await guest.waitAlive();
  const { id } = await world.client.volume('next');
  expect(await serials('compute12', 'off')).toEqual([id]);
  await does('remove', 'volume', 'off', 'next');
  await becomes('next', 'available');
  expect(await disks('compute12', 'off')).toEqual(['vda']);
  await ferry('volume', 'delete', 'next');
});

test('a disk is asked for again of a guest that was asked while it booted', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'boots', host: 'compute12', storage: 'local', off: true });
  await ferry('volume', 'create', 'early', '--pool', 'default', '--host', 'compute12', '--size', '32M');
  await does('add', 'volume', 'boots', 'early');
  await becomes('early', 'in-use');
  await does('start', 'boots');
  await until('boots to run', 60_000, async () =>
    (await world.client.instance('boots')).vmState === 'active' ? true : null,
  );
  await does('remove', 'volume', 'boots', 'early');
  await becomes('early', 'available');
  await guest.waitAlive();
  expect(await disks('compute12', 'boots')).toEqual(['vda']);
  expect(await serials('compute12', 'boots')).toEqual([]);
  await ferry('volume', 'delete', 'early');
});

test('a guest that misses the power button is not ended: it is pressed again', {
  tags: 'thorough',
}, async () => {
  const host = world.host('compute11');
  const image = '/var/lib/libvirt/images/slow.img';
  await host.execOk(['sh', '-ec', 'base64 -d > "$0"', image], {
    input: secondPressBootSector().toString('base64'),
  });
  await putTiny(
    host,
    {
      name: 'slow',
      devices: `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${image}'/><target dev='hda' bus='ide'/></disk>`,
      more: '<features><acpi/></features>',
    },
    'start',
  );
  await world.client.adoptInstance({ host: 'compute11', domain: 'slow' });
  await does('stop', 'slow');
  await until('slow to be off', 120_000, async () =>
    (await world.client.instance('slow')).vmState === 'stopped' ? true : null,
  );
  expect(await host.virsh('domstate', 'slow', '--reason')).toContain('shut off (shutdown)');
});

test('a guest that does not answer keeps its disk, now and at its next start, and the volume says so', {
  tags: 'thorough',
}, async () => {
  // Without a system nobody in the guest hears that the disk is to go.
  const xml = `<domain type='qemu'><name>deaf</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
    <os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>
    <devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices></domain>`;
  const define = 'cat > /run/deaf.xml && virsh -q define /run/deaf.xml && virsh -q start deaf';
  await world.host('compute11').execOk(['sh', '-ec', define], { input: xml });
  await world.client.adoptInstance({ host: 'compute11', domain: 'deaf' });
  await ferry('volume', 'create', 'kept', '--pool', 'default', '--host', 'compute11', '--size', '32M');
  await does('add', 'volume', 'deaf', 'kept', '--device', '/dev/vdf');
  await becomes('kept', 'in-use');
  await does('remove', 'volume', 'deaf', 'kept');
  await becomes('kept', 'detaching');
  // It is asked eight times, each 20 s.
  await becomes('kept', 'in-use', 240_000);
  expect(await disks('compute11', 'deaf')).toEqual(['vdf']);
  expect(await disks('compute11', 'deaf', '--inactive')).toEqual(['vdf']);
  const events = await clients.openstack<Record<string, unknown>[]>(
    'server',
    'event',
    'list',
    'deaf',
    '--long',
  );
  expect(JSON.stringify(events[0])).toMatch(/kept stays attached as \/dev\/vdf: the guest does not let go/);
  await world.host('compute11').virsh('destroy', 'deaf');
  await until('deaf to be off', 120_000, async () =>
    (await world.client.instance('deaf')).vmState === 'stopped' ? true : null,
  );
  await does('remove', 'volume', 'deaf', 'kept');
  await becomes('kept', 'available');
  expect(await disks('compute11', 'deaf', '--inactive')).toEqual([]);
});
