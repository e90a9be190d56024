import type { MigrationBody, MoveBody } from '@ferry/api';
import type { SimulatedDomain } from '@ferry/hypervisor/simulated';
import { expect, test } from 'vitest';
import { Stage } from './world.ts';

const cold: MoveBody = { kind: 'cold-migration', host: 'compute12' };

function at(stage: Stage, id: string, host = 'compute11'): SimulatedDomain {
  const domain = stage.world.host(host).domains.get(id);
  if (domain === undefined) throw new Error(`no ${id} on ${host}`);
  return domain;
}

/** Moves it, and has something happen to it after the move was accepted and before it is held to be powered off. */
async function moveWhile(
  stage: Stage,
  id: string,
  move: MoveBody,
  what: (domain: SimulatedDomain) => void,
): Promise<MigrationBody> {
  stage.world.faults.before('compute12', 'storage.makeFile', () => what(at(stage, id)));
  const { id: migration } = await stage.client().migrate('web', move);
  return stage.migrationWhen(
    migration,
    'is over',
    (one) => one.finishedAt !== null || one.status === 'finished',
  );
}

const moves = [
  ['cold', cold],
  ['warm', { ...cold, warm: true }],
  ['held', { ...cold, hold: true }],
] as const;

test.each(moves)(
  'a guest that its owner powers off while bases are copied is off afterwards: %s',
  async (_, move) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const end = await moveWhile(stage, id, move, (domain) => {
      domain.state = 'shutoff';
    });
    // A warm copy needs a guest that runs: it goes back, and starts nobody.
    const host = end.status === 'error' ? 'compute11' : 'compute12';
    await (end.finishedAt === null ? Promise.resolve() : stage.quiet());
    expect(at(stage, id, host).state).toBe('shutoff');
    expect(stage.world.runners(id)).toEqual([]);
    expect(await stage.client().instance('web')).toMatchObject({ host, powerState: 'shutoff' });
  },
);

test.each(moves)('one that its owner pauses meanwhile stands still afterwards: %s', async (_, move) => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  await moveWhile(stage, id, move, (domain) => Object.assign(domain, { state: 'paused', reason: 'user' }));
  expect(at(stage, id, 'compute12').state).toBe('paused');
  expect(await stage.client().instance('web')).toMatchObject({ host: 'compute12', powerState: 'paused' });
});

test('one that was paused and is let run on meanwhile runs afterwards', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  Object.assign(at(stage, id), { state: 'paused', reason: 'user' });
  const end = await moveWhile(stage, id, cold, (domain) => Object.assign(domain, { state: 'running' }));
  expect(end).toMatchObject({ status: 'confirmed' });
  expect(stage.world.runners(id)).toEqual(['compute12']);
  expect(await stage.client().instance('web')).toMatchObject({ host: 'compute12', powerState: 'running' });
});

test('one that was powered off meanwhile stays off where it was when the move goes back', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  stage.world.faults.plan('compute12', 'domains.ensureRecords', 'refuse', 1_000);
  const end = await moveWhile(stage, id, cold, (domain) => {
    domain.state = 'shutoff';
  });
  await stage.quiet();
  expect(end).toMatchObject({ status: 'error' });
  expect(at(stage, id)).toMatchObject({ state: 'shutoff', startPreventedBy: null });
  expect(await stage.client().instance('web')).toMatchObject({ host: 'compute11', powerState: 'shutoff' });
});

test.each(moves)('memory that somebody saves meanwhile (managedsave) is not lost: %s', async (_, move) => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  const end = await moveWhile(stage, id, move, (domain) =>
    Object.assign(domain, { state: 'shutoff', reason: 'saved', saved: true }),
  );
  // Of a warm one the saved memory needs the overlays: they stay until it runs.
  if (move.warm !== true) await stage.quiet();
  expect(at(stage, id)).toMatchObject({ state: 'shutoff', saved: true, startPreventedBy: null });
  expect(end).toMatchObject({ status: 'error' });
  expect(end.error?.message).toContain('saved memory');
  expect(await stage.client().instance('web')).toMatchObject({ host: 'compute11', taskState: null });
  Object.assign(at(stage, id), { state: 'running', saved: false });
  await stage.quiet();
  expect(stage.files('compute11').filter((path) => path.includes('ferry'))).toEqual([]);
  expect(at(stage, id).state).toBe('running');
});

test.each(moves)('one that suspends itself meanwhile is not ended: %s', async (_, move) => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  const end = await moveWhile(stage, id, move, (domain) =>
    Object.assign(domain, { state: 'suspended', reason: 'guest' }),
  );
  await stage.quiet();
  expect(at(stage, id)).toMatchObject({ state: 'suspended', startPreventedBy: null });
  expect(end).toMatchObject({ status: 'error' });
  expect(await stage.client().instance('web')).toMatchObject({ host: 'compute11' });
});
