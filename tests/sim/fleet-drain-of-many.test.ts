import type { FerryClient, PlanBody } from '@ferry/api';
import { expect, test } from 'vitest';
import { Stage, until } from './world.ts';

const guests = Number(process.env['FERRY_GUESTS'] ?? 200);
const seed = Number(process.env['FERRY_SEED'] ?? 7);

/** One in twenty fails, by a generator that is the same for the same seed. */
function failing(): () => boolean {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 < 0.05;
  };
}

/** However long it takes: only the test's own patience ends it. */
async function endOf(client: FerryClient, id: string): Promise<PlanBody> {
  for (;;) {
    const { plan } = await client.plan(id);
    if (plan.finishedAt !== null) return plan;
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
  }
}

test('hundreds of guests leave a host although moves fail at random: each is elsewhere or named, and runs once', {
  tags: ['thorough'],
  timeout: 1_800_000,
}, async () => {
  await using stage = await Stage.open({ pollMs: 20 }, { planIntervalMs: 500, watchIntervalMs: 1_000 });
  const client = stage.client();
  // As large as hosts are that have so many guests.
  for (const host of stage.world.hosts.values()) Object.assign(host.facts, { cpus: 128 });
  await until('that is seen', async () =>
    (await client.hosts()).every(({ facts }) => facts?.cpus === 128) ? true : null,
  );
  const ids: string[] = [];
  for (let number = 0; number < guests; number += 1)
    ids.push(await stage.guest({ name: `vm-${number}`, directory: '/shared', memoryMiB: 4 }));
  const fails = failing();
  stage.world.faults.choose = (host, method) =>
    host === 'compute11' && method === 'migration.migrateToPeer' && fails() ? 'refuse' : null;
  const limits = { perSource: 16, perTarget: 16, perLink: 16, fleet: 32 };
  const begun = performance.now();
  const { plan } = await client.makePlan({ goal: { kind: 'drain', hosts: ['compute11'] }, limits });
  const made = performance.now();
  await client.askPlan(plan.id, 'apply');
  const ended = await endOf(client, plan.id);
  process.stdout.write(
    `${guests} guests: made in ${Math.round(made - begun)} ms, carried out in ${Math.round(performance.now() - made)} ms, ${ended.replans} times planned anew, ${ended.steps['failed'] ?? 0} failures\n`,
  );
  const left = (await client.instances({ host: 'compute11' })).map(({ name }) => name);
  for (const name of left) expect(ended.problems.join('\n')).toContain(name);
  expect(ended.state).toBe(left.length === 0 ? 'done' : 'done-with-problems');
  expect(ended.steps['failed'] ?? 0).toBeGreaterThan(0);
  for (const id of ids) expect(stage.world.runners(id)).toHaveLength(1);
});
