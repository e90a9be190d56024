import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type FleetPlan, type FleetState, makePlan, type PlanGoal, type PlanOptions } from '@ferry/model';

/** Plans of fewer guests take less than what it takes to hand them to a thread. */
const fewGuests = 200;
/** More than the planner takes for the largest fleets that it is made for. */
const maxHeapMb = 2_048;

const maxNamed = 100;

/** Makes a plan without holding up whatever else the controller does: leases are renewed while a large one is made. */
export async function makePlanApart(
  state: FleetState,
  goal: PlanGoal,
  options: PlanOptions,
): Promise<FleetPlan> {
  const few = state.guests.length <= fewGuests;
  return withNames(few ? makePlan(state, goal, options) : await inThread(state, goal, options), state);
}

/** Beside this file: as it is, or as the package has it (tools/package/bundle-ferry.ts). */
function workerUrl(): URL {
  const source = new URL('plan-worker.ts', import.meta.url);
  return import.meta.url.endsWith('.ts') ? source : new URL('plan-worker.js', import.meta.url);
}

async function inThread(state: FleetState, goal: PlanGoal, options: PlanOptions): Promise<FleetPlan> {
  const worker = new Worker(workerUrl(), {
    workerData: { state, goal, options },
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
  });
  try {
    // An error of the thread rejects.
    const [plan] = (await once(worker, 'message')) as [FleetPlan];
    return plan;
  } finally {
    await worker.terminate();
  }
}

/** What keeps a whole host is told with the names of those that it keeps. */
function withNames(plan: FleetPlan, { guests }: FleetState): FleetPlan {
  const blockers = plan.blockers.map((blocker) => {
    if (blocker.guestId !== null || blocker.hostId === null) return blocker;
    const names = guests.filter(({ hostId }) => hostId === blocker.hostId).map(({ name }) => name);
    const more = names.length > maxNamed ? ` and ${names.length - maxNamed} more` : '';
    const told = names.length === 0 ? '' : ` (${names.toSorted().slice(0, maxNamed).join(', ')}${more})`;
    return { ...blocker, because: `${blocker.because}${told}` };
  });
  return { ...plan, blockers };
}
