import { randomUUID } from 'node:crypto';
import {
  allRehearsed,
  hasEnded,
  isActive,
  nextPlanState,
  type PlanAction,
  type RunningMove,
  type StepReadiness,
  type StepRecord,
  stepReadiness,
} from '@ferry/model';
import type { FleetPart } from '../../store/instances/fleet-store.ts';
import { beginSteps } from './begin-steps.ts';
import { followSteps } from './follow-steps.ts';
import { endMaintenance, enterMaintenance } from './maintain.ts';
import { PlanBoard } from './plan-board.ts';
import type { PlanContext } from './plan-context.ts';
import { hasFailed, problemsOf, replan } from './replan.ts';
import { type FleetReading, readFleet } from './read-fleet.ts';
import { beginRehearsals, rehearsalRound } from './rehearse-plan.ts';
import { beginUpgrade, isUpgrade } from './upgrade-host.ts';

/**
 * One look at a plan that is carried out: what runs is followed, what can begin is begun, each other step says what it waits
 * for. All of it is decided from rows and from the fleet as it is now, so that it makes no difference who looks, or what came
 * before. What a step does is written down before it is begun, and its checks are nothing that the round waits for: a host
 * that is slow to answer holds up nobody else. True: something was begun or has ended.
 */
export async function planRound(context: PlanContext, planId: string): Promise<boolean> {
  const { store } = context.services;
  const plan = await store.plans.byId(planId);
  if (plan === null || !(isActive(plan.state) || plan.state.kind === 'rehearsing')) return false;
  const board = new PlanBoard(plan, await store.plans.steps(planId), store.now());
  const rehearsed = await rehearsalRound(context, board);
  if (plan.state.kind === 'rehearsing') {
    const found = board.change();
    if (found !== null && !(await store.plans.change(plan, found))) return true;
    beginRehearsals(context, board, rehearsed);
    return found !== null;
  }
  const lost = await followSteps(context, board);
  const reading = await readFleet(
    context.services,
    {
      failures: board.course.failures,
      maxFailures: context.settings.maxFailures,
      ownMigrations: new Set(
        board.steps.flatMap(({ state, migrationId }) =>
          state.kind === 'running' && migrationId !== null ? [migrationId] : [],
        ),
      ),
    },
    partOf(board),
  );
  const begun = board.state.kind === 'running' ? await look(context, board, reading) : [];
  if (board.state.kind === 'cancelling') dropRest(board);
  await conclude(context, board, begun.length + lost.length);
  const change = board.change();
  // Somebody has changed it since it was read: the next round sees it as it is.
  if (change !== null && !(await store.plans.change(plan, change))) return true;
  beginSteps(context, board, [...lost, ...begun]);
  return change !== null;
}

/** So many hosts and guests are asked for by name; of a plan with more all are read. */
const maxNamed = 5_000;

/** Hosts and guests that steps have to do with which have not ended: the rest of a large fleet need not be read each time. */
function partOf(board: PlanBoard): FleetPart | null {
  const hostIds = new Set<string>();
  const instanceIds = new Set<string>();
  for (const { action, state } of board.steps) {
    if (hasEnded(state)) continue;
    if ('guestId' in action) instanceIds.add(action.guestId);
    for (const id of action.kind === 'move' ? [action.fromHostId, action.toHostId] : [action.hostId])
      hostIds.add(id);
  }
  const named = hostIds.size + instanceIds.size;
  return hostIds.size > 0 && instanceIds.size > 0 && named <= maxNamed ? { hostIds, instanceIds } : null;
}

/** Decides on every step that has not begun; gives those that are to be begun, as they were written down. */
async function look(context: PlanContext, board: PlanBoard, reading: FleetReading): Promise<StepRecord[]> {
  const begun: StepRecord[] = [];
  const running: RunningMove[] = [...reading.running, ...beingBegun(board, reading)];
  const stale: string[] = [];
  // Once for all steps: nothing is dropped from the plan while it is looked through.
  const { asPlanned, plan } = board;
  for (const step of board.steps) {
    if (hasEnded(step.state) || step.state.kind === 'running') continue;
    const before = board.before(step);
    if (before === 'broken') stale.push(`step ${step.number} waits for one that was not done`);
    if (before !== 'ended') {
      if (before === 'open') board.set(step, waiting(`waits for ${stepsLeft(board, step)}`, board.at));
      continue;
    }
    const readiness = stepReadiness(step, asPlanned, reading.state, running, plan.options);
    if (readiness.kind === 'stale') stale.push(readiness.because);
    if (readiness.kind === 'ready') begun.push(...(await beginOne(context, board, step, running)));
    else tell(board, step, readiness);
    if (board.state.kind !== 'running') return begun;
  }
  // What failed is tried elsewhere once all else has begun: planning anew for each of many would hold up the others.
  const isLast = !board.steps.some(({ state }) => state.kind === 'waiting' || state.kind === 'held');
  if (stale.length > 0 || (isLast && hasFailed(board))) {
    const because = stale[0] ?? board.course.replannedBecause ?? 'a step failed';
    await replan(context, board, because, begun);
  }
  return begun;
}

/** Moves that are written down and not accepted yet: they take slots and room like those that are. */
function beingBegun(board: PlanBoard, { running }: FleetReading): RunningMove[] {
  const accepted = new Set(running.map(({ migrationId }) => migrationId));
  return board.steps.flatMap(({ action, state }) =>
    action.kind === 'move' &&
    state.kind === 'running' &&
    state.work.kind === 'migration' &&
    !accepted.has(state.work.id)
      ? [
          {
            guestId: action.guestId,
            fromHostId: action.fromHostId,
            toHostId: action.toHostId,
            phase: 'prepares',
          },
        ]
      : [],
  );
}

function stepsLeft(board: PlanBoard, { after }: StepRecord): string {
  const left = after.filter((number) => board.step(number)?.state.kind !== 'done');
  return `${left.length === 1 ? 'step' : 'steps'} ${left.slice(0, 5).join(', ')}${left.length > 5 ? ` and ${left.length - 5} more` : ''}`;
}

function waiting(because: string, since: string): StepRecord['state'] {
  return { kind: 'waiting', because, since };
}

function tell(
  board: PlanBoard,
  step: StepRecord,
  readiness: Exclude<StepReadiness, { kind: 'ready' }>,
): void {
  const { kind, because } = readiness;
  board.set(step, kind === 'done' ? { kind, because, at: board.at } : waiting(because, board.at));
}

/** Gives the step where something is to be begun for it after it is written down. */
async function beginOne(
  context: PlanContext,
  board: PlanBoard,
  step: StepRecord,
  running: RunningMove[],
): Promise<StepRecord[]> {
  const { action } = step;
  switch (action.kind) {
    case 'enter-maintenance':
      await enterMaintenance(context, board, step, action.hostId);
      return [];
    case 'leave-maintenance':
      await endMaintenance(context, board, action.hostId);
      board.set(step, { kind: 'done', because: 'it takes instances again', at: board.at });
      return [];
    case 'upgrade-host':
      if (isUpgrade(step)) await beginUpgrade(context, board, step);
      return [];
    case 'shut-down':
    case 'start':
      board.set(step, { kind: 'running', work: { kind: 'power' }, since: board.at });
      return [board.step(step.number) ?? step];
    case 'move':
      return [written(board, step, action, running)];
  }
}

function written(
  board: PlanBoard,
  step: StepRecord,
  { guestId, fromHostId, toHostId }: PlanAction & { kind: 'move' },
  running: RunningMove[],
): StepRecord {
  const id = randomUUID();
  board.set(step, { kind: 'running', work: { kind: 'migration', id }, since: board.at }, id);
  running.push({ guestId, fromHostId, toHostId, phase: 'prepares' });
  return board.step(step.number) ?? step;
}

/** What was not begun is not, once it is being cancelled. */
function dropRest(board: PlanBoard): void {
  for (const step of board.steps)
    if (step.state.kind === 'waiting' || step.state.kind === 'held')
      board.set(step, { kind: 'dropped', because: 'the plan was cancelled', at: board.at });
}

/** Where nothing runs or waits any more it is over: after one more look whether its goal is reached. */
async function conclude(context: PlanContext, board: PlanBoard, beginning: number): Promise<void> {
  const open = (): boolean => board.steps.some(({ state }) => !hasEnded(state)) || !allRehearsed(board.steps);
  if (beginning > 0 || open()) return;
  if (board.state.kind === 'cancelling') await givenBack(context, board);
  else if (board.state.kind !== 'running') return;
  else if (await replan(context, board, 'is the goal reached?', [])) return;
  if (open()) return;
  const problems = board.state.kind === 'running' ? problemsOf(board) : [];
  const next = nextPlanState(board.state, { kind: 'end', problems });
  if (next.kind === 'state') board.stateIs(next.state, next.state.kind);
}

/** Hosts that it has put into maintenance take instances again, unless something was begun on them. */
async function givenBack(context: PlanContext, board: PlanBoard): Promise<void> {
  for (const hostId of board.course.maintained) {
    const touched = board.steps.some(
      ({ action, state }) =>
        action.kind === 'upgrade-host' && action.hostId === hostId && state.kind !== 'dropped',
    );
    if (!touched) await endMaintenance(context, board, hostId);
  }
}
