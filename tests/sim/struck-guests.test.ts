import type { MoveBody } from '@ferry/api';
import { describe, expect, test } from 'vitest';
import { Stage } from './world.ts';

const live: MoveBody = { kind: 'live-migration', host: 'compute12' };

/** The guest has moved and Ferry is about to look whether it lives; the hypervisor of the target loses it then. */
async function struckBeforeSeenAlive(stage: Stage, directory: '/shared' | '/images') {
  const id = await stage.guest({ name: 'web', directory });
  stage.world.faults.plan('compute12', 'domains.vcpuTimeNs', 'hang');
  const { id: migration } = await stage.client().migrate('web', live);
  await stage.struck('compute12', 'domains.vcpuTimeNs');
  await stage.crash();
  return { id, migration };
}

describe('the guest ends on the target before it was seen alive there', () => {
  test.each(['/shared', '/images'] as const)(
    '%s: it has moved and is off; that is told, and the move comes to its end',
    async (directory) => {
      await using stage = await Stage.open();
      const { id, migration } = await struckBeforeSeenAlive(stage, directory);
      const domain = stage.world.host('compute12').domains.get(id);
      Object.assign(domain ?? {}, { state: 'shutoff', reason: 'crashed' });
      await stage.start();
      const end = await stage.over(migration);
      expect(end).toMatchObject({ status: 'completed', result: { guestSeenAlive: null } });
      expect(end.phase).toContain('not seen alive');
      expect(stage.world.runners(id)).toEqual([]);
      expect(stage.world.host('compute11').domains.has(id)).toBe(false);
      expect(await stage.client().instance(id)).toMatchObject({ host: 'compute12', migrationId: null });
    },
  );

  test('its definition is gone with it: the source keeps its files, and a person is asked', async () => {
    await using stage = await Stage.open();
    const { id, migration } = await struckBeforeSeenAlive(stage, '/images');
    const files = stage.files('compute11');
    stage.world.host('compute12').domains.delete(id);
    await stage.start();
    const waits = await stage.migrationWhen(migration, 'waits', ({ phase }) => phase.startsWith('blocked'));
    expect(waits.finishedAt).toBeNull();
    expect(stage.files('compute11')).toEqual(files);
  });
});
