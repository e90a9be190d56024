import type { FleetPlan, PlanGoal, PlanOptions } from './fleet-plan.ts';
import { fleetRoom } from './fleet-room.ts';
import type { FleetState } from './fleet-state.ts';
import { orderTasks } from './order-tasks.ts';
import { planDrain } from './plan-drain.ts';
import { planBalance } from './plan-balance.ts';
import { planEvacuate } from './plan-evacuate.ts';
import { planOffload } from './plan-offload.ts';
import { planReturn } from './plan-return.ts';
import { planUpgrade } from './plan-upgrade.ts';
import { newDraft, type PlanDraft } from './plan-draft.ts';
import { writePlan } from './write-plan.ts';

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
