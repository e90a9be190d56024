import type { ApiError, PlanDetailBody, PlanStepBody } from '@ferry/api';
import { describe, expect, test } from 'vitest';
import { type PlanWorld, planWorld } from './plan-world.ts';

const refusal = (work: Promise<unknown>): Promise<ApiError> =>
  work.then(
    () => {
      throw new Error('it was accepted');
    },
    (error: unknown) => error as ApiError,
  );

const moves = (steps: readonly PlanStepBody[]): PlanStepBody[] =>
  steps.filter(({ action }) => action.kind === 'move');
const hostsOf = async ({ stage }: PlanWorld): Promise<Record<string, string>> =>
  Object.fromEntries((await stage.client().instances()).map(({ name, host }) => [name, host]));
const drain = (world: PlanWorld, ...hosts: string[]): Promise<PlanDetailBody> =>
  world.stage.client('operator').makePlan({ goal: { kind: 'drain', hosts } });

describe('a drain', () => {
  test('is read, applied and done: each guest moves by its own migration, and the host is in maintenance', async () => {
    await using world = await planWorld({ guests: 4 });
    const { stage } = world;
    const made = await drain(world, 'compute11');
    expect(made.plan).toMatchObject({ state: 'made', goal: { kind: 'drain' }, problems: [] });
    expect(made.blockers).toEqual([]);
    expect(made.plan.totalMs).toBeGreaterThanOrEqual(made.plan.lowerBound.ms);
    expect(made.memory.map(({ host }) => host.name)).toContain('compute11');
    const before = await stage.client().planSteps(made.plan.id);
    expect(
      moves(before)
        .map(({ action }) => action.instance?.name ?? '')
        .toSorted(),
    ).toEqual(world.names);
    // Nothing is moved by a plan that was not applied.
    expect(await stage.client().migrations()).toEqual([]);
    await stage.client('operator').askPlan(made.plan.id, 'apply');
    const done = await world.planIs(made.plan.id, 'done');
    expect(done.finishedAt).not.toBeNull();
    expect(Object.values(await hostsOf(world))).not.toContain('compute11');
    const steps = await stage.client().planSteps(made.plan.id);
    expect(steps.map(({ state }) => state)).toEqual(steps.map(() => 'done'));
    const migrations = await stage.client().migrations();
    expect(migrations.map(({ id }) => id).toSorted()).toEqual(
      moves(steps)
        .map(({ migrationId }) => migrationId ?? '')
        .toSorted(),
    );
    expect((await stage.client().host('compute11')).host.maintenance).toMatchObject({
      by: `plan ${made.plan.id}`,
    });
    // Applied again it says so, and a second drain of it has nothing to do.
    expect((await refusal(stage.client().askPlan(made.plan.id, 'apply'))).code).toBe('plan-state');
    const again = await drain(world, 'compute11');
    expect(moves(await stage.client().planSteps(again.plan.id))).toEqual([]);
    await stage.client('operator').askPlan(again.plan.id, 'apply');
    await world.planIs(again.plan.id, 'done');
  });

  test('goes on where a controller was killed: no guest is moved twice, and none is forgotten', async () => {
    await using world = await planWorld({ guests: 5 });
    const { stage } = world;
    stage.slow();
    const { plan } = await drain(world, 'compute11');
    await stage.client().askPlan(plan.id, 'apply');
    await world.anyStep(plan.id, 'running');
    for (let kills = 0; kills < 3; kills += 1) {
      await stage.crash();
      await stage.start();
    }
    stage.fast();
    await world.planIs(plan.id, 'done');
    expect(Object.values(await hostsOf(world))).not.toContain('compute11');
    const of = (await stage.client().migrations()).map(({ instanceName }) => instanceName).toSorted();
    expect(of).toEqual(world.names);
    for (const id of world.ids) expect(stage.world.runners(id)).toHaveLength(1);
  });
});
