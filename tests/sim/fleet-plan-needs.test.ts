import type { PlanDetailBody } from '@ferry/api';
import { expect, test } from 'vitest';
import { type PlanWorld, planWorld } from './plan-world.ts';
import { type Stage, until } from './world.ts';

/** Hosts and definitions are looked at all the time. */
const options = { loadIntervalMs: 20, definitionAgeMs: 20 };

const pool = { type: 'dir', active: true, autostart: true, directory: '/shared', source: '' };

/** Names a guest's disk by a pool in place of its path. */
function byPool({ stage }: PlanWorld, id: string): void {
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain === undefined) throw new Error('it is there');
  domain.xml = domain.xml
    .replace(/<disk type=['"]file['"]/, "<disk type='volume'")
    .replace(/<source file=['"]\/shared\/([^'"]*)['"]\/>/, "<source pool='vms' volume='$1'/>");
}

const addDevice = ({ stage }: PlanWorld, id: string, device: string): void => {
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain !== undefined) domain.xml = domain.xml.replace('</devices>', `${device}</devices>`);
};

/** Hosts that the moves of a plan go to. */
async function movesTo(stage: Stage, planId: string): Promise<string[]> {
  const steps = await stage.client().planSteps(planId);
  return steps.flatMap(({ action }) => (action.kind === 'move' ? [action.target?.name ?? ''] : []));
}

/** A drain as it is planned once what is asked of it is known. */
function drained(
  world: PlanWorld,
  what: string,
  when: (plan: PlanDetailBody) => boolean,
): Promise<PlanDetailBody> {
  let last: unknown = null;
  return until(
    () => `a drain that ${what}; it is ${JSON.stringify(last)}`,
    async () => {
      const plan = await world.stage.client().makePlan({ goal: { kind: 'drain', hosts: ['compute11'] } });
      last = [plan.blockers, await world.stage.client().planSteps(plan.plan.id)];
      return when(plan) ? plan : null;
    },
  );
}

test('a guest whose disk is in a pool goes to the one host that has the pool, and nowhere else', async () => {
  await using world = await planWorld({ guests: 4, options });
  const { stage } = world;
  for (const host of ['compute11', 'compute13']) stage.world.host(host).pools.set('vms', { ...pool });
  for (const id of world.ids) byPool(world, id);
  const { plan } = await until('a drain to compute13 alone', async () => {
    const made = await stage.client().makePlan({ goal: { kind: 'drain', hosts: ['compute11'] } });
    return (await movesTo(stage, made.plan.id)).every((host) => host === 'compute13') ? made : null;
  });
  expect(await movesTo(stage, plan.id)).toHaveLength(4);
  await stage.client().askPlan(plan.id, 'apply');
  const done = await world.planIs(plan.id, 'done', 'paused');
  expect(done).toMatchObject({ state: 'done', problems: [], replans: 0 });
  const instances = await stage.client().instances();
  expect(new Set(instances.map(({ host }) => host))).toEqual(new Set(['compute13']));
});

test('a pool that no other host has is told for all guests at once, with the remedy, before anything begins', async () => {
  await using world = await planWorld({ guests: 2, options });
  world.stage.world.host('compute11').pools.set('vms', { ...pool });
  for (const id of world.ids) byPool(world, id);
  const made = await drained(world, 'has no place for both', ({ blockers }) => blockers.length === 2);
  for (const { because, remedies } of made.blockers) {
    expect(because).toContain('has no place: 2 hosts: pool vms (dir /shared) is missing');
    expect(remedies.join(' ')).toContain('--define-pools');
  }
  expect(await world.stage.client().migrations()).toEqual([]);
  // Given the word that Ferry may define it there, they have a place.
  await world.stage.client().setHost('compute12', { definePools: true });
  await drained(world, 'has a place for both', ({ blockers }) => blockers.length === 0);
});

test('what its definition keeps where it is, and devices that no other host has, are blockers with their remedies', async () => {
  await using world = await planWorld({ guests: 2, options });
  const { stage } = world;
  const [usb = '', pci = ''] = world.ids;
  addDevice(world, usb, "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/></source></hostdev>");
  addDevice(
    world,
    pci,
    "<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='0x3b' slot='0' function='0'/></source></hostdev>",
  );
  const card = new Map([['0000:3b:00.0', 'NVIDIA A100']]);
  for (const host of ['compute11', 'compute12'])
    stage.world.host(host).hardware = { ...stage.world.host(host).hardware, devices: card };
  const told = await drained(world, 'tells of both', ({ blockers }) =>
    blockers.some(({ because }) => because.includes('nothing compares devices of that kind')),
  );
  expect(new Set(told.blockers.map(({ instance }) => instance?.name))).toEqual(new Set(world.names));
  expect(told.blockers.flatMap(({ remedies }) => remedies).join(' ')).toContain('virsh detach-device');
  // Stopped by its name it goes where the device is.
  let last: unknown = null;
  await until(
    () => `a place by its name; there is ${JSON.stringify(last)}`,
    async () => {
      const { plan, blockers } = await stage.client().makePlan({
        goal: { kind: 'drain', hosts: ['compute11'] },
        mayStop: [world.names[1] ?? ''],
      });
      const targets = await movesTo(stage, plan.id);
      last = [targets, blockers];
      return targets.join() === 'compute12' ? true : null;
    },
  );
});
