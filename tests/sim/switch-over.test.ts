import type { MoveBody } from '@ferry/api';
import { describe, expect, test } from 'vitest';
import { expectAsBefore, expectMoved } from './expect-place.ts';
import { ask, onLoopback } from './openstack-caller.ts';
import { Stage, until } from './world.ts';

const live: MoveBody = { kind: 'live-migration', host: 'compute12' };
const order = 'domains.ensureResumed';

/** The state of the guest on both hosts. */
function states(stage: Stage, id: string): readonly (string | undefined)[] {
  return ['compute11', 'compute12'].map((host) => stage.world.host(host).domains.get(id)?.state);
}

/** A guest with a local disk whose memory is being sent: what is planned next strikes at the switch-over. */
async function sending(stage: Stage): Promise<{ id: string; migration: string }> {
  const id = await stage.guest({ name: 'web' });
  stage.slow();
  const { id: migration } = await stage.client().migrate('web', live);
  await stage.sending(id);
  return { id, migration };
}

/** The same, of which the target has a paused copy: its answer was lost, the move has failed, and it says nothing more. */
async function failedWithCopy(stage: Stage): Promise<{ id: string; migration: string }> {
  const begun = await sending(stage);
  stage.world.faults.plan('compute12', 'migration.finish', 'reply-lost');
  stage.world.faults.plan('compute12', 'domains.observe', 'unreachable', Number.POSITIVE_INFINITY);
  stage.fast();
  expect(await stage.over(begun.migration)).toMatchObject({ status: 'failed' });
  return begun;
}

describe('Finish: the target takes the guest over, paused', () => {
  test.each(['reply-lost', 'reply-hangs'] as const)(
    'its answer is lost (%s): the source runs on at once, and the paused copy is taken away',
    async (fault) => {
      await using stage = await Stage.open({ finishMs: 100 });
      const id = await stage.guest({ name: 'web', autostart: true });
      const before = stage.hosts();
      stage.world.faults.plan('compute12', 'migration.finish', fault);
      const { id: migration } = await stage.client().migrate('web', live);
      expect(await stage.over(migration)).toMatchObject({
        status: 'failed',
        error: { code: 'transfer-failed' },
      });
      await expectAsBefore(stage, id, before);
    },
  );

  test('and the target stays away: the guest runs at the source meanwhile, the copy waits for its end', async () => {
    await using stage = await Stage.open({ unknownMs: 200 });
    const { id, migration } = await sending(stage);
    stage.world.faults.plan('compute12', 'migration.finish', 'reply-lost');
    stage.world.faults.plan('compute12', 'domains.observe', 'unreachable', Number.POSITIVE_INFINITY);
    stage.fast();
    const end = await stage.over(migration);
    expect(end).toMatchObject({ status: 'failed', error: { code: 'transfer-failed' } });
    expect(end.error?.message).toContain('Clean-up on compute12 is not done yet');
    expect(states(stage, id)).toEqual(['running', 'paused']);
    stage.world.faults.clear();
    await stage.quiet();
    expect(states(stage, id)).toEqual(['running', undefined]);
  });

  test('a copy that waits is not ended while the source does not say that it has the guest', async () => {
    await using stage = await Stage.open();
    const { id } = await failedWithCopy(stage);
    stage.world.faults.clear();
    stage.world.faults.plan('compute11', 'domains.observe', 'unreachable', Number.POSITIVE_INFINITY);
    const looks = (): number =>
      stage.world.faults.calls.filter((one) => one === 'compute11 domains.observe').length;
    const before = looks();
    await until('the source to be asked again and again', () =>
      Promise.resolve(looks() > before + 3 || null),
    );
    expect(states(stage, id)[1]).toBe('paused');
    stage.world.faults.clear();
    await stage.quiet();
    expect(states(stage, id)).toEqual(['running', undefined]);
  });

  test('the guest is moved on to a third host meanwhile: the copy is ended by the word of the host that has it now', async () => {
    await using stage = await Stage.open();
    const { id, migration } = await failedWithCopy(stage);
    const { id: onwards } = await stage
      .client()
      .migrate('web', { kind: 'live-migration', host: 'compute13' });
    expect(await stage.over(onwards)).toMatchObject({ status: 'completed' });
    stage.world.faults.clear();
    stage.world.faults.plan('compute13', 'domains.observe', 'unreachable', Number.POSITIVE_INFINITY);
    await until('the clean-up to wait for the third host', async () => {
      const { phase } = await stage.client().migration(migration);
      return phase.includes('compute13 does not show that it has the guest') || null;
    });
    expect(states(stage, id)).toEqual([undefined, 'paused']);
    stage.world.faults.clear();
    await stage.quiet();
    expect(states(stage, id)).toEqual([undefined, undefined]);
    expect(stage.world.runners(id)).toEqual(['compute13']);
  });

  test('the guest is deleted meanwhile: its copy goes too, with the disk that came', async () => {
    await using stage = await Stage.open({}, onLoopback);
    const { id } = await failedWithCopy(stage);
    expect((await ask(stage, 'DELETE', `/v2.1/servers/${id}`)).status).toBe(204);
    await until('the guest to be deleted', () => Promise.resolve(states(stage, id)[0] === undefined || null));
    expect(states(stage, id)).toEqual([undefined, 'paused']);
    stage.world.faults.clear();
    await stage.quiet();
    expect(states(stage, id)).toEqual([undefined, undefined]);
    expect(stage.files('compute12')).toEqual([]);
  });

  test('it is refused and nothing is at the target: the source runs on', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const before = stage.hosts();
    stage.world.faults.plan('compute12', 'migration.finish', 'refuse');
    stage.slow();
    const { id: migration } = await stage.client().migrate('web', live);
    await stage.sending(id);
    // A libvirt that refuses Finish has ended its incoming guest.
    stage.world.host('compute12').domains.delete(id);
    stage.fast();
    expect(await stage.over(migration)).toMatchObject({
      status: 'failed',
      error: { code: 'transfer-failed' },
    });
    await expectAsBefore(stage, id, before);
  });
});

describe('the order to run', () => {
  test.each(['reply-lost', 'unreachable'] as const)(
    '%s once: the target is asked, and one guest runs, there',
    async (fault) => {
      await using stage = await Stage.open();
      const { id, migration } = await sending(stage);
      stage.world.faults.plan('compute12', order, fault);
      stage.fast();
      expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
      await expectMoved(stage, id);
    },
  );

  test('the target cannot run it: its copy is ended, and the source runs on', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', autostart: true });
    const before = stage.hosts();
    stage.world.faults.plan('compute12', order, 'refuse');
    const { id: migration } = await stage.client().migrate('web', live);
    const end = await stage.over(migration);
    expect(end).toMatchObject({ status: 'failed', error: { code: 'transfer-failed' } });
    expect(end.error?.message).toContain('compute12 has all of the guest but could not run it');
    await expectAsBefore(stage, id, before);
  });

  test('an order that may have been heard, then a refusal: the copy is not ended for it', async () => {
    await using stage = await Stage.open();
    const { id, migration } = await sending(stage);
    stage.world.faults.plan('compute12', order, 'reply-lost');
    stage.world.faults.plan('compute12', 'domains.observe', 'unreachable');
    stage.world.faults.plan('compute12', order, 'refuse');
    stage.fast();
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
    await expectMoved(stage, id);
  });

  test.each(['shutoff', 'crashed'] as const)(
    'the QEMU of the target died before it (%s): nothing ran there, and the source runs on',
    async (state) => {
      await using stage = await Stage.open();
      const id = await stage.guest({ name: 'web', autostart: true });
      const before = stage.hosts();
      stage.world.faults.before('compute12', order, () => {
        const arrived = stage.world.host('compute12').domains.get(id);
        if (arrived !== undefined) Object.assign(arrived, { state, reason: 'crashed' });
      });
      const { id: migration } = await stage.client().migrate('web', live);
      expect(await stage.over(migration)).toMatchObject({ status: 'failed' });
      await expectAsBefore(stage, id, before);
    },
  );

  test('one that may have been heard, and then the guest is off there: nobody knows whether it ran, and a person is asked', async () => {
    await using stage = await Stage.open({ unknownMs: 200 });
    const { id, migration } = await sending(stage);
    stage.world.faults.plan('compute12', order, 'reply-lost');
    stage.world.faults.plan('compute12', 'domains.observe', 'unreachable');
    stage.world.faults.before('compute12', 'domains.observe', () => {
      const ran = stage.world.host('compute12').domains.get(id);
      if (ran !== undefined) Object.assign(ran, { state: 'shutoff', reason: 'crashed' });
    });
    stage.fast();
    await stage.migrationWhen(migration, 'blocks', ({ phase }) => phase.startsWith('blocked:'));
    expect(states(stage, id)).toEqual(['paused', 'shutoff']);
    expect(stage.world.faults.calls).not.toContain('compute11 migration.confirm');
  });

  test('its answer is lost and the target is gone for good: it waits, and nothing is let run', async () => {
    await using stage = await Stage.open({ unknownMs: 200 });
    const { id, migration } = await sending(stage);
    stage.world.faults.plan('compute12', order, 'reply-lost');
    stage.world.faults.plan('compute12', order, 'unreachable', Number.POSITIVE_INFINITY);
    stage.world.faults.plan('compute12', 'domains.observe', 'unreachable', Number.POSITIVE_INFINITY);
    stage.fast();
    const waits = await stage.migrationWhen(migration, 'waits', ({ phase }) => phase.startsWith('waits:'));
    expect(waits).toMatchObject({ status: 'running', finishedAt: null });
    const blocked = await stage.migrationWhen(migration, 'blocks', ({ phase }) =>
      phase.startsWith('blocked:'),
    );
    expect(blocked).toMatchObject({ status: 'running', finishedAt: null, error: null });
    expect(blocked.phase).toContain("Bring the target's libvirtd back");
    expect(states(stage, id)).toEqual(['paused', 'running']);
    expect(stage.world.faults.calls).not.toContain('compute11 migration.confirm');
    expect(stage.world.faults.calls).not.toContain(`compute11 ${order}`);
    expect(await stage.client().instance('web')).toMatchObject({ host: 'compute11', migrationId: migration });
    // A new controller does not know more either.
    await stage.crash();
    await stage.start();
    expect(await stage.client().migration(migration)).toMatchObject({ finishedAt: null });
    expect(stage.world.host('compute11').domains.get(id)?.state).toBe('paused');
    // The target comes back: it is taken up by itself.
    stage.world.faults.clear();
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
    await expectMoved(stage, id);
  });
});

describe('the controller is killed when the target has all of the guest', () => {
  test.each([
    { fault: null, status: 'completed' },
    { fault: 'refuse', status: 'failed' },
  ] as const)('and the next order to run is $fault: $status', async ({ fault, status }) => {
    await using stage = await Stage.open();
    const { id, migration } = await sending(stage);
    stage.world.faults.plan('compute12', order, 'hang');
    stage.fast();
    await stage.called('compute12', order);
    expect(states(stage, id)).toEqual(['paused', 'paused']);
    await stage.crash();
    if (fault !== null) stage.world.faults.plan('compute12', order, fault);
    await stage.start();
    expect(await stage.over(migration)).toMatchObject({ status });
    expect(stage.world.runners(id)).toEqual([status === 'completed' ? 'compute12' : 'compute11']);
    await stage.quiet();
    expect(stage.hosts()[status === 'completed' ? 'compute11' : 'compute12']?.domains).toEqual({});
  });
});
