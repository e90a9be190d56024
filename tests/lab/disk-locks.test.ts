import type { FindingBody } from '@ferry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;
const [source, target] = ['compute11', 'compute12'];
const shared = '/var/lib/libvirt/shared';
/** The shared directory through a file system in user space, whose locks end at the host. */
const lockless = '/var/lib/libvirt/lockless';

beforeAll(async () => {
  world = await LabWorld.up('locks', 2);
  for (const host of world.lab.hosts)
    await host.execOk([
      'sh',
      '-ec',
      `mkdir -p ${lockless} && bindfs -o subtype=glusterfs ${shared} ${lockless}`,
    ]);
});
afterAll(() => world?.down());

async function locks(name: string): Promise<FindingBody[]> {
  const { findings } = await world.client.check(name, { kind: 'live-migration', host: target });
  return findings.filter(({ code }) => code === 'disk-locks');
}

async function nothingLeft(): Promise<void> {
  for (const host of world.lab.hosts) {
    const files = await host.execOk(['sh', '-c', `ls -A ${shared} | grep ferry- || true`]);
    const guests = await host.virsh('list', '--all', '--name');
    expect([files, guests.split('\n').filter((one) => one.startsWith('ferry-'))]).toEqual(['', []]);
  }
}

test('a shared directory whose locks reach both hosts', async () => {
  const guest = await world.guest({ name: 'locked', host: source, storage: 'shared' });
  expect(await locks('locked')).toMatchObject([{ severity: 'ok', compared: { directory: shared } }]);
  await nothingLeft();
  await guest.waitAlive();
  await world.host(source).virsh('destroy', 'locked');
});

test('a shared directory whose locks end at the host is told, and so is a shareable disk', async () => {
  const options = { storage: 'shared', disk: 'raw', off: true } as const;
  const guest = await world.lab.createGuest({ name: 'open', host: world.host(source), ...options });
  const elsewhere = guest.diskPath.replace(shared, lockless);
  const redefine = async (change: string): Promise<void> => {
    const script = `virsh -q dumpxml --inactive open | sed ${change} > /run/open.xml && virsh -q define /run/open.xml`;
    await world.host(source).execOk(['sh', '-ec', script]);
  };
  await redefine(`'s#${guest.diskPath}#${elsewhere}#'`);
  await world.host(source).virsh('start', 'open');
  await guest.waitAlive();
  await world.client.adoptInstance({ host: source, domain: 'open' });
  const [found] = await locks('open');
  expect(found).toMatchObject({ severity: 'warning', compared: { directory: lockless, disks: 'vda' } });
  await nothingLeft();
  // It is true: the target starts a second guest on the disk that one has.
  const second = `virsh -q dumpxml --inactive open`;
  const xml = await world.host(source).execOk(['sh', '-c', second]);
  const start = ['sh', '-ec', 'cat > /run/second.xml && virsh -q create --paused /run/second.xml'];
  await world.host(target).execOk(start, { input: xml });
  await world.host(target).virsh('destroy', 'open');

  await world.host(source).virsh('destroy', 'open');
  await redefine(`'s#<target dev=.vda#<shareable/>&#'`);
  await world.host(source).virsh('start', 'open');
  await guest.waitAlive();
  const [shareable] = await locks('open');
  expect(shareable).toMatchObject({ severity: 'warning', compared: { disk: 'vda', shareable: true } });
  await world.host(source).virsh('destroy', 'open');
});
