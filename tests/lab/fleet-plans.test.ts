import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostBody, PlanBody, PlanDetailBody } from '@ferry/api';
import { type LabGuest, until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;
let hooks: string;
const guests: LabGuest[] = [];
const guestMib = 96;
const names = ['web', 'db', 'mail', 'log', 'shop', 'wiki', 'build', 'dns'];

const serveOptions = (): string[] => ['--definition-age', '1', '--upgrade-hook', join(hooks, 'upgrade')];

beforeAll(async () => {
  hooks = mkdtempSync(join(tmpdir(), 'ferry-upgrade-'));
  // Says that it has begun, and ends when the host has been worked at.
  writeFileSync(
    join(hooks, 'upgrade'),
    `#!/bin/sh\ntouch ${hooks}/$FERRY_HOST.begun\nwhile [ ! -e ${hooks}/$FERRY_HOST.done ]; do sleep 0.1; done\n`,
    { mode: 0o700 },
  );
  world = await LabWorld.up('plans', 4);
  await world.ferry.kill();
  await world.ferry.start(...serveOptions(), '--load-interval', '0');
  for (const name of names)
    guests.push(
      await world.guest({
        name,
        host: 'compute11',
        storage: 'shared',
        memoryMib: guestMib,
        dirty: { mib: 8, mibPerSecond: 4 },
      }),
    );
});
afterAll(async () => {
  await world?.down();
  rmSync(hooks, { recursive: true, force: true });
});

async function ended(id: string): Promise<PlanBody> {
  return until('the end of the plan', 600_000, async () => {
    const { plan } = await world.client.plan(id);
    if (plan.state === 'paused') throw new Error(`it is paused: ${plan.reason}`);
    return plan.finishedAt === null ? null : plan;
  });
}

/** Where each runs, which is in one place. */
async function homes(): Promise<string[]> {
  const hosts: string[] = [];
  for (const name of names) {
    const runs = await world.lab.runners(name);
    expect(runs).toHaveLength(1);
    hosts.push(...runs);
  }
  return hosts;
}

function on(host: string, hosts: readonly string[]): number {
  return hosts.filter((name) => name === host).length;
}

/** Each runs once, on some host, and has never noticed. */
async function expectAllWell(where: (hosts: string[]) => void): Promise<void> {
  const hosts = await homes();
  for (const guest of guests) expect(await guest.waitAlive()).toMatchObject({ bad: 0 });
  where(hosts);
}

test('a host with eight guests is emptied, all of them live, and they come home', {
  tags: ['thorough'],
}, async () => {
  const first = await Promise.all(guests.map((guest) => guest.waitAlive()));
  const drain = await world.client.makePlan({ goal: { kind: 'drain', hosts: ['compute11'] } });
  expect(drain.blockers).toEqual([]);
  await world.client.askPlan(drain.plan.id, 'apply');
  expect(await ended(drain.plan.id)).toMatchObject({ state: 'done' });
  await expectAllWell((hosts) => expect(hosts).not.toContain('compute11'));
  // The same lives go on.
  const after = await Promise.all(guests.map((guest) => guest.waitAlive()));
  expect(after.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
  await world.client.setHost('compute11', { maintenance: null });
  const home = await world.client.makePlan({ goal: { kind: 'return', host: 'compute11' } });
  await world.client.askPlan(home.plan.id, 'apply');
  expect(await ended(home.plan.id)).toMatchObject({ state: 'done' });
  await expectAllWell((hosts) => expect(new Set(hosts)).toEqual(new Set(['compute11'])));
});

/** The host whose guests use most of its processors, once that is on record. */
async function busiestHost(): Promise<HostBody> {
  return until('a host is on record as busy', 120_000, async () => {
    const hosts = await world.client.hosts();
    const [most] = hosts.toSorted((one, other) => (other.load?.cpus ?? 0) - (one.load?.cpus ?? 0));
    return (most?.load?.cpus ?? 0) > 0.3 ? (most ?? null) : null;
  });
}

test('a balancer that acts spreads guests that keep one host busy, by what their processors did', {
  tags: ['thorough'],
}, async () => {
  for (const guest of guests) await guest.dirty(16, 100);
  // The first look finds them as busy as they are: a mean of a quarter of an hour begins with it.
  await world.ferry.kill();
  await world.ferry.start(...serveOptions(), '--load-interval', '1');
  expect((await busiestHost()).name).toBe('compute11');
  await world.client.setBalancer('all', { mode: 'act', everyMs: 10_000, cooldownMs: 0 });
  const { last } = await until('the balancer acts', 120_000, async () => {
    const found = await world.client.balancer('all');
    return found.last?.kind === 'applied' ? found : null;
  });
  await world.client.setBalancer('all', { mode: 'off' });
  expect(last?.because).toMatch(/^\d+ moves?: compute11 uses .* of its processors/);
  expect(await ended(last?.planId ?? '')).toMatchObject({ state: 'done' });
  await expectAllWell((hosts) => expect(on('compute11', hosts)).toBeLessThan(8));
});

test('a host is relieved of some guests, so that less than a share of its processors is used', {
  tags: ['thorough'],
}, async () => {
  const before = await homes();
  const host = before[0] ?? '';
  const offload = (below: number): Promise<PlanDetailBody> =>
    world.client.makePlan({ goal: { kind: 'offload', host, below } });
  // A plan for next to nothing tells what is used of it now.
  const all = await offload(0.001);
  const [first] = await world.client.planSteps(all.plan.id);
  const used = /and (\d+) % of its processors/.exec(first?.because ?? '')?.[1];
  await world.client.deletePlan(all.plan.id);
  const made = await offload(Number(used) / 200);
  expect(made.blockers).toEqual([]);
  await world.client.askPlan(made.plan.id, 'apply');
  expect(await ended(made.plan.id)).toMatchObject({ state: 'done' });
  for (const guest of guests) await guest.dirty(8, 4);
  await expectAllWell((hosts) => expect(on(host, hosts)).toBeLessThan(on(host, before)));
});

test('a rolling upgrade restarts the daemon of each host while nothing runs there, and every guest lives on', {
  tags: ['thorough'],
}, async () => {
  const first = await Promise.all(guests.map((guest) => guest.waitAlive()));
  const hosts = ['compute11', 'compute12', 'compute13'];
  const { plan } = await world.client.makePlan({ goal: { kind: 'upgrade', hosts } });
  await world.client.askPlan(plan.id, 'apply');
  const left = new Set(hosts);
  while (left.size > 0) {
    const host = await until('a hook has begun', 600_000, () =>
      Promise.resolve([...left].find((name) => existsSync(join(hooks, `${name}.begun`))) ?? null),
    );
    for (const name of names) expect(await world.lab.runners(name)).not.toContain(host);
    await world.host(host).libvirtd.restart();
    writeFileSync(join(hooks, `${host}.done`), '');
    left.delete(host);
  }
  expect(await ended(plan.id)).toMatchObject({ state: 'done' });
  await expectAllWell(() => undefined);
  const after = await Promise.all(guests.map((guest) => guest.waitAlive()));
  expect(after.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
  for (const { maintenance } of await world.client.hosts()) expect(maintenance).toBeNull();
});
