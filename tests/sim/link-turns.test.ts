import { expect, test } from 'vitest';
import { planWorld } from './plan-world.ts';
import { until } from './world.ts';

/** Says that ports carry next to nothing: whoever sends uses them up. */
const narrow = { linkBytesPerSecond: 1_048_576 };

test('the next transfer begins when the former’s memory is over, not after its cleaning; one at a time', async () => {
  await using world = await planWorld({ guests: 5 });
  const { stage, ids } = world;
  await stage.client().setPolicy('narrow', { scope: 'default', values: narrow });
  const { faults } = stage.world;
  const cleaned = Promise.withResolvers<void>();
  for (const id of ids) {
    expect(stage.world.runners(id)).toEqual(['compute11']);
    // Nobody's cleaning comes to its end before all have been sent.
    faults.before('compute11', 'domains.ensureStaleCopyRemoved', () => cleaned.promise);
  }
  let sending = 0;
  let most = 0;
  faults.choose = (_, method) => {
    if (method === 'migration.migrateToPeer') sending += 1;
    most = Math.max(most, sending);
    return null;
  };
  faults.afterwards = (_, method) => {
    if (method === 'migration.migrateToPeer') sending -= 1;
  };
  const { plan } = await stage.client().makePlan({ goal: { kind: 'drain', hosts: ['compute11'] } });
  await stage.client().askPlan(plan.id, 'apply');
  await until('all run elsewhere', () =>
    ids.every((id) => stage.world.runners(id).every((host) => host !== 'compute11')) ? true : null,
  );
  const migrations = await stage.client().migrations();
  expect(migrations.map(({ finishedAt }) => finishedAt)).toEqual(ids.map(() => null));
  expect(most).toBe(1);
  cleaned.resolve();
  await world.planIs(plan.id, 'done');
  const ended = await stage.client().migrations();
  expect(ended.map(({ status }) => status)).toEqual(ids.map(() => 'completed'));
});

test('a second one sends while the first uses little of the port, and no third; the others stand ready and say why', async () => {
  await using world = await planWorld({ guests: 6 });
  const { stage } = world;
  stage.slow();
  const { plan } = await stage.client().makePlan({ goal: { kind: 'drain', hosts: ['compute11'] } });
  await stage.client().askPlan(plan.id, 'apply');
  const seen = await until('two send, and the others stand ready', async () => {
    const all = await stage.client().migrations();
    const ready = all.filter(({ status }) => status === 'preparing');
    return all.filter(({ status }) => status === 'running').length >= 2 &&
      ready.length === 3 &&
      ready.every(({ phase }) => phase.startsWith('waits for the port'))
      ? all
      : null;
  });
  const names = seen.filter(({ status }) => status === 'running').map(({ instanceName }) => instanceName);
  expect(names).toHaveLength(2);
  const reasons = seen.filter(({ status }) => status === 'preparing').map(({ phase }) => phase);
  expect(reasons.filter((phase) => phase.includes('the port of compute11, out'))).toEqual(reasons);
  stage.fast();
  await world.planIs(plan.id, 'done');
});

test('one that waits is not sent to a host that takes none any more: it goes elsewhere', async () => {
  await using world = await planWorld({ guests: 4 });
  const { stage, ids } = world;
  stage.slow();
  const { plan } = await stage.client().makePlan({ goal: { kind: 'drain', hosts: ['compute11'] } });
  await stage.client().askPlan(plan.id, 'apply');
  // While two use next to nothing of the port no third one's turn comes, however long it waits.
  const waiting = await until('two send, and one waits for its turn', async () => {
    const all = await stage.client().migrations();
    if (all.filter(({ status }) => status === 'running').length < 2) return null;
    const ready = all.filter(({ status }) => status === 'preparing');
    return ready.find(({ phase }) => phase.startsWith('waits for the port')) ?? null;
  });
  await stage.client().setHost(waiting.targetHost, { maintenance: { reason: 'new disks' } });
  const failed = await until('it was not sent', async () => {
    const one = await stage.client().migration(waiting.id);
    return one.finishedAt === null ? null : one;
  });
  expect(failed.error).toMatchObject({
    code: 'changed-meanwhile',
    message: expect.stringContaining(
      `${waiting.targetHost} takes no instance: it is in maintenance (new disks)`,
    ),
  });
  stage.fast();
  const ended = await world.planWhen(plan.id, 'has ended', ({ finishedAt }) => finishedAt !== null);
  const { host } = await stage.client().instance(waiting.instanceName);
  expect([waiting.targetHost, 'compute11'], `${host}; ${ended.problems.join('; ')}`).not.toContain(host);
  for (const id of ids) expect(stage.world.runners(id)).toHaveLength(1);
});
