import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlanBody } from '@ferry/api';
import { type LabGuest, until } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

let world: LabWorld;
let hooks: string;
const guests: LabGuest[] = [];
const names = ['web', 'db', 'mail', 'log'];

beforeAll(async () => {
  hooks = mkdtempSync(join(tmpdir(), 'ferry-upgrade-'));
  // Says that it has begun, and ends when the host has been worked at.
  writeFileSync(
    join(hooks, 'upgrade'),
    `#!/bin/sh\ntouch ${hooks}/$FERRY_HOST.begun\nwhile [ ! -e ${hooks}/$FERRY_HOST.done ]; do sleep 0.1; done\n`,
    { mode: 0o700 },
  );
  world = await LabWorld.up('plans');
  await world.ferry.kill();
  await world.ferry.start('--definition-age', '1', '--upgrade-hook', join(hooks, 'upgrade'));
  for (const name of names)
    guests.push(
      await world.guest({
        name,
        host: 'compute11',
        storage: 'shared',
        memoryMib: 96,
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

/** Each runs once, on some host, and has never noticed. */
async function expectAllWell(where: (hosts: string[]) => void): Promise<void> {
  const hosts: string[] = [];
  for (const [index, name] of names.entries()) {
    const runs = await world.lab.runners(name);
    expect(runs).toHaveLength(1);
    hosts.push(...runs);
    expect(await guests[index]?.waitAlive()).toMatchObject({ bad: 0 });
  }
  where(hosts);
}

test('a host with four guests is emptied, all of them live, and they come home', {
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
