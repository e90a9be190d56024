import type { PlanRecord, StepRecord } from '@ferry/model';
import type { Insertable, Selectable } from 'kysely';
import type { PlanStepTable, PlanTable } from '../schema/fleet-schema.ts';

/** A row of a plan as the model's noun. */
export function readPlan(row: Selectable<PlanTable>): PlanRecord {
  return {
    id: row.id,
    goal: JSON.parse(row.goal) as PlanRecord['goal'],
    options: JSON.parse(row.options) as PlanRecord['options'],
    state: JSON.parse(row.state) as PlanRecord['state'],
    outline: JSON.parse(row.outline) as PlanRecord['outline'],
    course: JSON.parse(row.course) as PlanRecord['course'],
    revision: row.revision,
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at,
  };
}

/** A plan as its row. */
export function writePlan(plan: PlanRecord): Insertable<PlanTable> {
  return {
    id: plan.id,
    goal: JSON.stringify(plan.goal),
    options: JSON.stringify(plan.options),
    status: plan.state.kind,
    state: JSON.stringify(plan.state),
    outline: JSON.stringify(plan.outline),
    course: JSON.stringify(plan.course),
    revision: plan.revision,
    created_by: plan.createdBy,
    created_at: plan.createdAt,
    updated_at: plan.updatedAt,
    finished_at: plan.finishedAt,
  };
}

/** A row of a step as the model's noun. */
export function readStep(row: Selectable<PlanStepTable>): StepRecord {
  const { rehearsal, ...state } = JSON.parse(row.state) as StepRecord['state'] &
    Pick<StepRecord, 'rehearsal'>;
  return {
    number: row.number,
    action: JSON.parse(row.action) as StepRecord['action'],
    after: JSON.parse(row.after) as number[],
    startsAtMs: row.starts_at_ms,
    endsAtMs: row.ends_at_ms,
    because: row.because,
    state,
    migrationId: row.migration_id,
    ...(rehearsal !== undefined && { rehearsal }),
  };
}

/** A step as its row. */
export function writeStep(planId: string, step: StepRecord): Insertable<PlanStepTable> {
  return {
    plan_id: planId,
    number: step.number,
    action: JSON.stringify(step.action),
    after: JSON.stringify(step.after),
    starts_at_ms: Math.round(step.startsAtMs),
    ends_at_ms: Math.round(step.endsAtMs),
    because: step.because,
    status: step.state.kind,
    // With what its rehearsal found, which is nothing that rows are found by.
    state: JSON.stringify({
      ...step.state,
      ...(step.rehearsal !== undefined && { rehearsal: step.rehearsal }),
    }),
    migration_id: step.migrationId,
  };
}
