import { randomUUID } from 'node:crypto';
import {
  allRehearsed,
  countRehearsals,
  type Migration,
  nextPlanState,
  nextRehearsals,
  rehearsalOfRefusal,
  type RehearsalProblem,
  type StepRecord,
  type StepRehearsal,
} from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import { moveRequest } from '../move/move-request.ts';
import { submitRehearsal } from '../rehearse/submit-rehearsal.ts';
import { abortMoveOfPlan } from './abort-move-of-plan.ts';
import { companions } from './companions.ts';
import type { PlanBoard } from './plan-board.ts';
import type { PlanContext } from './plan-context.ts';
import { rewriteStep } from './rewrite-step.ts';

/**
 * One look at a plan whose moves are rehearsed: those that run are followed, the next ones are begun, and once all have ended the
 * plan is what it was before, with what was found. Each is a migration of the kind `rehearsal` of its own, which is taken back by
 * itself whatever becomes of the plan. True: something was begun or has ended.
 */
export async function rehearsalRound(context: PlanContext, board: PlanBoard): Promise<readonly StepRecord[]> {
  const lost = await followRehearsals(context, board);
  if (board.state.kind !== 'rehearsing') return [];
  const begun: StepRecord[] = [];
  const { begin, wait } = nextRehearsals(board.steps, board.plan.options.limits.fleet);
  for (const step of wait) if (!isSame(board.step(step.number)?.rehearsal, step.rehearsal)) board.put(step);
  for (const step of begin) {
    const running = { kind: 'running', migrationId: randomUUID(), since: board.at } as const;
    begun.push(rehearsed(board, step, running));
  }
  if (allRehearsed(board.steps)) finish(board);
  return [...lost, ...begun];
}

function isSame(one: StepRehearsal | undefined, other: StepRehearsal | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function rehearsed(board: PlanBoard, step: StepRecord, rehearsal: StepRehearsal): StepRecord {
  const now = { ...step, rehearsal };
  board.put(now);
  return now;
}

function finish(board: PlanBoard): void {
  const { rehearsal } = board.course;
  const counts = countRehearsals(board.steps);
  if (rehearsal !== undefined)
    board.courseIs({ rehearsal: { ...rehearsal, ...counts, finishedAt: board.at } });
  const next = nextPlanState(board.state, { kind: 'rehearsed' });
  const { passed, failed, leftOut } = counts;
  if (next.kind === 'state')
    board.stateIs(
      next.state,
      `rehearsed: ${passed} would get as far as the transfer, ${failed} would not, ${leftOut} left out`,
    );
}

/** Sees what has become of those that run, and has them end where the plan is cancelled. Gives those that were never begun. */
async function followRehearsals(context: PlanContext, board: PlanBoard): Promise<StepRecord[]> {
  const lost: StepRecord[] = [];
  for (const step of board.steps) {
    const { rehearsal } = step;
    const isCancelled = board.state.kind === 'cancelling';
    if (rehearsal?.kind === 'waiting' && isCancelled)
      rehearsed(board, step, { kind: 'left-out', because: 'the plan was cancelled' });
    if (rehearsal?.kind !== 'running') continue;
    const { migrationId } = rehearsal;
    const migration = await context.services.store.migrations.byId(migrationId);
    if (migration === null && isCancelled)
      rehearsed(board, step, { kind: 'left-out', because: 'the plan was cancelled' });
    else if (migration === null) lost.push(step);
    else if (migration.finishedAt !== null)
      rehearsed(board, step, { kind: 'ended', migrationId, problems: problemsOf(migration), at: board.at });
    else if (board.state.kind === 'cancelling' && board.state.running === 'abort')
      await abortMoveOfPlan(context, migration);
  }
  return lost;
}

/** All that it found, phase by phase; of one that ended before its end also why. */
function problemsOf({ rehearsal, error, status }: Migration): RehearsalProblem[] {
  const found = (rehearsal?.phases ?? []).flatMap(({ phase, problem }) =>
    problem === null ? [] : [{ ...problem, message: `${phase}: ${problem.message}` }],
  );
  if (status === 'completed' || (found.length > 0 && rehearsal?.asBefore === true)) return found;
  const why = error ?? { code: status, message: `it ended as ${status}`, remedy: '' };
  return [{ code: why.code, message: why.message, remedy: why.remedy }];
}

/** Begins rehearsals that are written down, beside the rounds; each once, whoever comes after a crash. */
export function beginRehearsals(context: PlanContext, board: PlanBoard, steps: readonly StepRecord[]): void {
  for (const step of steps) {
    const key = `${board.id} rehearsal ${step.number}`;
    if (context.beginning.has(key)) continue;
    const work = context.places
      .with(() => context.locks.with(key, () => beginOne(context, board, step), { signal: context.signal }))
      .catch((error: unknown) => {
        if (!context.signal.aborted)
          context.services.log.warn(
            { err: error, plan: board.id },
            'a rehearsal could not be begun; it is tried again',
          );
      })
      .finally(() => context.beginning.delete(key));
    context.beginning.set(key, work);
  }
}

async function beginOne(context: PlanContext, board: PlanBoard, step: StepRecord): Promise<void> {
  const { services, start, signal } = context;
  const { action, rehearsal } = step;
  if (signal.aborted || action.kind !== 'move' || rehearsal?.kind !== 'running') return;
  const { migrationId } = rehearsal;
  const { store } = services;
  const now = (await store.plans.step(board.id, step.number))?.rehearsal;
  if (now?.kind !== 'running' || now.migrationId !== migrationId) return;
  const wanted = moveRequest({ kind: 'live-migration', host: action.toHostId });
  try {
    const asked = { migrationId, goesWith: companions(board, step) };
    start((await submitRehearsal(services, 'operator', action.guestId, wanted, undefined, asked)).id);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Another controller was faster, or an earlier request came through after all.
    if ((await store.migrations.byId(migrationId)) !== null) return;
    await writeRefused(context, board.id, step, error);
  }
}

function writeRefused(
  context: PlanContext,
  planId: string,
  { number, rehearsal }: StepRecord,
  refusal: Refusal,
): Promise<void> {
  return rewriteStep(context, planId, number, (board, step) => {
    if (!isSame(step.rehearsal, rehearsal)) return;
    // Something else is at the guest at this moment.
    const isForNow = refusal.code === 'instance-busy';
    board.put({
      ...step,
      rehearsal: isForNow
        ? { kind: 'waiting', because: refusal.message }
        : rehearsalOfRefusal(step, board.steps, refusal, board.at),
    });
  });
}
