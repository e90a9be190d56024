import { expect, test } from 'vitest';
import { Stage } from './world.ts';

test('the target is silent where it waits for disks: the guest is left alone, and the address is told', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web', directory: '/images', autostart: true });
  const before = stage.hosts();
  stage.world.host('compute11').cutOffFrom.add('compute12');
  const { id: migration } = await stage
    .client()
    .migrate('web', { kind: 'live-migration', host: 'compute12' });
  const end = await stage.over(migration);
  await stage.quiet();
  expect(end).toMatchObject({ status: 'failed', error: { code: 'transfer-failed' } });
  expect(end.error?.message).toContain('compute12:49152');
  expect(stage.world.faults.calls).not.toContain('compute11 migration.perform');
  expect(stage.world.runners(id)).toEqual(['compute11']);
  expect(stage.hosts()).toEqual(before);
});
