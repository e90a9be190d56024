import {
  beginRehearsals,
  countRehearsals,
  extentOf,
  goalLeft,
  isActive,
  nextPlanState,
  outlineOf,
  overlapOf,
  type PlanEvent,
  type PlanGoal,
  type PlanRecord,
  replanSteps,
  stepReadiness,
  type StepRecord,
} from '@ferry/model';
import type { OpenPlan, PlanChange } from '../../store/operations/plan-store.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { makePlanApart } from './make-plan-apart.ts';
import { defaultPlanSettings } from './plan-context.ts';
import { type FleetReading, readFleet } from './read-fleet.ts';

/** So often a change is tried on what another one has changed meanwhile. */
const tries = 5;
/** Reasons of a refusal that are told. */
const maxTold = 10;

/** The plan, or the refusal that there is none. */
export async function findPlan({ store }: Services, id: string): Promise<PlanRecord> {
  const plan = await store.plans.byId(id);
  if (plan === null) throw new Refusal('plan-not-found', `There is no plan "${id}".`);
  return plan;
}

/**
 * From now on it is carried out. Refused when another plan has to do with the same hosts or guests, or when the fleet has
 * changed beyond what it was made for. Applied twice it is applied.
 */
export async function applyPlan(services: Services, id: string, by: string): Promise<PlanRecord> {
  const plan = await findPlan(services, id);
  const next = nextOf(plan, { kind: 'apply' });
  if (isActive(plan.state)) return plan;
  const steps = await services.store.plans.steps(id);
  const reading = await readFleet(services);
  requireFresh(plan, steps, reading);
  const nameOf = (known: string): string => reading.names.get(known) ?? known;
  const at = services.store.now();
  const change: PlanChange = {
    plan: { state: next },
    steps: steps.map((step) => ({
      ...step,
      state: { kind: 'waiting', because: 'not looked at yet', since: at },
    })),
    message: `applied by ${by}`,
  };
  const applied = await services.store.plans.apply(plan, change, (others) =>
    overlaps(plan, steps, others, nameOf),
  );
  if (applied === 'changed')
    throw new Refusal('plan-state', `Plan ${id} was changed while it was looked at; ask again.`);
  if (applied !== 'applied') throw new Refusal('plan-overlaps', applied.refused);
  return findPlan(services, id);
}

/** The fleet must be what the plan assumed: all that is not is told at once. */
function requireFresh(plan: PlanRecord, steps: readonly StepRecord[], reading: FleetReading): void {
  const { state, running } = reading;
  const asPlanned = { ...plan.outline, steps };
  const stale = steps
    .filter(({ after }) => after.length === 0)
    .flatMap((step) => {
      const ready = stepReadiness(step, asPlanned, state, running, plan.options);
      return ready.kind === 'stale' ? [`step ${step.number}: ${ready.because}`] : [];
    });
  const found = [...stale, ...newcomers(plan, steps, reading)];
  if (found.length === 0) return;
  const more = found.length > maxTold ? ` And ${found.length - maxTold} more.` : '';
  throw new Refusal(
    'plan-stale',
    `The fleet has changed since the plan was made at ${plan.outline.madeFrom}: ${found.slice(0, maxTold).join('; ')}.${more}`,
  );
}

/** Guests on hosts that are to be empty of whom the plan knows nothing. */
function newcomers(plan: PlanRecord, steps: readonly StepRecord[], { state, names }: FleetReading): string[] {
  const hosts = new Set(emptiedBy(plan.goal));
  const known = new Set([
    ...steps.flatMap(({ action }) => ('guestId' in action ? [action.guestId] : [])),
    ...plan.outline.blockers.flatMap(({ guestId }) => guestId ?? []),
    ...plan.outline.stays.map(({ guestId }) => guestId),
  ]);
  const blockedWhole = new Set(
    plan.outline.blockers.flatMap(({ guestId, hostId }) =>
      guestId === null && hostId !== null ? [hostId] : [],
    ),
  );
  return state.guests
    .filter(({ id, hostId }) => hosts.has(hostId) && !known.has(id) && !blockedWhole.has(hostId))
    .map(({ name, hostId }) => `${name} is on ${names.get(hostId) ?? hostId} and not in the plan`);
}

function emptiedBy(goal: PlanGoal): readonly string[] {
  if (goal.kind === 'drain' || goal.kind === 'upgrade') return goal.hostIds;
  return goal.kind === 'evacuate' ? [goal.hostId] : [];
}

function overlaps(
  plan: PlanRecord,
  steps: readonly StepRecord[],
  others: readonly OpenPlan[],
  nameOf: (id: string) => string,
): string | null {
  const own = extentOf(
    plan.goal,
    steps.map(({ action }) => action),
  );
  const found = others.flatMap((other) => {
    const theirs = extentOf(
      other.plan.goal,
      other.steps.map(({ action }) => action),
    );
    const overlap = overlapOf(theirs, own, nameOf);
    return overlap === null
      ? []
      : [`Plan ${other.plan.id} (${other.plan.goal.kind}, by ${other.plan.createdBy}) ${overlap}`];
  });
  return found.length === 0 ? null : `${found.join('. ')}.`;
}

/** Its moves are rehearsed, one at a time over each port; it is not carried out by that. */
export function rehearsePlan(services: Services, id: string, by: string): Promise<PlanRecord> {
  return changePlan(services, id, async (plan) => {
    const state = nextOf(plan, { kind: 'rehearse' });
    if (plan.state.kind === 'rehearsing') return { plan: { state } };
    const steps = beginRehearsals(await services.store.plans.steps(id));
    const begun = { by, begunAt: services.store.now(), finishedAt: null, passed: 0, failed: 0 };
    const rehearsal = { ...begun, ...countRehearsals(steps) };
    return { plan: { state, course: { ...plan.course, rehearsal } }, steps, message: `rehearsed by ${by}` };
  });
}

/** Nothing new of it is begun. */
export function pausePlan(services: Services, id: string, by: string): Promise<PlanRecord> {
  return changePlan(services, id, (plan) => {
    const state = nextOf(plan, { kind: 'pause', because: `paused by ${by}` });
    return { plan: { state }, message: `paused by ${by}` };
  });
}

/** It goes on, with as many tries as at first. */
export function resumePlan(services: Services, id: string, by: string): Promise<PlanRecord> {
  return changePlan(services, id, (plan) => {
    const state = nextOf(plan, { kind: 'resume' });
    const course = { ...plan.course, replansWithoutProgress: 0 };
    return { plan: { state, course }, message: `resumed by ${by}` };
  });
}

/** Nothing new of it is begun, what runs finishes or is aborted, and what has moved stays where it is. */
export function cancelPlan(
  services: Services,
  id: string,
  by: string,
  running: 'finish' | 'abort',
): Promise<PlanRecord> {
  return changePlan(services, id, (plan) => {
    const state = nextOf(plan, { kind: 'cancel', running });
    const finishedAt = state.kind === 'cancelled' ? services.store.now() : null;
    return { plan: { state, finishedAt }, message: `cancelled by ${by}` };
  });
}

/** A person's word for all steps that wait for one. */
export async function continuePlan(services: Services, id: string, by: string): Promise<PlanRecord> {
  return changePlan(services, id, async (plan) => {
    const steps = await services.store.plans.steps(id);
    const held = steps.filter(({ state }) => state.kind === 'held').map(({ number }) => number);
    if (held.length === 0 || plan.state.kind !== 'running')
      throw new Refusal(
        'plan-state',
        `No step of plan ${id}, which is ${plan.state.kind}, waits for a word.`,
      );
    const words = [...new Set([...plan.course.words, ...held])];
    return {
      plan: { course: { ...plan.course, words } },
      message: `step ${held.join(', ')}: the word of ${by}`,
    };
  });
}

/** Plans what was not begun anew, on the fleet as it is now. */
export async function replanPlan(services: Services, id: string, by: string): Promise<PlanRecord> {
  return changePlan(services, id, async (plan) => {
    if (plan.finishedAt !== null || plan.state.kind === 'cancelling')
      throw new Refusal('plan-state', `Plan ${id} is ${plan.state.kind}: make a new one.`);
    if (plan.state.kind === 'rehearsing')
      throw new Refusal(
        'plan-state',
        `The moves of plan ${id} are rehearsed: wait for their end, or cancel it.`,
      );
    const steps = await services.store.plans.steps(id);
    const { failures } = plan.course;
    const { maxFailures } = defaultPlanSettings;
    const ownMigrations = new Set(steps.flatMap(({ migrationId }) => migrationId ?? []));
    const { state } = await readFleet(services, { failures, maxFailures, ownMigrations });
    const made = {
      ...(await makePlanApart(state, goalLeft(plan.goal, steps), plan.options)),
      goal: plan.goal,
    };
    const at = services.store.now();
    const { changed } = replanSteps(steps, made, `asked for by ${by}`, at);
    return { plan: { outline: outlineOf(made) }, steps: changed, message: `planned anew by ${by}` };
  });
}

/** Forgets a plan for which nothing is to be done. */
export async function deletePlan(services: Services, id: string): Promise<PlanRecord> {
  const plan = await findPlan(services, id);
  if (!(await services.store.plans.remove(id)))
    throw new Refusal('plan-state', `Plan ${id} is ${plan.state.kind}: cancel it first.`);
  return plan;
}

function nextOf(plan: PlanRecord, event: PlanEvent): PlanRecord['state'] {
  const next = nextPlanState(plan.state, event);
  if (next.kind === 'state') return next.state;
  throw new Refusal('plan-state', `Plan ${plan.id} cannot be asked to ${event.kind}: ${next.because}.`);
}

/** Changes what was read; where another was faster, what that one has left. */
async function changePlan(
  services: Services,
  id: string,
  decide: (plan: PlanRecord) => PlanChange | Promise<PlanChange>,
): Promise<PlanRecord> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const plan = await findPlan(services, id);
    if (await services.store.plans.change(plan, await decide(plan))) return findPlan(services, id);
  }
  throw new Refusal('plan-state', `Plan ${id} changes at this moment; ask again.`);
}
