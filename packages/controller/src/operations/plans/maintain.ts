import type { StepRecord } from '@ferry/model';
import type { PlanBoard } from './plan-board.ts';
import type { PlanContext } from './plan-context.ts';

/** From here on the host takes nobody, by the plan's word; one that is in maintenance already stays as it was said. */
export async function enterMaintenance(
  { services: { store } }: PlanContext,
  board: PlanBoard,
  step: StepRecord,
  hostId: string,
): Promise<void> {
  const host = await store.hosts.byId(hostId);
  if (host !== null && host.maintenance === null) {
    const reason = `plan ${board.plan.goal.kind}`;
    await store.hosts.setMaintenance(hostId, { since: board.at, by: wordOf(board.id), reason });
  }
  // Also after a crash right behind it: by its own word it knows its own.
  const isOwn = host !== null && (host.maintenance === null || host.maintenance.by === wordOf(board.id));
  if (isOwn) board.courseIs({ maintained: [...new Set([...board.course.maintained, hostId])] });
  board.set(step, { kind: 'done', because: `${host?.name ?? hostId} is in maintenance`, at: board.at });
}

/** Ends the maintenance that was the plan's own word; somebody else's stays. */
export async function endMaintenance(
  { services: { store } }: PlanContext,
  board: PlanBoard,
  hostId: string,
): Promise<void> {
  const host = await store.hosts.byId(hostId);
  if (host?.maintenance?.by === wordOf(board.id)) await store.hosts.setMaintenance(hostId, null);
  board.courseIs({ maintained: board.course.maintained.filter((one) => one !== hostId) });
}

function wordOf(planId: string): string {
  return `plan ${planId}`;
}
