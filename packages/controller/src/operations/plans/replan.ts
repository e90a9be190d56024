import { type FleetState, goalLeft, replanSteps, shutDownBy, type StepRecord } from '@ferry/model';
import type { PlanBoard } from './plan-board.ts';
import type { PlanContext } from './plan-context.ts';
import { makePlanApart } from './make-plan-apart.ts';
import { readFleet } from './read-fleet.ts';

/** Goals that are looked at once more when all steps have ended: others have no end that could be seen. */
const seenReached: ReadonlySet<string> = new Set(['drain', 'upgrade', 'return', 'evacuate']);

/**
 * Plans the rest anew, on the fleet as it is now: what is done is not done again, what runs goes on. True: something is to be
 * done. After some times without any step that ended well the plan is paused, and says why.
 */
export async function replan(
  context: PlanContext,
  board: PlanBoard,
  because: string,
  begun: readonly StepRecord[],
): Promise<boolean> {
  const isLastLook = begun.length === 0 && board.steps.every(({ state }) => state.kind !== 'waiting');
  const { goal, options } = board.plan;
  if (isLastLook && !seenReached.has(goal.kind) && !hasFailed(board)) return false;
  const { failures } = board.course;
  const { maxFailures, maxReplans } = context.settings;
  const ownMigrations = new Set(board.steps.flatMap(({ migrationId }) => migrationId ?? []));
  const { state } = await readFleet(context.services, { failures, maxFailures, ownMigrations });
  const made = await makePlanApart(withoutShutDown(state, board), goalLeft(goal, board.steps), options);
  const { changed, added } = replanSteps(board.steps, made, because, board.at);
  const broken = board.steps.filter(({ state: { kind } }) => kind === 'failed');
  board.courseIs({ settled: broken.map(({ number }) => number) });
  board.outlineIs({ ...made, goal });
  if (added === 0 && changed.length === 0) return false;
  for (const step of changed) board.put(step);
  const replans = board.course.replans + 1;
  const replansWithoutProgress = board.course.replansWithoutProgress + 1;
  board.courseIs({ replans, replansWithoutProgress, replannedBecause: because });
  board.tell(`planned anew: ${because}`);
  if (replansWithoutProgress > maxReplans) {
    const why = `the rest was planned anew ${maxReplans} times and no step ended well meanwhile; the last reason: ${because}`;
    board.stateIs({ kind: 'paused', because: why }, `paused: ${why}`);
  }
  return added > 0;
}

/** All that a plan leaves undone, by name. */
export function problemsOf(board: PlanBoard): string[] {
  const { blockers } = board.plan.outline;
  return [...new Set(blockers.map(({ because }) => because))];
}

/** Something failed that was not planned around yet. */
export function hasFailed({ steps, course }: PlanBoard): boolean {
  return steps.some(({ number, state }) => state.kind === 'failed' && !course.settled.includes(number));
}

/** Guests that the plan has shut down are off by its word, and not to be moved like others that are off. */
function withoutShutDown(state: FleetState, board: PlanBoard): FleetState {
  const off = shutDownBy(board.steps);
  if (off.size === 0) return state;
  const guests = state.guests.map((guest) =>
    off.has(guest.id)
      ? { ...guest, move: { kind: 'stays', because: 'this plan has shut it down' } as const }
      : guest,
  );
  return { ...state, guests };
}
