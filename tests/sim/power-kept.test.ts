import type { MoveBody } from '@ferry/api';
import type { SimulatedDomain } from '@ferry/hypervisor/simulated';
import { expect, test } from 'vitest';
import { Stage } from './world.ts';

function at(stage: Stage, id: string, host = 'compute11'): SimulatedDomain {
  const domain = stage.world.host(host).domains.get(id);
  if (domain === undefined) throw new Error(`no ${id} on ${host}`);
  return domain;
}

const live = { kind: 'live-migration', host: 'compute12' } as const;
const cold = { kind: 'cold-migration', host: 'compute12' } as const;

const moves: readonly (readonly [string, '/shared' | '/images', MoveBody])[] = [
  ['live, peer to peer', '/shared', live],
  ['live, coordinated', '/shared', { ...live, coordinated: true }],
  ['live with its disks', '/images', live],
  ['cold', '/images', cold],
  ['warm', '/images', { ...cold, warm: true }],
  ['held', '/images', { ...cold, hold: true }],
];

test.each(moves)(
  'a guest that its owner has paused stands still after it: %s',
  async (_, directory, move) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory });
    Object.assign(at(stage, id), { state: 'paused', reason: 'user' });
    let ran = false;
    stage.world.faults.afterwards = () => {
      ran ||= stage.world.runners(id).length > 0;
    };
    const { id: migration } = await stage.client().migrate('web', move);
    const end = await stage.migrationWhen(
      migration,
      'is over',
      (one) => one.finishedAt !== null || one.status === 'finished',
    );
    expect(end.error).toBe(null);
    expect(at(stage, id, 'compute12').state).toBe('paused');
    expect(ran).toBe(false);
    expect(await stage.client().instance('web')).toMatchObject({ host: 'compute12', powerState: 'paused' });
  },
);

test('the controller goes away when a paused guest has come: it stands still there', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  Object.assign(at(stage, id), { state: 'paused', reason: 'user' });
  stage.world.faults.plan('compute12', 'migration.finish', 'reply-hangs');
  const { id: migration } = await stage.client().migrate('web', live);
  await stage.struck('compute12', 'migration.finish');
  await stage.crash();
  await stage.start();
  expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
  expect(at(stage, id, 'compute12').state).toBe('paused');
  expect(stage.hosts()['compute11']?.domains).toEqual({});
});

test('a paused guest whose transfer fails stands still where it was', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  Object.assign(at(stage, id), { state: 'paused', reason: 'user' });
  stage.world.faults.plan('compute12', 'migration.prepare', 'refuse');
  const { id: migration } = await stage.client().migrate('web', live);
  expect(await stage.over(migration)).toMatchObject({ status: 'failed' });
  expect(at(stage, id)).toMatchObject({ state: 'paused', reason: 'user' });
});

test('a crashed guest whose QEMU lives is ended for the move, and that is said before', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  Object.assign(at(stage, id), { state: 'crashed', reason: 'panicked' });
  const report = await stage.client().check('web', cold);
  expect(report.findings).toContainEqual(
    expect.objectContaining({
      code: 'instance-running',
      severity: 'warning',
      message: expect.stringContaining('will be off on the target') as unknown,
    }),
  );
  const end = await stage.over((await stage.client().migrate('web', cold)).id);
  expect(end).toMatchObject({ status: 'confirmed' });
  expect(stage.hosts()['compute11']?.domains).toEqual({});
  expect(at(stage, id, 'compute12').state).toBe('shutoff');
  expect(await stage.client().instance('web')).toMatchObject({ powerState: 'shutoff', vmState: 'stopped' });
});

test('a guest that has suspended itself moves neither live nor cold, and is left as it is', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  Object.assign(at(stage, id), { state: 'suspended', reason: 'guest' });
  for (const move of [live, cold, { ...cold, warm: true }] as const) {
    await expect(stage.client().migrate('web', move)).rejects.toMatchObject({
      code: 'checks-failed',
      message: expect.stringContaining('"web" is suspended') as unknown,
    });
  }
  expect(at(stage, id)).toMatchObject({ state: 'suspended' });
  expect(stage.hosts()['compute12']?.domains).toEqual({});
});
