import { randomUUID } from 'node:crypto';
import type { NewPlanBody, PlanGoalBody } from '@ferry/api';
import {
  defaultPlanOptions,
  type FleetPlan,
  type Host,
  isActive,
  noCourse,
  outlineOf,
  type PlanGoal,
  type PlanOptions,
  type PlanRecord,
  type StepRecord,
} from '@ferry/model';
import { findInstance } from '../engine/find-instance.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { makePlanApart } from './make-plan-apart.ts';
import { readFleet } from './read-fleet.ts';

/** So many plans are kept; those that are over can be deleted. */
const maxPlans = 1_000;
/** So many of the last plans are looked through for what moved away from a host. */
const looked = 100;

/** A plan that is not kept yet. */
export interface PlanDraft {
  readonly goal: PlanGoal;
  readonly options: PlanOptions;
  readonly made: FleetPlan;
}

/** Makes a plan from the fleet as it is on record, and keeps it. Nothing is moved, and no host is asked. */
export async function makeFleetPlan(services: Services, body: NewPlanBody, by: string): Promise<PlanRecord> {
  return keepFleetPlan(services, await draftFleetPlan(services, body), by);
}

/** Makes a plan, and keeps nothing. */
export async function draftFleetPlan(services: Services, body: NewPlanBody): Promise<PlanDraft> {
  const goal = await planGoalOf(services, body.goal);
  const options = await optionsOf(services, body);
  const { state } = await readFleet(services);
  return { goal, options, made: await makePlanApart(state, goal, options) };
}

/** Keeps a plan as it was made. */
export async function keepFleetPlan(
  { store }: Services,
  { goal, options, made }: PlanDraft,
  by: string,
): Promise<PlanRecord> {
  const now = store.now();
  const plan: PlanRecord = {
    id: randomUUID(),
    goal,
    options,
    state: { kind: 'made' },
    outline: outlineOf(made),
    course: noCourse,
    revision: 1,
    createdBy: by,
    createdAt: now,
    updatedAt: now,
    finishedAt: null,
  };
  if ((await store.plans.add(plan, stepsOf(made, now), maxPlans)) === 'too-many')
    throw new Refusal('too-many-plans', `There are ${maxPlans} plans, which is as many as may be kept.`);
  return plan;
}

/** Steps of a plan that nobody has begun. */
function stepsOf({ steps }: FleetPlan, at: string): StepRecord[] {
  return steps.map((step) => ({
    ...step,
    state: { kind: 'waiting', because: 'the plan was not applied', since: at },
    migrationId: null,
  }));
}

/** The goal by ids; hosts and groups that are not there are refused. */
export async function planGoalOf({ store }: Services, goal: PlanGoalBody): Promise<PlanGoal> {
  const hosts = await store.hosts.list();
  switch (goal.kind) {
    case 'drain':
      return { kind: 'drain', hostIds: idsOf(hosts, goal.hosts) };
    case 'upgrade': {
      const inGroup = goal.group === undefined ? [] : await hostsInGroup(store, hosts, goal.group);
      const hostIds = [...new Set([...idsOf(hosts, goal.hosts ?? []), ...inGroup])];
      if (hostIds.length === 0)
        throw new Refusal('bad-request', 'An upgrade names hosts, or a group of hosts.');
      return { kind: 'upgrade', hostIds };
    }
    case 'offload':
      return { kind: 'offload', hostId: idOf(hosts, goal.host), below: goal.below };
    case 'balance': {
      const groups = goal.groups ?? [];
      for (const group of groups) await hostsInGroup(store, hosts, group);
      const { onContentionOnly = false, cooldownMs } = goal;
      return {
        kind: 'balance',
        groups,
        onContentionOnly,
        ...(cooldownMs === undefined ? {} : { cooldownMs }),
      };
    }
    case 'return': {
      const hostId = idOf(hosts, goal.host);
      return { kind: 'return', hostId, guestIds: await movedAway(store, hostId, goal.plan ?? null) };
    }
    case 'evacuate':
      return { kind: 'evacuate', hostId: idOf(hosts, goal.host) };
  }
}

/** All that are unknown at once. */
function idsOf(hosts: readonly Host[], names: readonly string[]): string[] {
  const found = names.map((name) => ({ name, host: hostNamed(hosts, name) }));
  const unknown = found.filter(({ host }) => host === null).map(({ name }) => `"${name}"`);
  if (unknown.length > 0)
    throw new Refusal('host-not-found', `There is no host ${unknown.join(', and none ')}.`);
  return [...new Set(found.flatMap(({ host }) => host?.id ?? []))];
}

function idOf(hosts: readonly Host[], name: string): string {
  return idsOf(hosts, [name])[0] ?? '';
}

function hostNamed(hosts: readonly Host[], name: string): Host | null {
  return hosts.find((host) => host.name === name) ?? hosts.find((host) => host.id === name) ?? null;
}

/** Hosts of an aggregate, or else of a zone, by name. */
async function hostsInGroup(
  store: Services['store'],
  hosts: readonly Host[],
  group: string,
): Promise<string[]> {
  const aggregate = (await store.aggregates.list()).find(({ name }) => name === group);
  const zones = await store.creations.zones();
  const inside = hosts.filter(({ id, name }) =>
    aggregate === undefined ? zones.of(id) === group : aggregate.hosts.includes(name),
  );
  if (inside.length === 0)
    throw new Refusal('bad-request', `There is no host in an aggregate or a zone "${group}".`);
  return inside.map(({ id }) => id);
}

/** Instances that a plan moved away from a host, or the last plans did, and that are elsewhere now. */
async function movedAway(store: Services['store'], hostId: string, planId: string | null): Promise<string[]> {
  const plans = planId === null ? await lastPlans(store) : [planId];
  const moved = new Set<string>();
  for (const id of plans)
    for (const { action, state } of await store.plans.steps(id)) {
      if (action.kind !== 'move' || state.kind !== 'done') continue;
      if (action.fromHostId === hostId) moved.add(action.guestId);
    }
  if (planId !== null && (await store.plans.byId(planId)) === null)
    throw new Refusal('plan-not-found', `There is no plan "${planId}".`);
  const there = moved.size === 0 ? [] : await store.instances.byIds([...moved]);
  return there.filter((instance) => instance.hostId !== hostId).map(({ id }) => id);
}

async function lastPlans(store: Services['store']): Promise<string[]> {
  const page = await store.plans.page({}, { marker: null, limit: looked });
  if (page === 'no-marker') return [];
  return page.entries.filter(({ state }) => state.kind !== 'made' && !isActive(state)).map(({ id }) => id);
}

async function optionsOf({ store }: Services, body: NewPlanBody): Promise<PlanOptions> {
  const ids = async (names: readonly string[] = []): Promise<string[]> => {
    const found: string[] = [];
    for (const name of names) found.push((await findInstance(store, name)).id);
    return found;
  };
  const { perSource, perTarget, perLink, fleet } = { ...defaultPlanOptions.limits, ...body.limits };
  return {
    order: body.order ?? defaultPlanOptions.order,
    limits: { perSource, perTarget, perLink, fleet },
    mayStop: await ids(body.mayStop),
    mayShutDown: await ids(body.mayShutDown),
    keepOneHostSpare: body.keepOneHostSpare ?? defaultPlanOptions.keepOneHostSpare,
    ...(body.hostsAtOnce === undefined ? {} : { hostsAtOnce: body.hostsAtOnce }),
    deadline: body.deadline ?? null,
    seed: defaultPlanOptions.seed,
  };
}
