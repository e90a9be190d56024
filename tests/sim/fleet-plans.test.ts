import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiError, PlanDetailBody, PlanStepBody } from '@ferry/api';
import { writeDownStep } from '@ferry/controller/test-database';
import { powerOff } from '@ferry/hypervisor/simulated';
import { describe, expect, test } from 'vitest';
import { type PlanWorld, planWorld } from './plan-world.ts';
import { until } from './world.ts';

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

test('a guest that was off when it was planned, and that its owner has started, is not stopped: it goes live', async () => {
  await using world = await planWorld({ guests: 1 });
  const { stage } = world;
  const id = await stage.guest({ name: 'sleeper', directory: '/shared', state: 'shutoff' });
  const { plan } = await drain(world, 'compute11');
  const planned = moves(await stage.client().planSteps(plan.id));
  expect(planned.find(({ action }) => action.instance?.name === 'sleeper')?.action.how).toBe('cold');
  // On the host alone: the record says that it is off.
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain === undefined) throw new Error('it is there');
  domain.state = 'running';
  let wasOff = false;
  stage.world.faults.afterwards = () => {
    if (stage.world.runners(id).length === 0) wasOff = true;
  };
  await stage.client().askPlan(plan.id, 'apply');
  await world.stepWhen(
    plan.id,
    'says why it waits',
    ({ reason }) => reason?.includes('is not stopped for it') === true,
  );
  // Once its host is looked at, the record is right, and the rest is planned anew.
  await stage.crash();
  await stage.start({ watchIntervalMs: 20 });
  await world.planIs(plan.id, 'done');
  expect(Object.values(await hostsOf(world))).not.toContain('compute11');
  expect(wasOff).toBe(false);
  expect(stage.world.runners(id)).toHaveLength(1);
});

test('a controller that is killed between a step’s row and its move begins that move by the same id, once', async () => {
  await using world = await planWorld({ guests: 1 });
  const { stage } = world;
  const { plan } = await drain(world, 'compute11');
  const [first] = moves(await stage.client().planSteps(plan.id));
  await stage.crash();
  const written = '22222222-2222-4222-8222-222222222222';
  await writeDownStep(stage.database, plan.id, first?.number ?? 0, written);
  await stage.start();
  await world.planIs(plan.id, 'done');
  expect((await stage.client().migrations()).map(({ id }) => id)).toEqual([written]);
});

describe('a plan that is carried out', () => {
  test('is paused, resumed and cancelled: what runs finishes, nothing new begins, what has moved stays', async () => {
    await using world = await planWorld({ guests: 12 });
    const { stage } = world;
    stage.slow();
    const { plan } = await drain(world, 'compute11');
    await stage.client().askPlan(plan.id, 'apply');
    await world.stepWhen(plan.id, 'sends', ({ progressPercent }) => progressPercent !== null);
    expect((await stage.client().askPlan(plan.id, 'pause')).plan).toMatchObject({
      state: 'paused',
      reason: 'paused by ferry-admin',
    });
    // Those that were begun before are checked beside it.
    const begun =
      (await world.planWhen(plan.id, 'has begun what it was to', () => true)).steps['running'] ?? 0;
    await until('all of them are accepted', async () =>
      (await stage.client().migrations()).length === begun ? true : null,
    );
    stage.fast();
    for (const { id } of await stage.client().migrations()) await stage.over(id);
    await world.planWhen(plan.id, 'has seen them end', ({ steps }) => (steps['running'] ?? 0) === 0);
    expect((await stage.client().migrations()).length).toBe(begun);
    stage.slow();
    await stage.client().askPlan(plan.id, 'resume');
    await world.anyStep(plan.id, 'running');
    expect((await stage.client().cancelPlan(plan.id)).plan.state).toBe('cancelling');
    stage.fast();
    await world.planIs(plan.id, 'cancelled');
    const steps = await stage.client().planSteps(plan.id);
    expect(new Set(steps.map(({ state }) => state))).toEqual(new Set(['done', 'dropped']));
    // The host is given back: it takes instances again.
    expect((await stage.client().host('compute11')).host.maintenance).toBeNull();
    expect((await refusal(stage.client().askPlan(plan.id, 'resume'))).code).toBe('plan-state');
  });

  test('that is cancelled with its moves aborted leaves each guest running at its source', async () => {
    await using world = await planWorld({ guests: 2 });
    const { stage } = world;
    stage.slow();
    const { plan } = await drain(world, 'compute11');
    await stage.client().askPlan(plan.id, 'apply');
    for (const id of world.ids) await stage.sending(id);
    await stage.client().cancelPlan(plan.id, 'abort');
    await world.planIs(plan.id, 'cancelled');
    stage.fast();
    for (const id of world.ids) expect(stage.world.runners(id)).toEqual(['compute11']);
  });

  test('finds a host lost in the middle: the rest goes elsewhere', async () => {
    await using world = await planWorld({ guests: 6, options: { watchIntervalMs: 20 } });
    const { stage } = world;
    stage.slow();
    const { plan } = await drain(world, 'compute11');
    await stage.client().askPlan(plan.id, 'apply');
    await world.stepWhen(plan.id, 'sends', ({ progressPercent }) => progressPercent !== null);
    powerOff(stage.world.host('compute13'));
    stage.fast();
    const { plan: ended } = {
      plan: await world.planWhen(plan.id, 'ends', ({ finishedAt }) => finishedAt !== null),
    };
    expect(ended.replans).toBeGreaterThan(0);
    const left = (await stage.client().instances({ host: 'compute11' })).map(({ name }) => name);
    // Whoever was on the way to it may be in question; nobody else stays.
    for (const name of left) expect(ended.problems.join('\n')).toContain(name);
    expect((await stage.client().instances({ host: 'compute12' })).length).toBeGreaterThanOrEqual(3);
    for (const id of world.ids) expect(stage.world.runners(id).length).toBeLessThanOrEqual(1);
  });

  test('finds a guest that was moved by hand: it is done or planned anew, and never moved back', async () => {
    await using world = await planWorld({ guests: 10 });
    const { stage } = world;
    stage.slow();
    const { plan } = await drain(world, 'compute11');
    await stage.client().askPlan(plan.id, 'apply');
    await world.anyStep(plan.id, 'running');
    const waiting = (await stage.client().planSteps(plan.id)).filter(({ state }) => state === 'waiting');
    const [first] = waiting;
    const name = first?.action.instance?.name ?? '';
    const other = first?.action.target?.name === 'compute12' ? 'compute13' : 'compute12';
    const { id } = await stage.client('operator').migrate(name, { kind: 'live-migration', host: other });
    stage.fast();
    await stage.over(id);
    await world.planIs(plan.id, 'done');
    expect(Object.values(await hostsOf(world))).not.toContain('compute11');
    expect((await stage.client().migrations({ instance: name })).map((one) => one.id)).toEqual([id]);
  });

  test('a move that fails is tried once on another host, then named; the others go on', async () => {
    await using world = await planWorld({ guests: 3 });
    const { stage } = world;
    const victim = world.ids[0] ?? '';
    stage.world.faults.plan('compute11', 'migration.migrateToPeer', 'refuse', 1_000);
    const { plan } = await drain(world, 'compute11');
    await stage.client().askPlan(plan.id, 'apply');
    const ended = await world.planIs(plan.id, 'done-with-problems');
    expect(ended.problems).toHaveLength(3);
    expect(ended.problems.join()).toContain('vm-01');
    const tried = (await stage.client().migrations({ instance: victim })).map(({ targetHost }) => targetHost);
    expect(tried.toSorted()).toEqual(['compute12', 'compute13']);
    for (const id of world.ids) expect(stage.world.runners(id)).toEqual(['compute11']);
  });
});

test('a move that failed once is done on another host by the plan that was made anew', async () => {
  await using world = await planWorld({ guests: 2 });
  const { stage } = world;
  stage.world.faults.plan('compute11', 'migration.migrateToPeer', 'refuse');
  const { plan } = await drain(world, 'compute11');
  await stage.client().askPlan(plan.id, 'apply');
  const ended = await world.planIs(plan.id, 'done');
  expect(ended).toMatchObject({ replans: 1, steps: { failed: 1 } });
  const moved = await stage.client().migrations();
  const failed = moved.find(({ status }) => status !== 'completed');
  const again = moved.filter(({ instanceId }) => instanceId === failed?.instanceId);
  expect(new Set(again.map(({ targetHost }) => targetHost)).size).toBe(2);
  expect((await stage.client().instances({ host: 'compute11' })).length).toBe(0);
});

describe('an upgrade', () => {
  test('waits for a person’s word at each host, sees it back, and fills it again before the next one', async () => {
    await using world = await planWorld({ guests: 3 });
    const { stage } = world;
    const { plan } = await stage
      .client()
      .makePlan({ goal: { kind: 'upgrade', hosts: ['compute11', 'compute12'] } });
    await stage.client().askPlan(plan.id, 'apply');
    for (let turn = 0; turn < 2; turn += 1) {
      const held = await world.anyStep(plan.id, 'held');
      expect(held.reason).toContain(`ferry plan continue ${plan.id}`);
      const name = held.action.host.name;
      expect((await stage.client().instances({ host: name, power: 'running' })).length).toBe(0);
      expect((await stage.client().host(name)).host.maintenance).not.toBeNull();
      await stage.client().askPlan(plan.id, 'continue');
      await world.stepWhen(
        plan.id,
        `${name} is upgraded`,
        ({ action, state }) =>
          action.kind === 'leave-maintenance' && action.host.name === name && state === 'done',
      );
    }
    await world.planIs(plan.id, 'done');
    for (const { maintenance } of await stage.client().hosts()) expect(maintenance).toBeNull();
    for (const id of world.ids) expect(stage.world.runners(id)).toHaveLength(1);
    expect((await refusal(stage.client().askPlan(plan.id, 'continue'))).code).toBe('plan-state');
  });

  test('by a hook stops at the first host that does not come through it, tells its words, and goes on when resumed', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ferry-hook-'));
    const hook = join(directory, 'upgrade');
    const log = join(directory, 'log');
    const write = (end: string): void =>
      writeFileSync(hook, `#!/bin/sh\necho "$FERRY_HOST" >> ${log}\n${end}\n`, { mode: 0o700 });
    write('echo no mirror; exit 3');
    await using world = await planWorld({ guests: 2, options: { upgradeHook: hook } });
    const { stage } = world;
    const { plan } = await stage
      .client()
      .makePlan({ goal: { kind: 'upgrade', hosts: ['compute11', 'compute12'] } });
    await stage.client().askPlan(plan.id, 'apply');
    const paused = await world.planIs(plan.id, 'paused');
    expect(paused.reason).toMatch(/the hook of step \d+ ended with 3\. It says: no mirror/);
    expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(1);
    write('exit 0');
    await stage.client().askPlan(plan.id, 'resume');
    await world.planIs(plan.id, 'done');
    const ran = readFileSync(log, 'utf8').trim().split('\n');
    expect(ran).toHaveLength(3);
    expect(new Set(ran)).toEqual(new Set(['compute11', 'compute12']));
    rmSync(directory, { recursive: true });
  });
});

test('what a plan moved away comes home by another, and a plan is drawn', async () => {
  await using world = await planWorld({ guests: 3 });
  const { stage } = world;
  const away = await drain(world, 'compute11');
  await stage.client().askPlan(away.plan.id, 'apply');
  await world.planIs(away.plan.id, 'done');
  await stage.client().setHost('compute11', { maintenance: null });
  const home = await stage.client().makePlan({ goal: { kind: 'return', host: 'compute11' } });
  expect(home.blockers).toEqual([]);
  expect(await stage.client().planChart(home.plan.id)).toMatch(/^<svg .*vm-01/s);
  await stage.client().askPlan(home.plan.id, 'apply');
  await world.planIs(home.plan.id, 'done');
  expect((await stage.client().instances({ host: 'compute11' })).length).toBe(3);
});

test('an evacuation starts elsewhere what ran on a host that is known to be off, and names what cannot', async () => {
  await using world = await planWorld({ guests: 2, options: { watchIntervalMs: 20, definitionAgeMs: 20 } });
  const { stage } = world;
  await stage.guest({ name: 'local', directory: '/images' });
  await until('all definitions were read, and their directories seen', async () => {
    const { plan, blockers } = await stage
      .client()
      .makePlan({ goal: { kind: 'drain', hosts: ['compute11'] } });
    await stage.client().deletePlan(plan.id);
    const seen = stage.world.faults.calls.filter(
      (call) => call === 'compute11 storage.ensureNoProbeFile',
    ).length;
    return blockers.length === 0 && seen > 6 ? true : null;
  });
  powerOff(stage.world.host('compute11'));
  await until('it is seen to be down', async () =>
    (await stage.client().hosts({ state: 'down' })).length === 1 ? true : null,
  );
  const { plan } = await stage.client().makePlan({ goal: { kind: 'evacuate', host: 'compute11' } });
  await stage.client().fenceHost('compute11', { poweredOff: true });
  await stage.client().askPlan(plan.id, 'apply');
  const ended = await world.planIs(plan.id, 'done-with-problems');
  expect(ended.problems.join()).toContain('local');
  for (const id of world.ids) expect(stage.world.runners(id)).toHaveLength(1);
  const migrations = await stage.client().migrations();
  expect(new Set(migrations.map(({ kind }) => kind))).toEqual(new Set(['evacuation']));
  expect(migrations).toHaveLength(2);
});

describe('what is refused or named', () => {
  test('hosts that nobody knows, all at once; all hosts in one plan block, with what would help', async () => {
    await using world = await planWorld({ guests: 2 });
    const unknown = await refusal(drain(world, 'nowhere', 'compute11', 'neverland'));
    expect(unknown).toMatchObject({ code: 'host-not-found' });
    expect(unknown.message).toContain('"nowhere", and none "neverland"');
    const all = await drain(world, 'compute11', 'compute12', 'compute13');
    expect(all.blockers.length).toBeGreaterThan(0);
    expect(all.blockers[0]?.remedies.length).toBeGreaterThan(0);
    await world.stage.client().askPlan(all.plan.id, 'apply');
    await world.planIs(all.plan.id, 'done-with-problems');
    expect(await world.stage.client().migrations()).toEqual([]);
  });

  test('a guest that has no place stays, runs, and is named with the numbers; the others leave', async () => {
    await using world = await planWorld({ guests: 2 });
    const { stage } = world;
    await stage.guest({ name: 'huge', directory: '/shared', memoryMiB: 1_000_000 });
    const made = await drain(world, 'compute11');
    expect(made.blockers.map(({ instance }) => instance?.name)).toEqual(['huge']);
    await stage.client().askPlan(made.plan.id, 'apply');
    const ended = await world.planIs(made.plan.id, 'done-with-problems');
    expect(ended.problems.join()).toContain('huge');
    expect(await hostsOf(world)).toMatchObject({ huge: 'compute11' });
    expect((await stage.client().instance('huge')).powerState).toBe('running');
  });

  test('a plan that empties a host which another one fills is refused with that one’s name, until it has ended', async () => {
    await using world = await planWorld({ guests: 2 });
    const { stage } = world;
    stage.slow();
    const one = await drain(world, 'compute11');
    await stage.guest({ name: 'other', host: 'compute12', directory: '/shared' });
    const two = await drain(world, 'compute12');
    await stage.client().askPlan(one.plan.id, 'apply');
    const refused = await refusal(stage.client().askPlan(two.plan.id, 'apply'));
    expect(refused.code).toBe('plan-overlaps');
    expect(refused.message).toContain(
      `Plan ${one.plan.id} (drain, by ferry-operator) has to do with compute12`,
    );
    expect((await refusal(stage.client().deletePlan(one.plan.id))).code).toBe('plan-state');
    stage.fast();
    await world.planIs(one.plan.id, 'done');
    await stage.client().askPlan(two.plan.id, 'replan');
    expect((await stage.client().askPlan(two.plan.id, 'apply')).plan.state).toBe('running');
  });

  test('a plan is refused when the fleet has changed since it was made, with what has; planned anew it goes', async () => {
    await using world = await planWorld({ guests: 2 });
    const { stage } = world;
    const { plan } = await drain(world, 'compute11');
    await stage.guest({ name: 'late', directory: '/shared' });
    const stale = await refusal(stage.client().askPlan(plan.id, 'apply'));
    expect(stale).toMatchObject({ code: 'plan-stale' });
    expect(stale.message).toContain('late is on compute11 and not in the plan');
    await stage.client().askPlan(plan.id, 'replan');
    await stage.client().askPlan(plan.id, 'apply');
    await world.planIs(plan.id, 'done');
    expect(Object.values(await hostsOf(world))).not.toContain('compute11');
  });

  test('readers read plans, operators make and apply them, and what evacuates or upgrades needs an admin', async () => {
    await using world = await planWorld({ guests: 1 });
    const { stage } = world;
    const { plan } = await drain(world, 'compute11');
    const reader = stage.client('reader');
    expect((await reader.plans()).map(({ id }) => id)).toEqual([plan.id]);
    expect((await refusal(reader.askPlan(plan.id, 'apply'))).code).toBe('forbidden');
    expect((await refusal(reader.makePlan({ goal: { kind: 'drain', hosts: ['compute11'] } }))).code).toBe(
      'forbidden',
    );
    const upgrade = await stage
      .client('operator')
      .makePlan({ goal: { kind: 'upgrade', hosts: ['compute11'] } });
    expect((await refusal(stage.client('operator').askPlan(upgrade.plan.id, 'apply'))).code).toBe(
      'forbidden',
    );
  });
});
