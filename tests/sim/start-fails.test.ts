import type { MoveBody } from '@ferry/api';
import type { SimulatedDomain } from '@ferry/hypervisor/simulated';
import { expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { Stage } from './world.ts';

const cold: MoveBody = { kind: 'cold-migration', host: 'compute12' };
const why = "Unable to open file: '/srv/consoles/c1.log'";

/** Once it is defined there, the target cannot start it. */
function cannotStart(stage: Stage, id: string): void {
  stage.world.faults.before('compute12', 'domains.ensureRecords', () => {
    Object.assign(at(stage, id, 'compute12'), { cannotStart: why });
  });
}

function at(stage: Stage, id: string, host = 'compute11'): SimulatedDomain {
  const domain = stage.world.host(host).domains.get(id);
  if (domain === undefined) throw new Error(`no ${id} on ${host}`);
  return domain;
}

test.each([
  { state: 'running', power: 'running', more: {} },
  { state: 'paused', power: 'paused', more: {} },
  { state: 'running', power: 'running', more: { warm: true } },
  { state: 'running', power: 'running', more: { hold: true } },
] as const)(
  'a guest that was $state, with $more, goes back by itself where the target cannot start it',
  async (given) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', autostart: true });
    if (given.state === 'paused') Object.assign(at(stage, id), { state: 'paused', reason: 'user' });
    const before = stage.hosts();
    cannotStart(stage, id);
    const end = await stage.over((await stage.client().migrate('web', { ...cold, ...given.more })).id);
    await stage.quiet();
    expect(end).toMatchObject({
      status: 'error',
      phase: 'the instance is at compute11',
      error: { code: 'not-started', message: expect.stringContaining(why) as unknown },
    });
    expect(stage.hosts()).toEqual(before);
    expect(at(stage, id).startPreventedBy).toBe(null);
    expect(await stage.client().instance('web')).toMatchObject({
      host: 'compute11',
      powerState: given.power,
      taskState: null,
      migrationId: null,
      fault: null,
    });
  },
);

test('the controller goes away on the way back: the next one brings it to its end', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  const before = stage.hosts();
  cannotStart(stage, id);
  stage.world.faults.plan('compute11', 'domains.ensureStarted', 'reply-hangs');
  const { id: migration } = await stage.client().migrate('web', cold);
  await stage.struck('compute11', 'domains.ensureStarted');
  await stage.crash();
  await stage.start();
  expect(await stage.over(migration)).toMatchObject({ status: 'error', error: { code: 'not-started' } });
  await stage.quiet();
  expect(stage.hosts()).toEqual(before);
});

test('who asked for it to wait is told so, and takes it back with an abort', async () => {
  // While it is tried again it is told as what it does in that moment: the doctor is to find it between two tries.
  await using stage = await Stage.open({}, { resumeIntervalMs: 3_600_000 });
  const id = await stage.guest({ name: 'web' });
  const before = stage.hosts();
  cannotStart(stage, id);
  const { id: migration } = await stage.client().migrate('web', { ...cold, startFailure: 'wait' });
  const waits = await stage.migrationWhen(migration, 'waits', ({ phase }) => phase.startsWith('blocked'));
  expect(waits.phase).toContain(why);
  expect(waits.phase).toContain(`ferry migration abort ${migration}`);
  expect(await stage.client().instance('web')).toMatchObject({
    powerState: 'shutoff',
    taskState: 'resize_migrating',
  });
  await expect(stage.client().decideMigration(migration, 'revert')).rejects.toMatchObject({
    message: expect.stringContaining(`ferry migration abort ${migration}`) as unknown,
  });
  expect((await runFerry(stage, ['doctor'])).out).toContain(why);
  await stage.client().abortMigration(migration);
  expect(await stage.over(migration)).toMatchObject({ status: 'cancelled' });
  await stage.quiet();
  expect(stage.hosts()).toEqual(before);
});

test('who asked for it to wait and mended it has it moved', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  cannotStart(stage, id);
  const { id: migration } = await stage.client().migrate('web', { ...cold, startFailure: 'wait' });
  await stage.migrationWhen(migration, 'waits', ({ phase }) => phase.startsWith('blocked'));
  at(stage, id, 'compute12').cannotStart = null;
  expect(await stage.over(migration)).toMatchObject({ status: 'confirmed' });
  expect(stage.world.runners(id)).toEqual(['compute12']);
});

test('a source that is not whole any more is not gone back to: it says what is missing', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  cannotStart(stage, id);
  stage.world.faults.before('compute12', 'domains.ensureStarted', () => {
    stage.world.host('compute11').directories.get('/images')?.delete('web-1.qcow2');
  });
  const { id: migration } = await stage.client().migrate('web', cold);
  const waits = await stage.migrationWhen(migration, 'waits', ({ phase }) => phase.startsWith('blocked'));
  expect(waits.phase).toContain('compute11 has /images/web-1.qcow2 no more');
  expect(stage.files('compute12')).toContain('/images/web-1.qcow2');
});
