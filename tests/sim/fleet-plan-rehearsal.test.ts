import type { PlanDetailBody } from '@ferry/api';
import { expect, test } from 'vitest';
import { type PlanWorld, planWorld } from './plan-world.ts';
import { runFerry } from './run-ferry.ts';

const mebibyte = 1024 * 1024;
const options = { limits: { rehearsalBytes: mebibyte } };

const drain = ({ stage }: PlanWorld): Promise<PlanDetailBody> =>
  stage.client('operator').makePlan({ goal: { kind: 'drain', hosts: ['compute11'] } });

/** Each move with how its rehearsal went. */
async function rehearsals({ stage }: PlanWorld, id: string): Promise<[string, string, string[]][]> {
  const steps = await stage.client().planSteps(id);
  return steps.flatMap(({ action, rehearsal }) =>
    rehearsal === undefined
      ? []
      : [[action.instance?.name ?? '', rehearsal.state, rehearsal.problems.map(({ code }) => code)] as const],
  ) as [string, string, string[]][];
}

test('all moves of a plan are rehearsed, hosts are as before, and the plan can be carried out', async () => {
  await using world = await planWorld({ guests: 4, options });
  const { stage } = world;
  await stage.guest({ name: 'sleeper', directory: '/shared', state: 'shutoff' });
  const { plan } = await drain(world);
  const before = stage.hosts();
  const told = await runFerry(stage, ['plan', 'rehearse', plan.id, '--wait']);
  expect(told).toMatchObject({ code: 0 });
  expect(told.out).toContain('4 would get as far as the transfer, 0 would not, 1 left out');
  expect(told.out).toMatch(/not rehearsed: step \d+, sleeper to compute1\d: it moves cold/u);
  await stage.quiet();
  expect(stage.hosts()).toEqual(before);
  const found = await rehearsals(world, plan.id);
  expect(new Set(found.map(([name, state]) => `${name} ${state}`))).toEqual(
    new Set([...world.names.map((name) => `${name} ended`), 'sleeper left-out']),
  );
  const done = await stage.client().migrations({ kind: 'rehearsal' });
  expect(done).toHaveLength(4);
  // One at a time over the port of compute11: each began when the one before it had ended.
  const spans = done.map((one) => ({ begun: one.createdAt, ended: one.finishedAt ?? 'never' }));
  const overlapping = spans.filter((one) =>
    spans.some((other) => other !== one && other.begun <= one.begun && one.begun < other.ended),
  );
  expect(overlapping).toEqual([]);
  expect((await stage.client().host('compute11')).host.maintenance).toBeNull();
  expect((await stage.client().plan(plan.id)).plan).toMatchObject({
    state: 'made',
    rehearsal: { by: 'ferry-admin', passed: 4, failed: 0, leftOut: 1 },
  });
  await stage.client().askPlan(plan.id, 'apply');
  await world.planIs(plan.id, 'done');
});

test('what each move would fail by is told at once, of checks and of what was tried', async () => {
  await using world = await planWorld({ guests: 2, options });
  const { stage } = world;
  const { plan } = await drain(world);
  const [first = ''] = world.ids;
  const before = stage.hosts();
  // One is held back by a check, the other by what is tried on its target.
  const held = stage.world.host('compute11').domains.get(first);
  if (held === undefined) throw new Error('it is there');
  held.xml = held.xml.replace(
    '</devices>',
    "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/></source></hostdev></devices>",
  );
  stage.world.faults.plan('compute11', 'migration.migrateToPeer', 'refuse', 4);
  const told = await runFerry(stage, ['plan', 'rehearse', plan.id, '--wait']);
  expect(told.code).toBe(1);
  expect(told.out).toMatch(/WOULD FAIL: step \d+, vm-01 to .*: devices of the host are passed through: usb/u);
  expect(told.out).toMatch(/WOULD FAIL: step \d+, vm-02 to .*: send-memory: /u);
  held.xml = held.xml.replace(/<hostdev.*<\/hostdev>/u, '');
  await stage.quiet();
  expect(stage.hosts()).toEqual(before);
  const found = new Map((await rehearsals(world, plan.id)).map(([name, , codes]) => [name, codes]));
  expect(found.get('vm-01')).toContain('host-devices');
  expect(found.get('vm-02')?.length).toBeGreaterThan(0);
  expect((await stage.client().plan(plan.id)).plan).toMatchObject({ rehearsal: { passed: 0, failed: 2 } });
});

test('it goes on where controllers are killed: each move once, and nothing is left on any host', async () => {
  await using world = await planWorld({ guests: 3, options });
  const { stage } = world;
  const { plan } = await drain(world);
  const before = stage.hosts();
  await stage.client().askPlan(plan.id, 'rehearse');
  for (let kills = 0; kills < 4; kills += 1) {
    await world.planWhen(plan.id, 'is rehearsed', ({ state }) => state === 'rehearsing' || state === 'made');
    await stage.crash();
    await stage.start();
  }
  const ended = await world.planWhen(plan.id, 'was rehearsed', ({ state }) => state === 'made');
  expect(ended.rehearsal).toMatchObject({ passed: 3, failed: 0 });
  await stage.quiet();
  expect(stage.hosts()).toEqual(before);
  expect(await stage.client().migrations({ kind: 'rehearsal' })).toHaveLength(3);
});

test('while it goes on the plan is not carried out, planned anew or forgotten; cancelled, nothing of it is left', async () => {
  await using world = await planWorld({ guests: 3, options });
  const { stage } = world;
  const { plan } = await drain(world);
  const before = stage.hosts();
  stage.slow();
  await stage.client().askPlan(plan.id, 'rehearse');
  await world.stepWhen(plan.id, 'is rehearsed', ({ rehearsal }) => rehearsal?.state === 'running');
  const client = stage.client();
  await expect(client.askPlan(plan.id, 'apply')).rejects.toMatchObject({ code: 'plan-state' });
  await expect(client.askPlan(plan.id, 'replan')).rejects.toMatchObject({ code: 'plan-state' });
  await expect(client.deletePlan(plan.id)).rejects.toMatchObject({ code: 'plan-state' });
  await expect(stage.client('reader').askPlan(plan.id, 'rehearse')).rejects.toMatchObject({
    code: 'forbidden',
  });
  // Asked twice it is asked once.
  expect((await client.askPlan(plan.id, 'rehearse')).plan.state).toBe('rehearsing');
  await client.cancelPlan(plan.id, 'abort');
  await world.planIs(plan.id, 'cancelled');
  stage.fast();
  await stage.quiet();
  expect(stage.hosts()).toEqual(before);
  for (const id of world.ids) expect(await client.instance(id)).toMatchObject({ taskState: null });
});
