import type { MoveBody } from '@ferry/api';
import type { LabGuest } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;
type Storage = 'local' | 'shared';

/** Bytes a second: slow enough to be found sending, also with 48 MiB of disk before that; libvirt has nothing below 1 MiB/s. */
const slowly = { local: 6 * 1024 * 1024, shared: 1024 * 1024 };
const standsThere = {
  status: 'completed',
  error: null,
  power: 'paused',
  host: 'compute12',
  powerState: 'paused',
};

async function state(host: string, name: string): Promise<string> {
  const { stdout } = await world.host(host).exec(['virsh', '-q', 'domstate', '--reason', name]);
  return stdout.trim();
}

/** Asks the guest's QEMU at the source itself. */
async function qemu(
  name: string,
  execute: string,
  args: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const command = JSON.stringify({ execute, arguments: args });
  const answer = await world.host('compute11').virsh('qemu-monitor-command', name, command);
  return (JSON.parse(answer) as { readonly return?: unknown }).return;
}

/** A move whose guest is being sent; its disks, if they go along, are there already. */
async function sending(name: string, storage: Storage, more: Partial<MoveBody> = {}): Promise<string> {
  const bandwidthBytesPerSecond = slowly[storage];
  const { id } = await world.move(name, 'live', 'compute12', { bandwidthBytesPerSecond, ...more });
  await world.waitFor(id, 'sending', (one) => (one.progress?.memoryBytes ?? 0) > 1024 * 1024);
  return id;
}

/** A guest that changes its memory faster than it is sent: its transfer has no end by itself. */
async function busyGuest(name: string, storage: Storage): Promise<LabGuest> {
  const guest = await world.guest({ name, host: 'compute11', storage });
  await guest.dirty(16, 24);
  return guest;
}

/** From now on its memory is sent at so many bytes a second. */
async function send(name: string, bytesPerSecond: number): Promise<void> {
  expect(await qemu(name, 'migrate-set-parameters', { 'max-bandwidth': bytesPerSecond })).toEqual({});
}

/** Its transfer does not end before it is told to go on: it would be told to after seconds, and its rest takes many minutes. */
const holdsOn = (name: string): Promise<void> => send(name, 64 * 1024);
const goOn = (name: string): Promise<void> => send(name, 256 * 1024 * 1024);

/** A guest that is being sent from the one host to the other, and is suspended by its owner then, which Ferry has seen. */
async function suspendedWhileSent(name: string, storage: Storage, more: Partial<MoveBody>): Promise<string> {
  await busyGuest(name, storage);
  const id = await sending(name, storage, more);
  await holdsOn(name);
  await world.host('compute11').virsh('suspend', name);
  const filter = { kind: 'migration.updated', subject: id } as const;
  for await (const { message } of world.client.events(0, AbortSignal.timeout(60_000), filter))
    if (message.includes('paused by somebody')) break;
  return id;
}

/** How it ended, and what the target and the record then say of the guest; it runs on there afterwards. */
async function endOf(id: string, name: string): Promise<object> {
  await goOn(name);
  const { status, error } = await world.ended(id);
  const [power] = (await state('compute12', name)).split(' ');
  const { host, powerState } = await world.client.instance(name);
  await world.host('compute12').virsh('resume', name);
  await world.host('compute12').virsh('destroy', name);
  return { status, error, power, host, powerState };
}

/** What becomes of guests that are paused while they move between two such hosts. */
export function testOwnersPause(lab: string, hosts: Parameters<typeof LabWorld.up>[1]): void {
  beforeAll(async () => {
    world = await LabWorld.up(lab, hosts);
  });
  afterAll(() => world?.down());

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
      const guest = await busyGuest(name, 'local');
      const { id: boot } = await guest.waitAlive();
      const id = await sending(name, 'local');
      if (end === null) await goOn(name);
      else await world.client.endTransfer(id, end);
      expect(await world.ended(id)).toMatchObject({ status: 'completed', error: null });
      expect(await world.lab.runners(name)).toEqual(['compute12']);
      expect(await guest.waitAlive()).toMatchObject({ id: boot });
      await world.host('compute12').virsh('destroy', name);
    }
  });

  test('libvirt lets nobody resume a guest that is sent: one that was paused before stands still on the target', {
    tags: 'thorough',
  }, async () => {
    const guest = await world.guest({ name: 'resume', host: 'compute11', storage: 'shared' });
    await guest.waitAlive();
    await world.host('compute11').virsh('suspend', 'resume');
    const id = await sending('resume', 'shared');
    await holdsOn('resume');
    const resumed = await world.host('compute11').exec(['virsh', 'resume', 'resume']);
    expect(resumed.code).not.toBe(0);
    await goOn('resume');
    expect(await world.ended(id)).toMatchObject({ status: 'completed', error: null });
    expect(await state('compute12', 'resume')).toMatch(/^paused/);
    await world.host('compute12').virsh('destroy', 'resume');
  });
}
