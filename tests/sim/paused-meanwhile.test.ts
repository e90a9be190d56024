import type { MoveBody } from '@ferry/api';
import type { SimulatedDomain } from '@ferry/hypervisor/simulated';
import { expect, test } from 'vitest';
import { Stage, until } from './world.ts';

const live = { kind: 'live-migration', host: 'compute12' } as const;

const moves: readonly (readonly [string, '/shared' | '/images', MoveBody])[] = [
  ['peer to peer', '/shared', live],
  ['coordinated', '/shared', { ...live, coordinated: true }],
  ['with its disks', '/images', live],
];

function at(stage: Stage, id: string, host: string): SimulatedDomain | undefined {
  return stage.world.host(host).domains.get(id);
}

/** A guest whose memory is being sent, and goes on being sent until the world is fast again. */
async function sending(
  stage: Stage,
  directory: '/shared' | '/images',
  move: MoveBody,
): Promise<{ id: string; migration: string }> {
  const id = await stage.guest({ name: 'web', directory });
  stage.slow();
  const { id: migration } = await stage.client().migrate('web', move);
  await stage.sending(id);
  return { id, migration };
}

async function isTold(stage: Stage, migration: string, words: string): Promise<void> {
  const gone = new AbortController();
  const filter = { kind: 'migration.updated', subject: migration } as const;
  for await (const { message } of stage.client().events(0, gone.signal, filter)) {
    if (message.includes(words)) break;
  }
  gone.abort();
}

test.each(moves)(
  'a guest that somebody pauses while it is sent stands still afterwards: %s',
  async (_, directory, move) => {
    await using stage = await Stage.open();
    const { id, migration } = await sending(stage, directory, move);
    stage.world.suspend('compute11', id);
    stage.fast();
    expect(await stage.over(migration)).toMatchObject({ status: 'completed', error: null });
    expect(at(stage, id, 'compute12')?.state).toBe('paused');
    expect(at(stage, id, 'compute11')).toBe(undefined);
    expect(await stage.client().instance('web')).toMatchObject({ host: 'compute12', powerState: 'paused' });
  },
);

test.each(moves)('so it does when the host tells nothing by itself: %s', async (_, directory, move) => {
  await using stage = await Stage.open();
  stage.world.eventsArrive = false;
  const { id, migration } = await sending(stage, directory, move);
  stage.world.suspend('compute11', id);
  const from = stage.world.faults.calls.length;
  await stage.calledSince(from, 'compute11', 'domains.observe');
  await stage.calledSince(stage.world.faults.calls.length, 'compute11', 'migration.jobProgress');
  stage.fast();
  await stage.over(migration);
  expect(at(stage, id, 'compute12')?.state).toBe('paused');
});

test.each(moves)(
  'one that nobody pauses runs afterwards, whoever hears what: %s',
  async (_, directory, move) => {
    for (const eventsArrive of [true, false]) {
      await using stage = await Stage.open();
      stage.world.eventsArrive = eventsArrive;
      const { migration, id } = await sending(stage, directory, move);
      stage.fast();
      expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
      expect(stage.world.runners(id)).toEqual(['compute12']);
    }
  },
);

test.each(moves)(
  'one whose transfer is aborted then stands still where it was: %s',
  async (_, directory, move) => {
    await using stage = await Stage.open();
    const { id, migration } = await sending(stage, directory, move);
    stage.world.suspend('compute11', id);
    stage.world.step();
    stage.world.hotSet = { bytes: 8 * 1024 * 1024, bytesPerStep: 8 * 1024 * 1024 };
    stage.world.bytesPerStep = 1024 * 1024;
    await isTold(stage, migration, 'paused by somebody');
    await stage.client().abortMigration(migration);
    expect(await stage.over(migration)).toMatchObject({ status: 'cancelled' });
    expect(at(stage, id, 'compute11')?.state).toBe('paused');
    expect(at(stage, id, 'compute12')).toBe(undefined);
  },
);

test.each(moves)(
  'the controller goes away when that is known: it stands still afterwards: %s',
  async (_, directory, move) => {
    await using stage = await Stage.open();
    const { id, migration } = await sending(stage, directory, move);
    stage.world.suspend('compute11', id);
    await isTold(stage, migration, 'paused by somebody');
    await stage.crash();
    stage.fast();
    await stage.start();
    const end = await stage.over(migration);
    const host = end.status === 'completed' ? 'compute12' : 'compute11';
    expect(at(stage, id, host)?.state).toBe('paused');
    expect(stage.world.runners(id)).toEqual([]);
  },
);

test('one that Ferry pauses for its transfer runs afterwards', async () => {
  await using stage = await Stage.open();
  const { id, migration } = await sending(stage, '/images', live);
  await stage.client().endTransfer(migration, 'pause');
  await until('it is paused', () => (at(stage, id, 'compute11')?.state === 'paused' ? true : null));
  stage.fast();
  expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
  expect(stage.world.runners(id)).toEqual(['compute12']);
});

test.each([
  ['peer to peer', 'compute11', 'storage.inside', '/shared', live],
  ['coordinated', 'compute12', 'migration.prepare', '/shared', { ...live, coordinated: true }],
  ['with its disks', 'compute12', 'migration.prepare', '/images', live],
] as const)(
  'one that is paused right before it is sent stands still: %s',
  async (_, host, method, directory, move) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory });
    stage.world.faults.before(host, method, () => stage.world.suspend('compute11', id));
    const { id: migration } = await stage.client().migrate('web', move);
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
    expect(at(stage, id, 'compute12')?.state).toBe('paused');
  },
);

test('one that was paused and is let run on right before it is sent runs afterwards', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web', directory: '/images' });
  const domain = at(stage, id, 'compute11');
  Object.assign(domain ?? {}, { state: 'paused', reason: 'user' });
  stage.world.faults.before('compute12', 'storage.ensureImage', () => {
    Object.assign(domain ?? {}, { state: 'running', reason: 'unpaused' });
  });
  const { id: migration } = await stage.client().migrate('web', live);
  expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
  expect(stage.world.runners(id)).toEqual(['compute12']);
  expect(await stage.client().instance('web')).toMatchObject({ powerState: 'running' });
});
