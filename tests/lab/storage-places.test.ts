import { baseContent, baseImageName, guestChecksum, type LabGuest } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

const images = '/var/lib/libvirt/images';
const vms = '/srv/vms';
const content = guestChecksum(baseContent());

let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('places', 2);
  const define = `mkdir -p ${vms}; virsh -q pool-define-as vms dir --target ${vms}; virsh -q pool-start vms`;
  await world.host('compute12').execOk(['sh', '-ec', define]);
});
afterAll(() => world?.down());

/** A guest whose disk is named by the pool "default" in place of a path. */
async function guestOfPool(name: string): Promise<LabGuest> {
  const guest = await world.guest({ name, host: 'compute11', storage: 'local', off: true });
  const rename = `virsh -q dumpxml ${name} --inactive | sed -e "s#<disk type='file'#<disk type='volume'#" -e "s#<source file='[^']*${name}[^']*'/>#<source pool='default' volume='${name}.qcow2'/>#" > /run/v.xml; virsh -q define /run/v.xml; virsh -q start ${name}`;
  await world.host('compute11').execOk(['sh', '-ec', rename]);
  await guest.waitAlive();
  return guest;
}

test('an overlay and its base go to another directory: cold over, the base named anew; live back', async () => {
  const guest = await world.guest({ name: 'web', host: 'compute11', storage: 'local' });
  const target = world.host('compute12');
  const moved = await world.moved('web', 'cold', 'compute12', { pathMap: { [images]: vms } });
  expect(moved).toMatchObject({ status: 'confirmed', error: null });
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(content);
  expect(await world.hasFile('compute12', `${vms}/${baseImageName}`)).toBe(true);
  expect(await world.hasFile('compute12', guest.diskPath)).toBe(false);
  expect(await world.hasFile('compute11', guest.diskPath)).toBe(false);
  // The overlay was copied as it is, and names the base by the path of its source: the definition tells what holds here.
  const stands = await target.execOk(['qemu-img', 'info', '-U', `${vms}/web.qcow2`]);
  expect(stands).toContain(`backing file: ${images}/${baseImageName}`);
  const inactive = await target.virsh('dumpxml', 'web', '--inactive');
  expect(inactive).toContain(`<source file='${vms}/${baseImageName}'/>`);

  const { id } = await guest.waitAlive();
  const back = await world.moved('web', 'live', 'compute11', { pathMap: { [vms]: images } });
  expect(back).toMatchObject({ status: 'completed', error: null, plan: { form: 'coordinated' } });
  expect((await guest.waitAlive()).id).toBe(id);
  expect(await guest.diskChecksum()).toBe(content);
  expect(await world.lab.runners('web')).toEqual(['compute11']);
  expect(await world.hasFile('compute12', `${vms}/web.qcow2`)).toBe(false);
  // It starts anew on what it names, too.
  await world.host('compute11').virsh('destroy', 'web');
  await world.host('compute11').virsh('start', 'web');
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(content);
  await world.host('compute11').virsh('destroy', 'web');
});

test('what is set for a host holds without being asked for; a shared directory by another name is the same', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'db', host: 'compute11', storage: 'shared' });
  const target = world.host('compute12');
  await target.execOk(['sh', '-ec', 'mkdir -p /srv/san; mount --bind /var/lib/libvirt/shared /srv/san']);
  const set = await world.ferry.run(
    'host',
    'set',
    'compute12',
    '--map-path',
    '/var/lib/libvirt/shared=/srv/san',
  );
  expect(set.stderr).toBe('');
  const { plan } = await world.client.check('db', { kind: 'cold-migration', host: 'compute12' });
  expect(plan?.targetPaths?.[guest.diskPath]).toBe('/srv/san/db.qcow2');
  const moved = await world.moved('db', 'cold', 'compute12');
  expect(moved).toMatchObject({ status: 'confirmed', error: null, plan: { copyBytes: 0 } });
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(content);
  expect(await target.virsh('dumpxml', 'db', '--inactive')).toContain("<source file='/srv/san/db.qcow2'/>");
  const back = await world.moved('db', 'cold', 'compute11', {
    pathMap: { '/srv/san': '/var/lib/libvirt/shared' },
  });
  expect(back).toMatchObject({ status: 'confirmed', error: null });
  await guest.waitAlive();
  await world.host('compute11').virsh('destroy', 'db');
  await world.client.setHost('compute12', { pathMap: {} });
});

test('a volume of a pool moves live to the pool that is named for it, and cold back', {
  tags: 'thorough',
}, async () => {
  const guest = await guestOfPool('pooled');
  const { id } = await guest.waitAlive();
  const moved = await world.moved('pooled', 'live', 'compute12', { poolMap: { default: 'vms' } });
  expect(moved).toMatchObject({ status: 'completed', error: null, plan: { form: 'coordinated' } });
  expect((await guest.waitAlive()).id).toBe(id);
  expect(await guest.diskChecksum()).toBe(content);
  expect(await world.hasFile('compute12', `${vms}/pooled.qcow2`)).toBe(true);
  expect(await world.hasFile('compute11', guest.diskPath)).toBe(false);
  const inactive = await world.host('compute12').virsh('dumpxml', 'pooled', '--inactive');
  expect(inactive).toContain("<source pool='vms' volume='pooled.qcow2'/>");

  const back = await world.moved('pooled', 'cold', 'compute11', { poolMap: { vms: 'default' } });
  expect(back).toMatchObject({ status: 'confirmed', error: null });
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(content);
  expect(await world.lab.runners('pooled')).toEqual(['compute11']);
  await world.host('compute11').virsh('destroy', 'pooled');
});

test('a move to another directory that is aborted leaves nothing there', { tags: 'thorough' }, async () => {
  const guest = await world.guest({
    name: 'stays',
    host: 'compute11',
    storage: 'local',
    dirty: { mib: 24, mibPerSecond: 60 },
  });
  const slowly = { bandwidthBytesPerSecond: 4 * 1024 * 1024, pathMap: { [images]: vms } };
  const { id } = await world.move('stays', 'live', 'compute12', slowly);
  await world.waitFor(id, 'sending', ({ status }) => status === 'running');
  await world.client.abortMigration(id);
  expect(await world.ended(id)).toMatchObject({ status: 'cancelled' });
  await guest.waitAlive();
  expect(await world.hasFile('compute12', `${vms}/stays.qcow2`)).toBe(false);
  expect(await world.lab.runners('stays')).toEqual(['compute11']);
});
