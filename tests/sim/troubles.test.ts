import type { MigrationBody, MoveBody } from '@ferry/api';
import { describe, expect, test } from 'vitest';
import { expectAsBefore, expectMoved } from './expect-place.ts';
import { Stage, until } from './world.ts';

const live: MoveBody = { kind: 'live-migration', host: 'compute12' };
const cold: MoveBody = { kind: 'cold-migration', host: 'compute12' };
const forms = [
  { form: 'peer-to-peer', directory: '/shared' },
  { form: 'coordinated', directory: '/images' },
] as const;

describe('abort', () => {
  test.each(forms)('during the transfer ($form): it runs on at the source', async ({ directory }) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory, autostart: true });
    const before = stage.hosts();
    stage.slow();
    const { id: migration } = await stage.client().migrate('web', live);
    await stage.sending(id);
    expect(await stage.client('operator').abortMigration(migration)).toMatchObject({ abortRequested: true });
    const end = await stage.over(migration);
    expect(end).toMatchObject({ status: 'cancelled', error: { code: 'aborted' }, result: null });
    await expectAsBefore(stage, id, before);
  });

  test('while files are copied cold: it is started again at the source', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', autostart: true });
    const before = stage.hosts();
    stage.world.faults.plan('compute12', 'storage.writeImage', 'hang');
    const { id: migration } = await stage.client().migrate('web', cold);
    await stage.called('compute12', 'storage.writeImage');
    await stage.client().abortMigration(migration);
    expect(await stage.over(migration)).toMatchObject({ status: 'cancelled', error: { code: 'aborted' } });
    await expectAsBefore(stage, id, before);
  });

  test.each([live, cold])('after the end of a $kind it is refused', async (move) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const { id: migration } = await stage.client().migrate('web', move);
    const end = await stage.over(migration);
    await expect(stage.client().abortMigration(migration)).rejects.toMatchObject({
      status: 409,
      code: 'migration-not-abortable',
    });
    expect(await stage.client().migration(migration)).toEqual(end);
    await expectMoved(stage, id);
  });

  test('during the clean-up it is refused: the guest has moved', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    stage.world.faults.plan('compute11', 'domains.ensureStaleCopyRemoved', 'hang');
    const { id: migration } = await stage.client().migrate('web', live);
    await stage.called('compute11', 'domains.ensureStaleCopyRemoved');
    await expect(stage.client().abortMigration(migration)).rejects.toMatchObject({
      code: 'migration-not-abortable',
    });
    await stage.crash();
    await stage.start();
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
    await expectMoved(stage, id);
  });
});

describe('bad luck in the coordinated form', () => {
  test('Prepare hangs: its own deadline ends it, and nothing is left', async () => {
    await using stage = await Stage.open({ prepareMs: 100 });
    const id = await stage.guest({ name: 'web', autostart: true });
    const before = stage.hosts();
    stage.world.faults.plan('compute12', 'migration.prepare', 'hang');
    const { id: migration } = await stage.client().migrate('web', live);
    const end = await stage.over(migration);
    expect(end).toMatchObject({ status: 'failed', error: { code: 'transfer-failed' } });
    expect(end.error?.message).toContain('no answer to migration.prepare within 100 ms');
    await expectAsBefore(stage, id, before);
  });

  test.each([
    { host: 'compute11', method: 'migration.openMigrationSource' },
    { host: 'compute12', method: 'migration.openMigrationTarget' },
    { host: 'compute11', method: 'migration.begin' },
    { host: 'compute12', method: 'migration.prepare' },
    { host: 'compute11', method: 'migration.perform' },
    { host: 'compute12', method: 'storage.writeImage' },
    { host: 'compute12', method: 'storage.ensureImage' },
    { host: 'compute11', method: 'domains.setAutostart' },
  ])('$host refuses $method: it runs on at the source and nothing is left', async ({ host, method }) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', autostart: true });
    const before = stage.hosts();
    stage.world.faults.plan(host, method, 'refuse');
    const { id: migration } = await stage.client().migrate('web', live);
    const end = await stage.over(migration);
    expect(end.status).toBe('failed');
    expect(end.error?.message).toContain(`${host} refused ${method}`);
    expect(end.error?.remedy).not.toBe('');
    await expectAsBefore(stage, id, before);
  });

  test.each(['prepare', 'perform'])('the answer to %s is lost: it runs once', async (method) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const before = stage.hosts();
    const host = method === 'prepare' ? 'compute12' : 'compute11';
    stage.world.faults.plan(host, `migration.${method}`, 'reply-lost');
    const { id: migration } = await stage.client().migrate('web', live);
    expect(await stage.over(migration)).toMatchObject({ status: 'failed' });
    await expectAsBefore(stage, id, before);
  });

  test('the answer to Confirm is lost: it has moved', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    stage.world.faults.plan('compute11', 'migration.confirm', 'reply-lost');
    const { id: migration } = await stage.client().migrate('web', live);
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
    await expectMoved(stage, id);
  });

  test('the clean-up fails for a while: it is tried again', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    stage.world.faults.plan('compute11', 'domains.ensureStaleCopyRemoved', 'unreachable', 9);
    stage.world.faults.plan('compute11', 'storage.ensureNoImage', 'unreachable', 3);
    const { id: migration } = await stage.client().migrate('web', live);
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
    await expectMoved(stage, id);
  });
});

describe('bad luck in the peer-to-peer form', () => {
  test('it is refused: the guest runs on at the source', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    const before = stage.hosts();
    stage.world.faults.plan('compute11', 'migration.migrateToPeer', 'refuse');
    const { id: migration } = await stage.client().migrate('web', live);
    expect(await stage.over(migration)).toMatchObject({ status: 'failed' });
    await expectAsBefore(stage, id, before);
  });

  test('its answer is lost: the hosts are asked, and it has moved', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    stage.world.faults.plan('compute11', 'migration.migrateToPeer', 'reply-lost');
    const { id: migration } = await stage.client().migrate('web', live);
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
    await expectMoved(stage, id);
  });

  test('it hangs before a byte is sent: its own deadline ends it', async () => {
    await using stage = await Stage.open({ prepareMs: 100 });
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    const before = stage.hosts();
    stage.world.faults.plan('compute11', 'migration.migrateToPeer', 'hang');
    const { id: migration } = await stage.client().migrate('web', live);
    const end = await stage.over(migration);
    expect(end).toMatchObject({ status: 'failed' });
    expect(end.error?.message).toContain('was not ready within 100 ms');
    await expectAsBefore(stage, id, before);
  });
});

describe('a target that goes down', () => {
  test.each(forms)(
    'during the transfer ($form): the guest runs on at the source, and the target is cleaned when it is back',
    async ({ directory }) => {
      await using stage = await Stage.open();
      const id = await stage.guest({ name: 'web', directory, autostart: true });
      const before = stage.hosts();
      stage.slow();
      const { id: migration } = await stage.client().migrate('web', live);
      await stage.sending(id);
      const target = stage.world.host('compute12');
      target.up = false;
      stage.fast();
      const end = await stage.over(migration);
      expect(end).toMatchObject({ status: 'failed', error: { code: 'transfer-failed' } });
      expect(end.error?.message).toContain('Clean-up on compute12 is not done yet');
      expect(stage.world.runners(id)).toEqual(['compute11']);
      // The source does not wait for the target to be as it was.
      expect(stage.world.host('compute11').domains.get(id)?.autostart).toBe(true);
      await until('it to say what the clean-up waits for', async () => {
        const { phase } = await stage.client().migration(migration);
        return phase.startsWith('the instance is at compute11; clean-up on compute12 waits: ') || null;
      });
      target.up = true;
      await stage.quiet();
      await expectAsBefore(stage, id, before);
      const { phase, error } = await stage.client().migration(migration);
      expect(phase).toBe('the instance is at compute11');
      expect(error?.message).not.toContain('not done yet');
    },
  );

  test('and comes back: it is cleaned at once, whatever the pause between rounds', async () => {
    const never = 3_600_000;
    await using stage = await Stage.open({}, { resumeIntervalMs: never, returnIntervalMs: 20 });
    const id = await stage.guest({ name: 'web' });
    const before = stage.hosts();
    stage.slow();
    const { id: migration } = await stage.client().migrate('web', live);
    await stage.sending(id);
    const target = stage.world.host('compute12');
    target.up = false;
    stage.fast();
    expect(await stage.over(migration)).toMatchObject({ status: 'failed' });
    await until('its clean-up to wait', async () =>
      (await stage.client().migration(migration)).phase.includes('clean-up on compute12 waits') ? true : null,
    );
    target.up = true;
    await stage.quiet();
    await expectAsBefore(stage, id, before);
  });

  test('peer-to-peer, before Finish comes to it: the definition that it keeps is taken away', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    const before = stage.hosts();
    stage.world.faults.plan('compute12', 'peer.finish', 'unreachable');
    const { id: migration } = await stage.client().migrate('web', live);
    expect(await stage.over(migration)).toMatchObject({
      status: 'failed',
      error: { code: 'transfer-failed' },
    });
    await stage.quiet();
    expect(stage.world.faults.calls).toContain('compute12 domains.ensureUndefined');
    await expectAsBefore(stage, id, before);
  });

  test('peer-to-peer, once the guest runs there: nobody knows, and it is waited for', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    const target = stage.world.host('compute12');
    stage.world.faults.plan('compute12', 'peer.finish', 'reply-lost');
    stage.slow();
    const { id: migration } = await stage.client().migrate('web', live);
    await stage.sending(id);
    stage.world.faults.plan('compute12', 'domains.observe', 'unreachable', 3);
    stage.fast();
    await stage.migrationWhen(migration, 'is not known', ({ phase }) => phase.startsWith('not known'));
    expect(stage.world.host('compute11').domains.get(id)).toMatchObject({
      state: 'paused',
      reason: 'unknown',
    });
    expect(target.domains.get(id)?.state).toBe('running');
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
    await expectMoved(stage, id);
  });
});

describe('bad luck with a cold migration', () => {
  test.each([
    { host: 'compute11', method: 'domains.ensureShutOff' },
    { host: 'compute11', method: 'storage.readImage' },
    { host: 'compute12', method: 'storage.writeImage' },
    { host: 'compute12', method: 'storage.digest' },
    { host: 'compute12', method: 'domains.ensureDefined' },
  ])('$host refuses $method: it runs at the source and nothing is left', async ({ host, method }) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', autostart: true });
    const before = stage.hosts();
    stage.world.faults.plan(host, method, 'refuse');
    const { id: migration } = await stage.client().migrate('web', cold);
    const end = await stage.over(migration);
    expect(end.status).toBe('error');
    expect(end.error?.message).toContain(`${host} refused ${method}`);
    await expectAsBefore(stage, id, before);
  });

  test('the target does not start it for a while, and it was asked to wait: it is tried again', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    stage.world.faults.plan('compute12', 'domains.ensureStarted', 'refuse', 9);
    const { id: migration } = await stage.client().migrate('web', { ...cold, startFailure: 'wait' });
    expect(await stage.over(migration)).toMatchObject({ status: 'confirmed' });
    await expectMoved(stage, id);
  });

  test('the target does not start it twice, and then does: it has moved', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    stage.world.faults.plan('compute12', 'domains.ensureStarted', 'refuse', 2);
    const { id: migration } = await stage.client().migrate('web', cold);
    expect(await stage.over(migration)).toMatchObject({ status: 'confirmed' });
    await expectMoved(stage, id);
  });

  test('the target goes away: the guest runs again at once, and the target is cleaned when it is back', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', autostart: true });
    const before = stage.hosts();
    stage.world.faults.plan('compute12', 'domains.ensureDefined', 'refuse');
    stage.world.faults.plan('compute12', 'storage.ensureNoImage', 'unreachable', Number.POSITIVE_INFINITY);
    const { id: migration } = await stage.client().migrate('web', cold);
    const end = await stage.over(migration);
    expect(end).toMatchObject({ status: 'error' });
    expect(end.error?.message).toContain('Clean-up on compute12 is not done yet');
    expect(stage.world.runners(id)).toEqual(['compute11']);
    expect(stage.world.host('compute11').domains.get(id)?.autostart).toBe(true);
    expect(stage.files('compute12')).toHaveLength(2);
    stage.world.faults.clear();
    await stage.quiet();
    await expectAsBefore(stage, id, before);
  });

  test.each(['running', 'shutoff'] as const)(
    'a late clean-up takes nothing from a guest (%s) that another migration has brought there since',
    async (state) => {
      await using stage = await Stage.open();
      const id = await stage.guest({ name: 'web', state, autostart: true });
      stage.world.faults.plan('compute12', 'domains.ensureDefined', 'refuse');
      stage.world.faults.plan('compute12', 'storage.ensureNoImage', 'unreachable', Number.POSITIVE_INFINITY);
      const first = await stage.client().migrate('web', cold);
      expect(await stage.over(first.id)).toMatchObject({ status: 'error' });
      // Somebody makes room by hand and tries again.
      stage.world.host('compute12').directories.get('/images')?.clear();
      const second = await stage.client().migrate('web', cold);
      expect(await stage.over(second.id)).toMatchObject({ status: 'confirmed' });
      const moved = stage.hosts();
      stage.world.faults.clear();
      await stage.quiet();
      expect(stage.hosts()).toEqual(moved);
      expect(stage.hosts()['compute12']?.domains[id]).toMatchObject({ state, autostart: true });
      expect(stage.files('compute12')).toHaveLength(2);
    },
  );

  test('a late clean-up waits while another migration holds the guest', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', state: 'shutoff' });
    stage.world.faults.plan('compute12', 'domains.ensureDefined', 'refuse');
    stage.world.faults.plan('compute12', 'storage.ensureNoImage', 'unreachable', Number.POSITIVE_INFINITY);
    const first = await stage.client().migrate('web', cold);
    await stage.over(first.id);
    stage.world.host('compute12').directories.get('/images')?.clear();
    stage.world.faults.plan('compute12', 'domains.ensureDefined', 'hang');
    const calls = stage.world.faults.calls.length;
    const second = await stage.client().migrate('web', cold);
    await stage.calledSince(calls, 'compute12', 'domains.ensureDefined');
    const copied = stage.files('compute12');
    expect(copied).toHaveLength(2);
    // Stopped in the middle and started again, both are taken up; the late clean-up finds the other at work.
    await stage.crash();
    stage.world.faults.clear();
    await stage.start();
    expect(await stage.over(second.id)).toMatchObject({ status: 'confirmed' });
    await stage.quiet();
    expect(stage.files('compute12')).toEqual(copied);
    expect(stage.hosts()['compute12']?.domains[id]).toMatchObject({ state: 'shutoff' });
  });
});

/** A call that a controller is stopped in: before it did anything, or after it did and before its answer. */
interface Moment {
  readonly host: string;
  readonly method: string;
  readonly when: 'hang' | 'reply-hangs';
  readonly times?: number;
}

async function crashAt(stage: Stage, moment: Moment, move: MoveBody): Promise<string> {
  stage.world.faults.plan(moment.host, moment.method, moment.when);
  const calls = stage.world.faults.calls.length;
  const { id } = await stage.client().migrate('web', move);
  await stage.calledSince(calls, moment.host, moment.method);
  await stage.struck(moment.host, moment.method);
  await stage.crash();
  stage.world.faults.clear();
  await stage.start();
  return id;
}

describe('a controller that is stopped in the middle', () => {
  const both = ['hang', 'reply-hangs'] as const;
  const moments = (host: string, methods: readonly string[]): Moment[] =>
    methods.flatMap((method) => both.map((when) => ({ host, method, when })));

  test.each([
    ...moments('compute11', ['migration.openMigrationSource', 'migration.begin', 'migration.perform']),
    ...moments('compute12', ['migration.openMigrationTarget', 'migration.prepare']),
  ])('coordinated, $host $method $when: it failed meanwhile, and runs on at the source', async (moment) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', autostart: true });
    const before = stage.hosts();
    const end = await stage.over(await crashAt(stage, moment, live));
    expect(end).toMatchObject({ status: 'failed', error: { code: 'transfer-failed' } });
    await expectAsBefore(stage, id, before);
  });

  test.each([
    ...moments('compute11', ['domains.ensureStaleCopyRemoved', 'storage.ensureNoImage', 'migration.confirm']),
    ...moments('compute12', ['storage.ensureImage', 'storage.writeImage', 'domains.setAutostart']),
    { host: 'compute12', method: 'migration.finish', when: 'reply-hangs' } as const,
    { host: 'compute11', method: 'domains.setAutostart', when: 'hang' } as const,
    { host: 'compute11', method: 'domains.setAutostart', when: 'reply-hangs' } as const,
  ])('coordinated, $host $method $when: it goes on, and ends at the target', async (moment) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', autostart: true });
    const end = await stage.over(await crashAt(stage, moment, live));
    expect(end).toMatchObject({ status: 'completed', error: null });
    await expectMoved(stage, id);
    expect(stage.world.host('compute12').domains.get(id)?.autostart).toBe(true);
  });

  test('coordinated, while memory is sent: it failed with its coordinator', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', autostart: true });
    const before = stage.hosts();
    stage.slow();
    const { id: migration } = await stage.client().migrate('web', live);
    await stage.sending(id);
    await stage.crash();
    await stage.start();
    expect(await stage.over(migration)).toMatchObject({ status: 'failed' });
    await expectAsBefore(stage, id, before);
  });

  test.each([
    { what: 'still goes on when the next one looks', meanwhile: 'on', status: 'completed' },
    { what: 'has ended well meanwhile', meanwhile: 'done', status: 'completed' },
    { what: 'has failed meanwhile', meanwhile: 'failed', status: 'failed' },
  ])('peer-to-peer: the move $what', async ({ meanwhile, status }) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory: '/shared', autostart: true });
    const before = stage.hosts();
    stage.slow();
    const { id: migration } = await stage.client().migrate('web', live);
    await stage.sending(id);
    await stage.crash();
    const source = stage.world.host('compute11').domains;
    const job = source.get(id)?.job;
    if (meanwhile === 'done') {
      stage.fast();
      await stage.hostsShow(() => !source.has(id));
    }
    if (meanwhile === 'failed' && job) {
      job.aborted = true;
      await stage.hostsShow(
        () => source.get(id)?.job === null && !stage.world.host('compute12').domains.has(id),
      );
    }
    await stage.start();
    if (meanwhile === 'on') {
      await stage.called('compute11', 'migration.jobProgress', 2);
      await stage.migrationWhen(migration, 'is running', (one) => one.status === 'running');
      stage.fast();
    }
    const end = await stage.over(migration);
    expect(end.status).toBe(status);
    if (status === 'completed') await expectMoved(stage, id);
    else await expectAsBefore(stage, id, before);
  });

  test('peer-to-peer, and aborted after the restart: it runs on at the source', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', directory: '/shared' });
    const before = stage.hosts();
    stage.slow();
    const { id: migration } = await stage.client().migrate('web', live);
    await stage.sending(id);
    await stage.crash();
    await stage.start();
    await stage.client().abortMigration(migration);
    expect(await stage.over(migration)).toMatchObject({ status: 'cancelled' });
    await expectAsBefore(stage, id, before);
  });

  test.each([
    ...moments('compute11', ['domains.ensureShutOff', 'domains.definition', 'domains.ensureUndefined']),
    ...moments('compute12', ['storage.writeImage', 'domains.ensureDefined', 'domains.ensureStarted']),
    ...moments('compute11', ['storage.ensureNoImage']),
  ])('cold, $host $method $when: it goes on, and ends at the target', async (moment) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', autostart: true });
    const end: MigrationBody = await stage.over(await crashAt(stage, moment, cold));
    expect(end).toMatchObject({ status: 'confirmed', error: null });
    await expectMoved(stage, id);
    expect(stage.world.host('compute12').domains.get(id)?.autostart).toBe(true);
  });

  test('again and again, at every call in turn: it still ends once', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const { id: migration } = await stage.client().migrate('web', cold);
    for (let restarts = 0; restarts < 10; restarts += 1) {
      await stage.crash();
      await stage.start();
    }
    expect(await stage.over(migration)).toMatchObject({ status: 'confirmed' });
    await expectMoved(stage, id);
  });
});
