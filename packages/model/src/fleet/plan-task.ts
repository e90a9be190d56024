import type { PlanAction } from './fleet-plan.ts';
import type { MoveLoad } from './move-time.ts';

/** What a plan has to do, before it is known when. Tasks are named by their place in their list. */
export type PlanTask = MoveTask | FixedTask;

interface TaskOrder {
  /** Tasks that must have ended before this one begins, room apart. */
  readonly needs: readonly number[];
  readonly because: string;
}

/** A guest goes from host to host, both by number. */
export interface MoveTask extends TaskOrder {
  readonly kind: 'move';
  readonly guest: number;
  readonly from: number;
  readonly to: number;
  readonly how: 'live' | 'cold' | 'evacuate';
  readonly load: MoveLoad;
  /** Null where nobody knows it; `load` reckons with 0 then. */
  readonly downtimeMs: number | null;
  readonly isPivot: boolean;
  /** Greater begins first, before what the order of the plan says. */
  readonly rank: number;
}

/** Anything else; takes a time, and no links. */
export interface FixedTask extends TaskOrder {
  readonly kind: 'fixed';
  readonly action: Exclude<PlanAction, { kind: 'move' }>;
  readonly durationMs: number;
}

/** When a task begins and ends, ms from the begin of the plan. */
export interface TaskTime {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}
