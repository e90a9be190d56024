import { hasEnded, type StepRecord } from '@ferry/model';
import type { PlanBoard } from './plan-board.ts';

/** Others that the plan moves to the same host. */
export function companions({ steps }: PlanBoard, { action, number }: StepRecord): string[] {
  if (action.kind !== 'move') return [];
  return steps.flatMap((other) =>
    other.number !== number &&
    other.action.kind === 'move' &&
    other.action.toHostId === action.toHostId &&
    !hasEnded(other.state)
      ? [other.action.guestId]
      : [],
  );
}
