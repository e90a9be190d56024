import { type Instance, type Migration, type StepRecord } from '@ferry/model';
import { abortMoveOfPlan } from './abort-move-of-plan.ts';
import type { PlanBoard } from './plan-board.ts';
import type { PlanContext } from './plan-context.ts';
import { followHook, followReturn } from './upgrade-host.ts';

/** Sees what has become of steps that run. Gives those that were written down and never begun: a crash came between. */
export async function followSteps(context: PlanContext, board: PlanBoard): Promise<StepRecord[]> {
  const lost: StepRecord[] = [];
  for (const step of board.steps) {
    if (step.state.kind !== 'running') continue;
    const { work } = step.state;
    switch (work.kind) {
      case 'migration':
        if (await followMigration(context, board, step, work.id)) lost.push(step);
        break;
      case 'power':
        if (await followPower(context, board, step, step.state.since)) lost.push(step);
        break;
      case 'hook':
        followHook(context, board, step);
        break;
      case 'return':
        await followReturn(context, board, step, step.state.since);
        break;
    }
  }
  return lost;
}

const endedWell: ReadonlySet<Migration['status']> = new Set(['completed', 'confirmed', 'done']);

/** True: there is no such migration. */
async function followMigration(
  context: PlanContext,
  board: PlanBoard,
  step: StepRecord,
  id: string,
): Promise<boolean> {
  const { services, settings } = context;
  const migration = await services.store.migrations.byId(id);
  if (migration === null) return true;
  if (endedWell.has(migration.status)) {
    const because = `${migration.instanceName} is on ${migration.targetHost}`;
    board.set(step, { kind: 'done', because, at: board.at });
    return false;
  }
  if (migration.finishedAt === null) {
    if (board.state.kind === 'cancelling' && board.state.running === 'abort')
      await abortMoveOfPlan(context, migration);
    return false;
  }
  // Whoever aborts a move of a plan does not want it again.
  const final = migration.status === 'cancelled' || migration.abortRequested;
  const why = migration.error?.message ?? `it ended as ${migration.status}`;
  const because = final ? `the move of ${migration.instanceName} was aborted: ${why}` : why;
  failed(board, step, because, final ? settings.maxFailures : 1);
  return false;
}

/** A move that failed: it is not tried on the same target again, and a few times in all. */
export function failed(board: PlanBoard, step: StepRecord, because: string, counts = 1): void {
  board.set(step, { kind: 'failed', because, at: board.at });
  if (!('guestId' in step.action)) return;
  const { guestId } = step.action;
  const known = board.course.failures[guestId] ?? { count: 0, notOn: [], last: '' };
  const target = step.action.kind === 'move' ? [step.action.toHostId] : [];
  const failures = {
    count: known.count + counts,
    notOn: [...new Set([...known.notOn, ...target])],
    last: because,
  };
  board.courseIs({ failures: { ...board.course.failures, [guestId]: failures } });
}

/** True: the guest is not as it is to be, and nothing is at it. */
async function followPower(
  { services, settings }: PlanContext,
  board: PlanBoard,
  step: StepRecord,
  since: string,
): Promise<boolean> {
  if (step.action.kind !== 'shut-down' && step.action.kind !== 'start') return false;
  const instance = await services.store.instances.byId(step.action.guestId);
  if (instance === null) {
    failed(board, step, `guest ${step.action.guestId} is gone`, settings.maxFailures);
    return false;
  }
  if (instance.operationId !== null) return false;
  if (isAsWanted(instance, step.action.kind)) {
    const because = `${instance.name} is ${step.action.kind === 'start' ? 'on' : 'off'}`;
    board.set(step, { kind: 'done', because, at: board.at });
    return false;
  }
  if (Date.parse(board.at) - Date.parse(since) < settings.powerMs) return true;
  const because = `${instance.name} is still ${instance.powerState} after ${settings.powerMs / 1000} s`;
  failed(board, step, because, settings.maxFailures);
  return false;
}

function isAsWanted({ powerState }: Instance, kind: 'shut-down' | 'start'): boolean {
  return kind === 'start' ? powerState === 'running' : powerState === 'shutoff';
}
