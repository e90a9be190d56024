import type { FleetPlan, PlanGoal, PlanOptions } from './fleet-plan.ts';
import { fleetRoom } from './fleet-room.ts';
import type { FleetState } from './fleet-state.ts';
import { orderTasks } from './order-tasks.ts';
import { planBalance } from './plan-balance.ts';
import { newDraft, type PlanDraft } from './plan-draft.ts';
import { planDrain, planEvacuate } from './plan-drain.ts';
import { planOffload } from './plan-offload.ts';
import { planReturn } from './plan-return.ts';
import { planUpgrade } from './plan-upgrade.ts';
import { writePlan } from './write-plan.ts';

/**
 * One transfer of memory a link: moves one after the other are done no later than side by side, and send less
 * (k·M/(C − D) against k·M/(C − k·D)). Six moves a host, so that the next ones are checked and prepared while one sends,
 * and a second one while a port is not used up.
 */
export const defaultPlanOptions: PlanOptions = {
  order: 'soonest-done',
  limits: { perSource: 6, perTarget: 6, perLink: 1, fleet: 64 },
  mayStop: [],
  mayShutDown: [],
  keepOneHostSpare: false,
  deadline: null,
  seed: 1,
};

/**
 * A plan that reaches a goal from a state of the fleet, as far as it can be reached: what cannot is in its blockers. The same
 * state, goal and options make the same plan. Of anything odd, unknown ids above all, it tells in blockers, and never throws.
 */
export function makePlan(state: FleetState, goal: PlanGoal, asked: PlanOptions): FleetPlan {
  const options = { ...asked, limits: atLeastOne(asked.limits) };
  const draft = newDraft(state, options);
  reach(draft, goal);
  const room = fleetRoom(draft.index);
  return writePlan(draft, goal, orderTasks(draft.tasks, { room, map: draft.map, options }));
}

/** A plan is reckoned with one move at once where a limit lets none run: whether any may now is asked when it is run. */
function atLeastOne({ perSource, perTarget, perLink, fleet }: PlanOptions['limits']): PlanOptions['limits'] {
  return { perSource: one(perSource), perTarget: one(perTarget), perLink: one(perLink), fleet: one(fleet) };
}

function reach(draft: PlanDraft, goal: PlanGoal): void {
  switch (goal.kind) {
    case 'drain':
      return planDrain(draft, goal.hostIds);
    case 'upgrade':
      return planUpgrade(draft, goal.hostIds);
    case 'offload':
      return planOffload(draft, goal.hostId, goal.below);
    case 'balance':
      return planBalance(draft, goal);
    case 'return':
      return planReturn(draft, goal.hostId, goal.guestIds);
    case 'evacuate':
      return planEvacuate(draft, goal.hostId);
  }
}

function one(limit: number): number {
  return limit >= 1 ? limit : 1;
}
