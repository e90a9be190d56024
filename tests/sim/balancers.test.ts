import type { BalancerBody } from '@ferry/api';
import { expect, test } from 'vitest';
import { type PlanWorld, planWorld } from './plan-world.ts';
import { runFerry } from './run-ferry.ts';
import { until } from './world.ts';

/** Looks at loads and at balancers as often as it can. */
const quick = { loadIntervalMs: 20, planIntervalMs: 20 };
const cpusOf = { 'vm-01': 3, 'vm-02': 2, 'vm-03': 1, 'vm-04': 1 } as const;

/** Guests on the first of three hosts that keep so many of its eight processors busy. */
async function busyWorld(): Promise<PlanWorld> {
  const world = await planWorld({ guests: 4 });
  const { domains } = world.stage.world.host('compute11');
  for (const [index, cpus] of Object.values(cpusOf).entries()) {
    const domain = domains.get(world.ids[index] ?? '');
    if (domain !== undefined) domain.cpusUsed = cpus;
  }
  // The first look finds them as busy as they are.
  await world.stage.crash();
  await world.stage.start(quick);
  await until(
    () => 'the load of compute11 is on record',
    async () => {
      const { host } = await world.stage.client().host('compute11');
      return Math.round(host.load?.cpus ?? 0) === 7 ? host : null;
    },
  );
  return world;
}

async function looked({ stage }: PlanWorld, name: string, kind: string): Promise<BalancerBody> {
  let last: BalancerBody['last'] = null;
  return until(
    () => `the balancer ${name} has ${kind}: ${JSON.stringify(last)}`,
    async () => {
      const found = await stage.client().balancer(name);
      last = found.last;
      return last?.kind === kind ? found : null;
    },
  );
}

test('one that proposes makes a plan from what was used, and a new one in its place; nothing moves until a person applies it', async () => {
  await using world = await busyWorld();
  const { stage } = world;
  const client = stage.client('operator');
  await client.setBalancer('all', { mode: 'propose', everyMs: 10_000 });
  const first = (await looked(world, 'all', 'proposed')).last;
  const { load } = (await client.host('compute11')).host;
  expect([load?.hours?.length, Math.round(Math.max(...(load?.hours ?? []).map(Number)))]).toEqual([24, 7]);
  expect(first?.because).toMatch(/^\d moves?: compute11 uses .* of its processors and compute1[23] /);
  // Set again it looks again.
  await client.setBalancer('all', {});
  await until(
    () => 'another plan stands in place of the first',
    async () => ((await client.balancer('all')).last?.planId === first?.planId ? null : true),
  );
  const plans = await client.plans();
  expect(plans).toHaveLength(1);
  expect(plans[0]).toMatchObject({
    state: 'made',
    createdBy: 'balancer all',
    goal: { kind: 'balance' },
  });
  expect(await client.migrations()).toEqual([]);
});

test('one that acts evens out what processors do, lets alone what has just moved, and is off when it is told', async () => {
  await using world = await busyWorld();
  const { stage } = world;
  const shown = await runFerry(stage, ['balancer', 'set', 'all', '--mode', 'act', '--every', '5']);
  expect(shown).toMatchObject({ code: 0, out: expect.stringContaining('mode:       act') as string });
  const { last } = await looked(world, 'all', 'applied');
  await world.planIs(last?.planId ?? '', 'done');
  const hosts = new Map((await stage.client().instances()).map(({ name, host }) => [name, host]));
  const used = new Map<string, number>();
  for (const [name, cpus] of Object.entries(cpusOf))
    used.set(hosts.get(name) ?? '', (used.get(hosts.get(name) ?? '') ?? 0) + cpus);
  expect(Math.max(...used.values())).toBeLessThanOrEqual(4);
  const moved = (await stage.client().migrations()).length;
  // What is left could be evener by moves of guests that came just now.
  await stage.client('operator').setBalancer('all', {});
  await looked(world, 'all', 'even');
  expect((await stage.client().migrations()).length).toBe(moved);
  const list = await runFerry(stage, ['balancer', 'list']);
  expect(list.out).toMatch(/^NAME\s+MODE\s+HOSTS\s+LAST LOOK\nall\s+act\s+all\s+.*: even, /);
  expect((await runFerry(stage, ['balancer', 'set', 'all', '--mode', 'off'])).out).not.toContain('next look');
  expect((await runFerry(stage, ['balancer', 'delete', 'all'])).out).toBe('deleted: all\n');
  expect((await runFerry(stage, ['balancer', 'show', 'all'])).code).toBe(6);
});

test('groups that nobody is of are refused, and readers change nothing', async () => {
  await using world = await planWorld({ guests: 1 });
  const wrong = await runFerry(world.stage, ['balancer', 'set', 'x', '--group', 'nowhere']);
  expect(wrong.err).toContain('There is no host in an aggregate or a zone "nowhere"');
  await expect(world.stage.client('reader').setBalancer('x', {})).rejects.toMatchObject({ status: 403 });
  expect(await world.stage.client('reader').balancers()).toEqual([]);
});
