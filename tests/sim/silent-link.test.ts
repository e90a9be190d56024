import { expect, test } from 'vitest';
import { Stage } from './world.ts';

test.each(['/images', '/shared'] as const)(
  '%s: nothing goes from host to host while memory is sent: that is told, until something goes again',
  async (directory) => {
    await using stage = await Stage.open({ silentMs: 50 });
    const id = await stage.guest({ name: 'web', directory });
    stage.slow();
    const { id: migration } = await stage
      .client()
      .migrate('web', { kind: 'live-migration', host: 'compute12' });
    await stage.sending(id);
    const { phase: before } = await stage.client().migration(migration);
    stage.world.bytesPerStep = 0;
    const told = 'waits: nothing has gone from compute11 to compute12';
    await stage.migrationWhen(migration, 'tells', ({ phase }) => phase.startsWith(told));
    stage.slow();
    await stage.migrationWhen(migration, 'goes on', ({ phase }) => phase === before);
    stage.fast();
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
  },
);

test('the source does not answer questions about the job: that too is told', async () => {
  await using stage = await Stage.open({ silentMs: 50 });
  const id = await stage.guest({ name: 'web', directory: '/images' });
  stage.slow();
  stage.world.faults.plan('compute11', 'migration.jobProgress', 'unreachable', 1_000_000);
  const { id: migration } = await stage
    .client()
    .migrate('web', { kind: 'live-migration', host: 'compute12' });
  await stage.sending(id);
  await stage.migrationWhen(migration, 'tells', ({ phase }) => phase.startsWith('waits: nothing has gone'));
  stage.fast();
  expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
});
