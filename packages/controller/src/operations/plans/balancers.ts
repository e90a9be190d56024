import {
  type Balancer,
  type BalancerSettings,
  type BalancerTurn,
  isActive,
  type PlanRecord,
  defaultBalancer,
} from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { applyPlan, deletePlan } from './change-plan.ts';
import { draftFleetPlan, keepFleetPlan, planGoalOf } from './make-fleet-plan.ts';

/** Each looks through the fleet again and again. */
const maxBalancers = 100;

/** Refuses one that is not there. */
export async function balancerNamed({ store }: Services, name: string): Promise<Balancer> {
  const all = await store.balancers.list();
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  const list = all.length === 0 ? 'none is set yet' : `there are: ${all.map((one) => one.name).join(', ')}`;
  throw new Refusal('balancer-not-found', `There is no balancer "${name}"; ${list}.`);
}

/** Sets a balancer; what is not given stays as it was. It looks at once. */
export async function setBalancer(
  services: Services,
  name: string,
  given: Partial<BalancerSettings>,
): Promise<Balancer> {
  const { store } = services;
  const before = (await store.balancers.list()).find((one) => one.name === name)?.settings ?? defaultBalancer;
  const settings: BalancerSettings = { ...before, ...given };
  await planGoalOf(services, goalOf(settings));
  if ((await store.balancers.set(name, settings, store.now(), maxBalancers)) === 'too-many')
    throw new Refusal('quota-exceeded', `There are ${maxBalancers} balancers, which is as many as may be.`);
  return balancerNamed(services, name);
}

/** It looks no more; plans that it made stay. */
export async function deleteBalancer(services: Services, name: string): Promise<Balancer> {
  const balancer = await balancerNamed(services, name);
  await services.store.balancers.remove(name);
  return balancer;
}

/** The turns of all whose time has come, one after the other; of several controllers one takes each. */
export async function takeTurns(services: Services): Promise<void> {
  const { store, log } = services;
  for (const balancer of await store.balancers.list()) {
    const now = store.now();
    const { mode, everyMs } = balancer.settings;
    if (mode === 'off' || balancer.dueAt > now) continue;
    if (!(await store.balancers.take(balancer, new Date(Date.parse(now) + everyMs).toISOString()))) continue;
    const turn = await takeTurn(services, balancer).catch((error: unknown): Omit<BalancerTurn, 'at'> => {
      // A refusal says what it is; of anything else the log has more.
      if (!(error instanceof Refusal)) log.warn({ err: error, balancer: balancer.name }, 'a balancer failed');
      const because = error instanceof Error ? error.message : String(error);
      return { kind: 'failed', because, planId: balancer.last?.planId ?? null };
    });
    await store.balancers.ended(balancer.name, { ...turn, at: now });
  }
}

async function takeTurn(
  services: Services,
  { name, settings, last }: Balancer,
): Promise<Omit<BalancerTurn, 'at'>> {
  const by = `balancer ${name}`;
  const former = last?.planId == null ? null : await services.store.plans.byId(last.planId);
  if (former !== null && isActive(former.state))
    return { kind: 'waits', because: `plan ${former.id} is ${former.state.kind}`, planId: former.id };
  const draft = await draftFleetPlan(services, { goal: goalOf(settings) });
  // What nobody has applied was made for a fleet that is no more.
  if (former?.state.kind === 'made' && former.createdBy === by) await deletePlan(services, former.id);
  const moves = draft.made.steps.length;
  if (moves === 0) return { kind: 'even', because: whyNone(draft.made.blockers), planId: null };
  const plan = await keepFleetPlan(services, draft, by);
  const because = `${moves} ${moves === 1 ? 'move' : 'moves'}: ${draft.made.steps[0]?.because ?? ''}`;
  if (settings.mode === 'propose') return { kind: 'proposed', because, planId: plan.id };
  return applied(services, plan, by, because);
}

/** One that is refused stays for a person to look at. */
async function applied(
  services: Services,
  plan: PlanRecord,
  by: string,
  because: string,
): Promise<Omit<BalancerTurn, 'at'>> {
  try {
    await applyPlan(services, plan.id, by);
    return { kind: 'applied', because, planId: plan.id };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: 'failed', because: error.message, planId: plan.id };
  }
}

function goalOf({ groups, onContentionOnly, cooldownMs }: BalancerSettings) {
  return { kind: 'balance' as const, groups: [...groups], onContentionOnly, cooldownMs };
}

function whyNone(blockers: readonly { readonly because: string }[]): string {
  return blockers.length === 0
    ? 'no move gains more than it costs'
    : blockers.map(({ because }) => because).join('; ');
}
