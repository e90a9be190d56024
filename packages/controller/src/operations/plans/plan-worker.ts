import { parentPort, workerData } from 'node:worker_threads';
import { type FleetState, makePlan, type PlanGoal, type PlanOptions } from '@ferry/model';

// A thread of its own: what is made here takes seconds for large fleets, and the controller has others to answer meanwhile.
const { state, goal, options } = workerData as {
  readonly state: FleetState;
  readonly goal: PlanGoal;
  readonly options: PlanOptions;
};
// A port of a thread, which has no origin.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage(makePlan(state, goal, options));
