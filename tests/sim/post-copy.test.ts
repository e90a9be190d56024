import type { MoveBody } from '@ferry/api';
import { killGuest } from '@ferry/hypervisor/simulated';
import { describe, expect, test } from 'vitest';
import { expectAsBefore, expectMoved } from './expect-place.ts';
import { Stage } from './world.ts';

const move = (postCopy: 'ask' | 'restart'): MoveBody => ({
  kind: 'live-migration',
  host: 'compute12',
  postCopy,
});
const mebibyte = 1024 * 1024;

/** A guest on shared disks that changes memory as fast as it is sent. */
async function busyGuest(stage: Stage, libvirtVersion = 9_000_000): Promise<string> {
  for (const name of ['compute11', 'compute12']) {
    const host = stage.world.host(name);
    Object.assign(host, { facts: { ...host.facts, libvirtVersion } });
  }
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  stage.world.bytesPerStep = 4 * mebibyte;
  stage.world.dirtyBytesPerStep = 4 * mebibyte;
  return id;
}

test('a guest that changes memory too fast runs on the target before all of it is there, by the word of who asks', async () => {
  await using stage = await Stage.open();
  const id = await busyGuest(stage);
  const { id: migration } = await stage.client().migrate('web', move('ask'));
  expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
  expect(stage.world.faults.calls).toContain('compute11 migration.startPostCopy');
  await expectMoved(stage, id);
});

test('without that word post-copy is never begun', async () => {
  await using stage = await Stage.open();
  const id = await busyGuest(stage);
  const { id: migration } = await stage
    .client()
    .migrate('web', { kind: 'live-migration', host: 'compute12' });
  await stage.migrationWhen(migration, 'third pass', ({ progress }) => (progress?.iteration ?? 0) > 2);
  expect(stage.world.faults.calls).not.toContain('compute11 migration.startPostCopy');
  await stage.client().abortMigration(migration);
  expect(await stage.over(migration)).toMatchObject({ status: 'cancelled' });
  expect(stage.world.runners(id)).toEqual(['compute11']);
});

test('over a weak link it is not begun, and the migration says why', async () => {
  await using stage = await Stage.open();
  const id = await busyGuest(stage);
  stage.world.bytesPerStep = mebibyte;
  stage.world.dirtyBytesPerStep = mebibyte;
  const before = stage.hosts();
  const { id: migration } = await stage.client().migrate('web', move('restart'));
  const waits = await stage.migrationWhen(migration, 'weak', ({ phase }) => phase.startsWith('no post-copy'));
  expect(waits.phase).toContain('post-copy takes at least 12 MiB/s');
  expect(stage.world.faults.calls).not.toContain('compute11 migration.startPostCopy');
  await stage.client().abortMigration(migration);
  await stage.over(migration);
  await expectAsBefore(stage, id, before);
});

describe('the link breaks while memory is fetched', () => {
  test('it is resumed by itself where both libvirts can do that', async () => {
    await using stage = await Stage.open();
    const id = await busyGuest(stage);
    stage.world.breaksPostCopy = true;
    const { id: migration } = await stage.client().migrate('web', move('ask'));
    expect(await stage.over(migration)).toMatchObject({ status: 'completed', phase: 'moved' });
    expect(stage.world.faults.calls).toContain('compute11 migration.resumePostCopy');
    await expectMoved(stage, id);
  });

  test('a host that loses the guest while it is resumed, and whose call does not come back, is not waited for', async () => {
    await using stage = await Stage.open();
    const id = await busyGuest(stage);
    stage.world.breaksPostCopy = true;
    stage.world.faults.before('compute11', 'migration.resumePostCopy', () => {
      killGuest(stage.world.host('compute12'), id);
    });
    stage.world.faults.plan('compute11', 'migration.resumePostCopy', 'hang');
    const { id: migration } = await stage.client().migrate('web', move('ask'));
    const blocked = await stage.migrationWhen(migration, 'blocks', ({ phase }) =>
      phase.startsWith('blocked:'),
    );
    expect(blocked.phase).toContain('Never resume the source');
    expect(stage.world.faults.hung('compute11', 'migration.resumePostCopy')).toBe(1);
    expect(stage.world.host('compute11').domains.get(id)).toMatchObject({ state: 'paused' });
  });

  test('where libvirt is known to crash at that, a person is asked, and neither copy is touched', async () => {
    await using stage = await Stage.open();
    const id = await busyGuest(stage, 11_003_000);
    stage.world.breaksPostCopy = true;
    const { id: migration } = await stage.client().migrate('web', move('ask'));
    const blocked = await stage.migrationWhen(migration, 'blocks', ({ phase }) =>
      phase.startsWith('blocked:'),
    );
    expect(blocked.phase).toContain('Never resume the source');
    expect(stage.world.faults.calls).not.toContain('compute11 migration.resumePostCopy');
    expect(stage.world.host('compute11').domains.get(id)).toMatchObject({ state: 'paused' });
    expect(stage.world.host('compute12').domains.get(id)).toMatchObject({ reason: 'post-copy failed' });
  });

  test('or it is started anew from its disks, where that was said', async () => {
    await using stage = await Stage.open();
    const id = await busyGuest(stage, 11_003_000);
    stage.world.breaksPostCopy = true;
    const { id: migration } = await stage.client().migrate('web', move('restart'));
    const end = await stage.over(migration);
    expect(end).toMatchObject({ status: 'completed' });
    expect(end.phase).toContain('WARNING: a fault in post-copy lost its memory');
    expect(stage.world.host('compute12').domains.get(id)).toMatchObject({
      state: 'running',
      reason: 'booted',
    });
    await expectMoved(stage, id);
  });

  test('a controller that is killed then finds the same', async () => {
    await using stage = await Stage.open();
    const id = await busyGuest(stage, 11_003_000);
    stage.world.faults.plan('compute11', 'migration.startPostCopy', 'reply-hangs');
    stage.world.breaksPostCopy = true;
    const { id: migration } = await stage.client().migrate('web', move('restart'));
    await stage.called('compute11', 'migration.startPostCopy');
    await stage.crash();
    await stage.start();
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
    await expectMoved(stage, id);
  });
});
