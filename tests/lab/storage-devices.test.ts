import { baseContent, guestChecksum, type LabGuest } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';
import {
  detachLoopDevices,
  leftLoopDevices,
  type LoopDevice,
  makeLoopDevice,
  nameLoopDevice,
  tellSerial,
} from './loop-devices.ts';

const content = guestChecksum(baseContent());
/** As large as a guest's disk. */
const diskMib = 256;
const devices: LoopDevice[] = [];

let world: LabWorld;

beforeAll(async () => {
  const left = leftLoopDevices();
  world = await LabWorld.up('devices', 2);
  const host = world.host('compute11');
  await detachLoopDevices(left.map((number) => ({ number, host })));
});
afterAll(async () => {
  await detachLoopDevices(devices);
  await world?.down();
});

async function makeDevice(host: string, path: string, mib: number = diskMib): Promise<LoopDevice> {
  const device = await makeLoopDevice(world.host(host), path, mib);
  devices.push(device);
  return device;
}

/** A guest on compute11 whose disk is the block device there, with the known content. */
async function guestOnDevice(name: string, path: string): Promise<LabGuest> {
  const source = world.host('compute11');
  const guest = await world.guest({ name, host: 'compute11', disk: 'raw', off: true });
  const script = `qemu-img convert -q -n -f raw -O raw ${guest.diskPath} ${path}; rm ${guest.diskPath}
    virsh -q dumpxml ${name} --inactive | sed -e "s#<disk type='file'#<disk type='block'#" -e "s#<source file='${guest.diskPath}'/>#<source dev='${path}'/>#" > /run/b.xml
    virsh -q define /run/b.xml; virsh -q start ${name}`;
  await source.execOk(['sh', '-ec', script]);
  await guest.waitAlive();
  return guest;
}

/** What a check says of the disk. */
async function disk(instance: string, more: object = {}): Promise<{ obstacle: unknown; remedy: string }> {
  const { findings } = await world.client.check(instance, {
    kind: 'live-migration',
    host: 'compute12',
    ...more,
  });
  const finding = findings.find((one) => one.code === 'storage-present' && one.compared['disk'] === 'vda');
  return { obstacle: finding?.compared['obstacle'] ?? null, remedy: finding?.remedy ?? '' };
}

async function isBlank(host: string, path: string): Promise<boolean> {
  const script = `head -c 1M ${path} | cmp -s -n 1048576 - /dev/zero`;
  return (await world.host(host).exec(['sh', '-c', script])).code === 0;
}

test('a device that both hosts have moves where somebody says so and it holds the same; live over, cold back', async () => {
  const { number } = await makeDevice('compute11', '/dev/san/web');
  const guest = await guestOnDevice('san', '/dev/san/web');
  expect((await disk('san')).obstacle).toBe('no-device');

  await nameLoopDevice(world.host('compute12'), '/dev/san/web', number);
  const unproven = await disk('san');
  expect(unproven.obstacle).toBe('unproven');
  expect(unproven.remedy).toContain('--shared-device /dev/san/web');

  const { id } = await guest.waitAlive();
  const word = ['--shared-device', '/dev/san/web', '--wait', '-o', 'json'];
  const moved = await world.ferry.run('live-migrate', 'san', 'compute12', ...word);
  expect(JSON.parse(moved.stdout)).toMatchObject({
    status: 'completed',
    plan: { form: 'peer-to-peer', copyBytes: 0 },
  });
  expect((await guest.waitAlive()).id).toBe(id);
  expect(await guest.diskChecksum()).toBe(content);
  const back = await world.moved('san', 'cold', 'compute11', { sharedDevices: ['/dev/san/web'] });
  expect(back).toMatchObject({ status: 'confirmed', error: null });
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(content);
  await world.host('compute11').virsh('destroy', 'san');
});

test('by another name on the target it is the same; another device under the same name is not, whatever somebody says', {
  tags: 'thorough',
}, async () => {
  const [first] = devices;
  if (first === undefined) throw new Error('there is no device yet');
  const target = world.host('compute12');
  await world.host('compute11').virsh('start', 'san');
  await target.execOk(['rm', '/dev/san/web']);
  await nameLoopDevice(target, '/dev/san/lun7', first.number);
  const pathMap = { '/dev/san/web': '/dev/san/lun7' };
  // It holds the same: it may be the same, and is not copied onto itself.
  expect((await disk('san', { pathMap })).obstacle).toBe('unproven');
  const moved = await world.moved('san', 'live', 'compute12', { pathMap, sharedDevices: ['/dev/san/web'] });
  expect(moved).toMatchObject({ status: 'completed', error: null });
  expect(await target.virsh('dumpxml', 'san', '--inactive')).toContain("<source dev='/dev/san/lun7'/>");
  await target.virsh('destroy', 'san');

  await makeDevice('compute11', '/dev/san/other');
  const more = {
    sharedDevices: ['/dev/san/lun7'],
    pathMap: { '/dev/san/lun7': '/dev/san/other' },
    host: 'compute11',
  };
  const report = await world.client.check('san', { kind: 'cold-migration', ...more });
  expect(report.findings.find((one) => one.compared['disk'] === 'vda')?.compared['obstacle']).toBe(
    'device-differs',
  );
});

test("the host's own device is copied where somebody says to: cold into a file, live onto a blank device", async () => {
  await makeDevice('compute11', '/dev/own/db');
  const guest = await guestOnDevice('own', '/dev/own/db');
  const file = '/var/lib/libvirt/images/own.img';
  const moved = await world.moved('own', 'cold', 'compute12', { pathMap: { '/dev/own/db': file } });
  expect(moved).toMatchObject({ status: 'confirmed', error: null });
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(content);
  const target = world.host('compute12');
  expect(await target.virsh('dumpxml', 'own', '--inactive')).toContain(`<source file='${file}'/>`);
  // Made sparse: what was zero on the device takes no room in the file.
  const [bytes = '0', length = '0'] = (await target.execOk(['stat', '-c', '%b %s', file])).trim().split(' ');
  expect(Number(bytes) * 512).toBeLessThan(Number(length));
  expect(await isBlank('compute11', '/dev/own/db')).toBe(false);

  // The device that it came from still holds it: nothing is written over that.
  const there = { kind: 'live-migration', host: 'compute11', pathMap: { [file]: '/dev/own/db' } } as const;
  const { findings } = await world.client.check('own', there);
  expect(findings.find((one) => one.compared['disk'] === 'vda')?.compared['obstacle']).toBe('device-taken');
  await makeDevice('compute11', '/dev/own/new');
  // A blank one of a guest that has not begun yet is that guest's.
  const source = world.host('compute11');
  const fresh = `<domain type='qemu'><name>fresh</name><memory unit='MiB'>32</memory><os><type>hvm</type></os><devices><disk type='block'><source dev='/dev/own/new'/><target dev='vda'/></disk></devices></domain>`;
  await source.execOk(['sh', '-ec', 'cat > /run/fresh.xml; virsh -q define /run/fresh.xml'], {
    input: fresh,
  });
  const taken = await world.client.check('own', { ...there, pathMap: { [file]: '/dev/own/new' } });
  expect(taken.plan?.obstacles).toMatchObject([
    { kind: 'device-taken', reason: expect.stringContaining('fresh') as string },
  ]);
  await source.virsh('undefine', 'fresh');
  const { id } = await guest.waitAlive();
  const back = await world.moved('own', 'live', 'compute11', { pathMap: { [file]: '/dev/own/new' } });
  expect(back).toMatchObject({ status: 'completed', error: null, plan: { form: 'coordinated' } });
  expect((await guest.waitAlive()).id).toBe(id);
  expect(await guest.diskChecksum()).toBe(content);
  expect(await world.host('compute11').virsh('dumpxml', 'own')).toContain("<source dev='/dev/own/new'");
  expect(await world.hasFile('compute12', file)).toBe(false);
});

test('from device to device, live and cold; one that is too small is told before', {
  tags: 'thorough',
}, async () => {
  const guest = world.lab.guest('own');
  await makeDevice('compute12', '/dev/own/small', diskMib - 8);
  const small = { pathMap: { '/dev/own/new': '/dev/own/small' } };
  expect((await disk('own', small)).obstacle).toBe('device-small');
  await makeDevice('compute12', '/dev/own/db');
  const { id } = await guest.waitAlive();
  const over = await world.moved('own', 'live', 'compute12', { pathMap: { '/dev/own/new': '/dev/own/db' } });
  expect(over).toMatchObject({ status: 'completed', error: null });
  expect((await guest.waitAlive()).id).toBe(id);
  await makeDevice('compute11', '/dev/own/third');
  const back = await world.moved('own', 'cold', 'compute11', {
    pathMap: { '/dev/own/db': '/dev/own/third' },
  });
  expect(back).toMatchObject({ status: 'confirmed', error: null });
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(content);
  expect(await world.lab.runners('own')).toEqual(['compute11']);
});

test('a copy onto a device that is aborted leaves it blank', { tags: 'thorough' }, async () => {
  await makeDevice('compute12', '/dev/own/fresh');
  const slowly = {
    bandwidthBytesPerSecond: 2 * 1024 * 1024,
    pathMap: { '/dev/own/third': '/dev/own/fresh' },
  };
  const { id } = await world.move('own', 'cold', 'compute12', slowly);
  await world.waitFor(
    id,
    'copying',
    ({ copies, progress }) => copies.length > 0 && (progress?.doneBytes ?? 0) > 0,
  );
  await world.client.abortMigration(id);
  expect(await world.ended(id)).toMatchObject({ status: 'cancelled' });
  expect(await isBlank('compute12', '/dev/own/fresh')).toBe(true);
  expect(await world.lab.runners('own')).toEqual(['compute11']);
});

test('a device that tells its number to both hosts needs nobody to say that it is the same', {
  tags: 'thorough',
}, async () => {
  const [source, target] = [world.host('compute11'), world.host('compute12')];
  const { number } = await makeDevice('compute11', '/dev/fc/lun0');
  const guest = await guestOnDevice('lun', '/dev/fc/lun0');
  await nameLoopDevice(target, '/dev/fc/lun0', number);
  expect((await disk('lun')).obstacle).toBe('unproven');
  for (const host of [source, target]) await tellSerial(host, '/dev/fc/lun0', number, '36001405a5a5');
  const { id } = await guest.waitAlive();
  const moved = await world.moved('lun', 'live', 'compute12');
  expect(moved).toMatchObject({ status: 'completed', error: null, plan: { copyBytes: 0 } });
  expect(moved.plan?.disks).toMatchObject([
    { action: 'keep', because: expect.stringContaining('serial 36001405a5a5') as string },
  ]);
  expect((await guest.waitAlive()).id).toBe(id);
  expect(await guest.diskChecksum()).toBe(content);

  // A number that another device tells as well proves nothing.
  const other = await makeDevice('compute11', '/dev/fc/other');
  await tellSerial(source, '/dev/fc/other', other.number, '36001405a5a5');
  const more = { host: 'compute11', pathMap: { '/dev/fc/lun0': '/dev/fc/other' } } as const;
  const { plan } = await world.client.check('lun', { kind: 'live-migration', ...more });
  expect(plan?.disks).toMatchObject([{ action: 'copy', toDevice: true }]);
  await source.execOk(['rm', '/dev/fc/lun0']);
  await nameLoopDevice(source, '/dev/fc/lun0', other.number);
  await tellSerial(source, '/dev/fc/lun0', other.number, '36001405a5a5');
  const report = await world.client.check('lun', { kind: 'live-migration', host: 'compute11' });
  expect(report.possible).toBe(false);
  expect(report.plan?.obstacles).toMatchObject([{ kind: 'device-differs' }]);
});
