import type { Generated } from 'kysely';
import type { Json } from '../database/column-types.ts';

/** A plan for the fleet. */
export interface PlanTable {
  /** Order of making. */
  sequence: Generated<number>;
  id: string;
  goal: Json;
  options: Json;
  /** The word of `state`, to find plans by. */
  status: string;
  state: Json;
  /** The plan as it was made last, without its steps. */
  outline: Json;
  /** What was tried and found since it was applied. */
  course: Json;
  /** Grows by each change: one that was read before another's is not written. */
  revision: number;
  created_by: string;
  created_at: string;
  updated_at: string;
  finished_at: string | null;
}

/** One thing that is to be done for a plan. */
export interface PlanStepTable {
  plan_id: string;
  number: number;
  action: Json;
  after: Json;
  starts_at_ms: number;
  ends_at_ms: number;
  because: string;
  /** The word of `state`. */
  status: string;
  state: Json;
  /** The migration that does it, or did; null: none was begun. */
  migration_id: string | null;
}

/** Tables of plans. */
export interface PlanSchema {
  plan: PlanTable;
  plan_step: PlanStepTable;
}
