import { ApiError, type MoveBody } from '@ferry/api';
import { until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';
import { openstackOf } from './openstack-of.ts';

let world: LabWorld;
const options = ['--prepare-timeout', '10', '--finish-timeout', '3'];
/** Slow enough to do something to a migration while it sends. */
const slowly = { bandwidthBytesPerSecond: 12 * 1024 * 1024 };

beforeAll(async () => {
  world = await LabWorld.up('switchover', 3);
  await world.ferry.stop();
  await world.ferry.start(...options);
});
afterAll(() => world?.down());

async function state(host: string, name: string): Promise<string> {
  const { stdout } = await world.host(host).exec(['virsh', '-q', 'domstate', '--reason', name]);
  return stdout.trim();
}

/** Starts a move that Ferry leads, and freezes the target's libvirtd before it is told to take the guest over. */
async function frozenAtFinish(name: string, more: Partial<MoveBody> = {}): Promise<string> {
  const { id } = await world.move(name, 'live', 'compute12', { ...slowly, ...more });
  await world.waitFor(id, 'sending', (one) => (one.progress?.memoryBytes ?? 0) > 2 * 1024 * 1024);
  await world.host('compute12').libvirtd.freeze();
  await world.waitFor(id, 'at Finish', (one) => one.phase.startsWith('finish: compute12 takes'));
  return id;
}

/**
 * The target hears Finish and does it, and nothing of it is heard any more: the move fails, and the target keeps a paused
 * copy. Gives what brings the target's words back.
 */
async function failedWithCopy(name: string): Promise<() => Promise<void>> {
  const target = world.host('compute12');
  const id = await frozenAtFinish(name);
  const heal = await target.dropTraffic({ to: '203.0.113.1' });
  await target.libvirtd.thaw();
  // Finish was heard and done; its answer is dropped on its way, and so is every other.
  expect(await world.ended(id)).toMatchObject({ status: 'failed', error: { code: 'transfer-failed' } });
  expect(await state('compute11', name)).toBe('running (migration canceled)');
  expect(await state('compute12', name)).toMatch(/^paused/);
  return heal;
}

/** Null for a refusal that says no more than that a host did not answer; whoever asked asks again. */
function refusedAsUnknown(error: unknown): null {
  if (!(error instanceof ApiError)) throw error;
  if (error.findings.every(({ code, severity }) => severity !== 'error' || code === 'services-up'))
    return null;
  throw error;
}

async function cleanTarget(name: string, disk: string): Promise<void> {
  const gone = async (): Promise<true | null> => !(await world.hasFile('compute12', disk)) || null;
  await until('the target to be clean', 120_000, gone);
  expect(await world.defines('compute12', name)).toBe(false);
}

test("the target's answer to Finish is lost: the source runs on by Ferry's own deadline, and the copy there is taken away", async () => {
  const guest = await world.guest({ name: 'one', host: 'compute11', dirty: { mib: 16, mibPerSecond: 10 } });
  const { id: boot } = await guest.waitAlive();
  const target = world.host('compute12');
  const heal = await failedWithCopy('one');
  expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
  await heal();
  await cleanTarget('one', guest.diskPath);
  // A connection that lost packets comes back by TCP's own pauses, which are long by then; others answer before it.
  const { id } = await until('the target to answer all that is asked', 120_000, () =>
    world.move('one', 'live', 'compute12').catch(refusedAsUnknown),
  );
  expect(await world.ended(id)).toMatchObject({ status: 'completed' });
  expect(await world.lab.runners('one')).toEqual(['compute12']);
  expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
  await target.virsh('destroy', 'one');
});

test('the controller is killed before the answer to Finish: the next one finds where the guest is, and it runs once', async () => {
  const guest = await world.guest({ name: 'two', host: 'compute11' });
  const { id: boot } = await guest.waitAlive();
  const target = world.host('compute12');
  const id = await frozenAtFinish('two');
  await world.ferry.kill();
  await target.libvirtd.thaw();
  await world.ferry.start(...options);
  const end = await world.ended(id);
  // The target may have done Finish before it saw that nobody is there any more, or not.
  const runs = end.status === 'completed' ? 'compute12' : 'compute11';
  expect(await world.lab.runners('two')).toEqual([runs]);
  expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
  expect(await world.client.instance('two')).toMatchObject({ host: runs, taskState: null });
  const other = runs === 'compute12' ? 'compute11' : 'compute12';
  await until(
    'the other host to be clean',
    120_000,
    async () => !(await world.defines(other, 'two')) || null,
  );
  expect(await world.hasFile(other, guest.diskPath)).toBe(false);
  await world.host(runs).virsh('destroy', 'two');
});

test('shared disks, led by Ferry: a target that stands still at Finish holds the guest up for seconds, and it moves when that is over', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'three', host: 'compute11', storage: 'shared' });
  const { id: boot } = await guest.waitAlive();
  const target = world.host('compute12');
  const id = await frozenAtFinish('three', { coordinated: true });
  await until(
    'the source to run on',
    30_000,
    async () => (await state('compute11', 'three')).startsWith('running') || null,
  );
  // The target stands still all the while: the guest did not wait for it.
  expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
  await target.libvirtd.thaw();
  expect(await world.ended(id)).toMatchObject({ status: 'failed', error: { code: 'transfer-failed' } });
  expect(await world.lab.runners('three')).toEqual(['compute11']);
  expect(await world.defines('compute12', 'three')).toBe(false);
  expect(await world.moved('three', 'live', 'compute12', { coordinated: true })).toMatchObject({
    status: 'completed',
    plan: { form: 'coordinated', copyBytes: 0 },
  });
  expect(await world.lab.runners('three')).toEqual(['compute12']);
  expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
  await target.virsh('destroy', 'three');
});

test('the guest moves on to a third host before the target is heard again: the copy there goes by the word of the third', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'four', host: 'compute11' });
  const { id: boot } = await guest.waitAlive();
  const heal = await failedWithCopy('four');
  expect(await world.moved('four', 'live', 'compute13')).toMatchObject({ status: 'completed', error: null });
  expect(await world.defines('compute11', 'four')).toBe(false);
  expect(await state('compute12', 'four')).toMatch(/^paused/);
  await heal();
  await cleanTarget('four', guest.diskPath);
  expect(await world.lab.runners('four')).toEqual(['compute13']);
  expect(await guest.waitAlive()).toMatchObject({ id: boot, bad: 0 });
  await world.host('compute13').virsh('destroy', 'four');
});

test('the guest is deleted before the target is heard again: the copy there goes too, with its disk', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'five', host: 'compute11' });
  const heal = await failedWithCopy('five');
  using clients = await openstackOf(world);
  expect(await clients.runOpenstack('server', 'delete', '--wait', 'five')).toMatchObject({ code: 0 });
  expect(await world.defines('compute11', 'five')).toBe(false);
  expect(await state('compute12', 'five')).toMatch(/^paused/);
  await heal();
  await cleanTarget('five', guest.diskPath);
});
