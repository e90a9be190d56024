import type { MoveBody } from '@ferry/api';
import { until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;
/** Slow enough to do something to a guest while it is sent. */
const slowly = { bandwidthBytesPerSecond: 12 * 1024 * 1024 };

beforeAll(async () => {
  world = await LabWorld.up('pausedwhile', 2);
});
afterAll(() => world?.down());

async function state(host: string, name: string): Promise<string> {
  const { stdout } = await world.host(host).exec(['virsh', '-q', 'domstate', '--reason', name]);
  return stdout.trim();
}

/** A guest that is being sent from the one host to the other, and is suspended by its owner then. */
async function suspendedWhileSent(
  name: string,
  storage: 'local' | 'shared',
  more: Partial<MoveBody>,
): Promise<string> {
  const guest = await world.guest({ name, host: 'compute11', storage });
  await guest.dirty(8, 2);
  const { id } = await world.move(name, 'live', 'compute12', { ...slowly, ...more });
  await world.waitFor(id, 'sending', (one) => (one.progress?.memoryBytes ?? 0) > 2 * 1024 * 1024);
  await world.host('compute11').virsh('suspend', name);
  return id;
}

/** How it ended, and what the target and the record then say of the guest; it runs on there afterwards. */
async function endOf(id: string, name: string): Promise<object> {
  const { status, error } = await world.ended(id);
  const [power] = (await state('compute12', name)).split(' ');
  const { host, powerState } = await world.client.instance(name);
  await world.host('compute12').virsh('resume', name);
  await world.host('compute12').virsh('destroy', name);
  return { status, error, power, host, powerState };
}

const standsThere = {
  status: 'completed',
  error: null,
  power: 'paused',
  host: 'compute12',
  powerState: 'paused',
};

test('a guest that is suspended while it is sent with its disks stands still on the target', async () => {
  expect(await endOf(await suspendedWhileSent('disks', 'local', {}), 'disks')).toEqual(standsThere);
});

test('so does one on shared disks, peer to peer or led by Ferry', { tags: 'thorough' }, async () => {
  expect(await endOf(await suspendedWhileSent('peer', 'shared', {}), 'peer')).toEqual(standsThere);
  expect(await endOf(await suspendedWhileSent('led', 'shared', { coordinated: true }), 'led')).toEqual(
    standsThere,
  );
});

test('one whose transfer is aborted then stands still where it was, although libvirt lets it run on', {
  tags: 'thorough',
}, async () => {
  const id = await suspendedWhileSent('abort', 'shared', {});
  await until('it to be told', 60_000, async () => {
    const gone = AbortSignal.timeout(5_000);
    const filter = { kind: 'migration.updated', subject: id } as const;
    for await (const { message } of world.client.events(0, gone, filter))
      if (message.includes('paused by somebody')) return true;
    return null;
  });
  await world.client.abortMigration(id);
  expect(await world.ended(id)).toMatchObject({ status: 'cancelled' });
  expect(await state('compute11', 'abort')).toMatch(/^paused/);
  await world.host('compute11').virsh('destroy', 'abort');
});

test('one that Ferry stops for its transfer runs on the target, and so does one that nobody stops', {
  tags: 'thorough',
}, async () => {
  for (const [name, end] of [
    ['forced', 'pause'],
    ['alone', null],
  ] as const) {
    const guest = await world.guest({ name, host: 'compute11' });
    const { id: boot } = await guest.waitAlive();
    const { id } = await world.move(name, 'live', 'compute12', slowly);
    await world.waitFor(id, 'sending', (one) => (one.progress?.memoryBytes ?? 0) > 2 * 1024 * 1024);
    if (end !== null) await world.client.endTransfer(id, end);
    expect(await world.ended(id)).toMatchObject({ status: 'completed', error: null });
    expect(await world.lab.runners(name)).toEqual(['compute12']);
    expect(await guest.waitAlive()).toMatchObject({ id: boot });
    await world.host('compute12').virsh('destroy', name);
  }
});

test('libvirt lets nobody resume a guest that is sent: one that was paused before stands still on the target', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'resume', host: 'compute11' });
  await guest.waitAlive();
  await world.host('compute11').virsh('suspend', 'resume');
  const { id } = await world.move('resume', 'live', 'compute12', slowly);
  await world.waitFor(id, 'sending', (one) => (one.progress?.memoryBytes ?? 0) > 2 * 1024 * 1024);
  const resumed = await world.host('compute11').exec(['virsh', 'resume', 'resume']);
  expect(resumed.code).not.toBe(0);
  expect(await world.ended(id)).toMatchObject({ status: 'completed', error: null });
  expect(await state('compute12', 'resume')).toMatch(/^paused/);
  await world.host('compute12').virsh('destroy', 'resume');
});
