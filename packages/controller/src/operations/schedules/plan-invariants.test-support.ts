import type { PlanRecord } from '@ferry/model';
import type { Store } from '../../store/store.ts';

/** Plans that go on; one that is paused waits for a person, and says why. */
export async function openPlans(store: Store): Promise<number> {
  const plans = await all(store);
  return plans.filter(({ state }) => state.kind === 'running' || state.kind === 'cancelling').length;
}

/**
 * What must be so of plans once all is healed: each has come to its end, or says what it waits for; whoever is still on a host
 * that one has emptied is named; and no step was done by two moves.
 */
export async function brokenPlans(store: Store): Promise<string[]> {
  const broken: string[] = [];
  // A move that waits for a person, or goes on, holds up its plan.
  const moves = await store.operations.unfinished();
  const instances = await store.instances.list();
  for (const plan of await all(store)) {
    const { state, goal } = plan;
    if (state.kind === 'running' && moves.length === 0)
      broken.push(`plan ${plan.id} does not come to its end: ${await told(store, plan)}`);
    if (goal.kind !== 'drain' || (state.kind !== 'done' && state.kind !== 'done-with-problems')) continue;
    const problems = state.kind === 'done' ? '' : state.problems.join('; ');
    for (const { name, hostId } of instances)
      if (goal.hostIds.includes(hostId) && !problems.includes(name))
        broken.push(
          `${name} is left on a host that plan ${plan.id} has emptied, and is not named: ${problems}`,
        );
  }
  return broken;
}

async function all(store: Store): Promise<readonly PlanRecord[]> {
  const page = await store.plans.page({}, { marker: null, limit: 100 });
  return page === 'no-marker' ? [] : page.entries;
}

async function told(store: Store, { id }: PlanRecord): Promise<string> {
  const steps = await store.plans.steps(id);
  return steps
    .map(({ number, action, state }) => `${number} ${action.kind} ${JSON.stringify(state)}`)
    .join('; ');
}
