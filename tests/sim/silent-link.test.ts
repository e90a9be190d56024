import { expect, test } from 'vitest';
import { NovaRequests } from './nova-request.ts';
import { Stage, until } from './world.ts';

const both = (phase: string): boolean => phase.startsWith('stalled:') && phase.includes('is paused until');

test.each(['/images', '/shared'] as const)(
  '%s: nothing goes from host to host while memory is sent: that is told, until something goes again',
  async (directory) => {
    await using stage = await Stage.open({ stallMs: 50 });
    const id = await stage.guest({ name: 'web', directory });
    stage.slow();
    const { id: migration } = await stage
      .client()
      .migrate('web', { kind: 'live-migration', host: 'compute12' });
    await stage.sending(id);
    const { phase: before } = await stage.client().migration(migration);
    stage.world.bytesPerStep = 0;
    const told = 'stalled: no data from compute11 to compute12 for 0.05 s';
    await stage.migrationWhen(migration, 'tells', ({ phase }) => phase.startsWith(told));
    stage.slow();
    await stage.migrationWhen(migration, 'goes on', ({ phase }) => phase === before);
    stage.fast();
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
  },
);

test('the source does not answer questions about the job: that too is told', async () => {
  await using stage = await Stage.open({ stallMs: 50 });
  const id = await stage.guest({ name: 'web', directory: '/images' });
  stage.slow();
  stage.world.faults.plan('compute11', 'migration.jobProgress', 'unreachable', 1_000_000);
  const { id: migration } = await stage
    .client()
    .migrate('web', { kind: 'live-migration', host: 'compute12' });
  await stage.sending(id);
  await stage.migrationWhen(migration, 'tells', ({ phase }) => phase.startsWith('stalled:'));
  stage.fast();
  expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
});

test('a guest that is paused by force over a link that stalls: both are told, once', async () => {
  await using stage = await Stage.open({ stallMs: 50 }, { listen: { host: '127.0.0.1', port: 0 } });
  const nova = new NovaRequests(stage);
  const id = await stage.guest({ name: 'web', directory: '/shared' });
  stage.slow();
  const { id: migration } = await stage
    .client()
    .migrate('web', { kind: 'live-migration', host: 'compute12' });
  await stage.sending(id);
  const [{ id: number } = { id: 0 }] = (
    await nova.get<{ migrations: { id: number }[] }>(`/os-migrations?instance_uuid=${id}`)
  ).body.migrations;
  await nova.post(`/servers/${id}/migrations/${number}/action`, { force_complete: null });
  await stage.called('compute11', 'domains.ensurePaused');
  stage.world.bytesPerStep = 0;
  await stage.migrationWhen(migration, 'tells', ({ phase }) => both(phase));
  const calls = (what: string): number => stage.world.faults.calls.filter((call) => call === what).length;
  const before = calls('compute11 migration.jobProgress');
  await until('it was looked at twenty times more', () =>
    calls('compute11 migration.jobProgress') >= before + 20 ? true : null,
  );
  expect((await stage.client().migration(migration)).phase).toSatisfy(both);
  stage.fast();
  expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
  expect(calls('compute11 domains.ensurePaused')).toBe(1);
  expect(stage.world.runners(id)).toEqual(['compute12']);
  const told: string[] = [];
  for await (const { subjectId, message } of stage.client().events(0, new AbortController().signal)) {
    if (subjectId === migration) told.push(message);
    if (message === 'completed') break;
  }
  expect(told.filter(both)).toHaveLength(1);
});
