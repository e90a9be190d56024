import { baseContent, guestChecksum, StorageServer, until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;
let storage: StorageServer;
const content = guestChecksum(baseContent());

beforeAll(async () => {
  world = await LabWorld.up('storage', 3);
  storage = new StorageServer(world.host('compute13'));
});
afterAll(() => world?.down());

test.each(['nbd', 'iscsi', 'nfs'] as const)(
  'a disk by %s stays where it is: live over, cold back',
  { tags: 'thorough' },
  async (protocol) => {
    const networkDisk = await storage[protocol](protocol);
    const guest = await world.guest({ name: protocol, host: 'compute11', networkDisk });
    const { id } = await guest.waitAlive();
    const live = await world.moved(protocol, 'live', 'compute12');
    expect(live).toMatchObject({ status: 'completed', error: null });
    expect((await guest.waitAlive()).id).toBe(id);
    expect(await guest.diskChecksum()).toBe(content);
    expect(await world.defines('compute11', protocol)).toBe(false);
    expect(await world.moved(protocol, 'cold', 'compute11')).toMatchObject({
      status: 'confirmed',
      error: null,
    });
    await guest.waitAlive();
    expect(await guest.diskChecksum()).toBe(content);
    expect(await world.lab.runners(protocol)).toEqual(['compute11']);
    await world.host('compute11').virsh('destroy', protocol);
  },
);

test('a guest with a local disk and one on the network: the one is copied, the other is not', async () => {
  const { sourceXml } = await storage.nbd('mixed');
  const guest = await world.guest({ name: 'mixed', host: 'compute11', storage: 'local', disk: 'standalone' });
  const xml = `<disk type='network' device='disk'><driver name='qemu' type='raw'/>${sourceXml}<target dev='vdb' bus='virtio'/></disk>`;
  const attach = 'cat > /run/vdb.xml && virsh -q attach-device mixed /run/vdb.xml --live --config';
  await world.host('compute11').execOk(['sh', '-ec', attach], { input: xml });
  const moved = await world.moved('mixed', 'live', 'compute12');
  expect(moved).toMatchObject({ status: 'completed', error: null });
  // libvirt tells it on the way, and no more at the end.
  expect(moved.result?.diskBytes).toBeGreaterThan(1024 * 1024);
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(content);
  expect(await world.hasFile('compute11', guest.diskPath)).toBe(false);
  const disks = await world.host('compute12').virsh('domblklist', 'mixed');
  expect(disks).toMatch(/vdb\s+mixed/);
  await world.host('compute12').virsh('destroy', 'mixed');
});

test('a server that the target does not reach is found before anything is touched', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({
    name: 'cutoff',
    host: 'compute11',
    networkDisk: await storage.nbd('cutoff'),
  });
  const mend = await world.host('compute13').dropTraffic({ from: world.host('compute12').address });
  try {
    const { code, stdout, stderr } = await world.ferry.run('check', 'cutoff', 'compute12', '-o', 'json');
    expect({ code, stderr }).toEqual({ code: 4, stderr: '' });
    const said = JSON.stringify(JSON.parse(stdout));
    expect(said).toContain('storage-present');
    expect(said).toMatch(/the target cannot open cutoff/);
  } finally {
    await mend();
  }
  await guest.waitAlive();
  expect(await world.lab.runners('cutoff')).toEqual(['compute11']);
  // Where the server is silent, libvirt gives the probe up once its hypervisor has.
  await until('no probe is left', 120_000, async () => {
    const names = await world.host('compute12').virsh('list', '--all', '--name');
    return !names.includes('ferry-probe') || null;
  });
  await world.host('compute11').virsh('destroy', 'cutoff');
});

test('an export that the server does not have is told in the words of the hypervisor', {
  tags: 'thorough',
}, async () => {
  const { sourceXml, ...networkDisk } = await storage.nbd('gone');
  const guest = await world.guest({
    name: 'gone',
    host: 'compute11',
    networkDisk: { ...networkDisk, sourceXml },
  });
  // The server goes on under the same address with another export.
  await world.host('compute13').execOk(['pkill', '-f', 'qemu-nbd.*-x gone ']);
  const [, port = ''] = /port='(\d+)'/.exec(sourceXml) ?? [];
  await world
    .host('compute13')
    .execOk(['qemu-nbd', '--fork', '-t', '-e', '4', '-f', 'raw', '-x', 'other', '-p', port, guest.diskPath]);
  await expect(world.move('gone', 'live', 'compute12')).rejects.toMatchObject({
    code: 'checks-failed',
    message: expect.stringMatching(/cannot open gone/) as string,
  });
});

test('a disk that is named by its pool and volume is copied like a file, and refused where the pool is elsewhere', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'volume', host: 'compute11', storage: 'local', off: true });
  const source = world.host('compute11');
  const rename = `virsh -q dumpxml volume --inactive | sed -e "s#<disk type='file'#<disk type='volume'#" -e "s#<source file='[^']*'/>#<source pool='default' volume='volume.qcow2'/>#" > /run/v.xml; virsh -q define /run/v.xml; virsh -q start volume`;
  await source.execOk(['sh', '-ec', rename]);
  await guest.waitAlive();
  const target = world.host('compute12');
  const move =
    'virsh -q pool-dumpxml --inactive default > /run/was.xml; mkdir -p /var/lib/libvirt/elsewhere; sed -e s#/var/lib/libvirt/images#/var/lib/libvirt/elsewhere# /run/was.xml > /run/p.xml; virsh -q pool-destroy default; virsh -q pool-undefine default; virsh -q pool-define /run/p.xml';
  await target.execOk(['sh', '-ec', move]);
  await expect(world.move('volume', 'live', 'compute12')).rejects.toMatchObject({
    message: expect.stringContaining(
      'the pool "default" of the target is another one: it is /var/lib/libvirt/elsewhere',
    ) as string,
  });
  // The check has looked into the directory through a pool of its own, which stands where this one is to be.
  const back =
    'for pool in $(virsh -q pool-list --name | grep ferry-); do virsh -q pool-destroy $pool; done; virsh -q pool-destroy default || true; virsh -q pool-undefine default; virsh -q pool-define /run/was.xml; virsh -q pool-start default';
  await target.execOk(['sh', '-ec', back]);
  for (const host of ['compute12', 'compute11']) {
    expect(await world.moved('volume', 'cold', host)).toMatchObject({ status: 'confirmed', error: null });
    await guest.waitAlive();
    expect(await guest.diskChecksum()).toBe(content);
    expect(await world.lab.runners('volume')).toEqual([host]);
  }
  expect(await world.hasFile('compute12', guest.diskPath)).toBe(false);
});
