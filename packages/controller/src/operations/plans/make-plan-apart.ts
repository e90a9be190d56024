import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type FleetPlan, type FleetState, makePlan, type PlanGoal, type PlanOptions } from '@ferry/model';

/** Plans of fewer guests take less than what it takes to hand them to a thread. */
const fewGuests = 200;
/** More than the planner takes for the largest fleets that it is made for. */
const maxHeapMb = 2_048;

/** Makes a plan without holding up whatever else the controller does: leases are renewed while a large one is made. */
export async function makePlanApart(
  state: FleetState,
  goal: PlanGoal,
  options: PlanOptions,
): Promise<FleetPlan> {
  if (state.guests.length <= fewGuests) return makePlan(state, goal, options);
  const worker = new Worker(new URL('plan-worker.ts', import.meta.url), {
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
