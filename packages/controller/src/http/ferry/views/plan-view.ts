import type { PlanBody, PlanDetailBody, PlanStepBody } from '@ferry/api';
import type { PlanAction, PlanGoal, PlanRecord, StepRecord, StepRehearsal, StepState } from '@ferry/model';

/** Names of hosts and instances, by id. */
export type Names = ReadonlyMap<string, string>;

interface Named {
  readonly id: string;
  readonly name: string;
}

/** A plan as lists tell it. `counts`: how many of its steps are in each state. */
export function planBody(plan: PlanRecord, counts: Readonly<Record<string, number>>, names: Names): PlanBody {
  const { state, outline, course } = plan;
  return {
    id: plan.id,
    goal: goalBody(plan.goal, names),
    state: state.kind,
    reason: state.kind === 'paused' ? state.because : null,
    problems: state.kind === 'done-with-problems' ? [...state.problems] : [],
    createdBy: plan.createdBy,
    createdAt: plan.createdAt,
    updatedAt: plan.updatedAt,
    finishedAt: plan.finishedAt,
    steps: { ...counts },
    totalMs: outline.totalMs,
    lowerBound: { ...outline.lowerBound },
    bytes: outline.bytes,
    deadline: outline.deadline === null ? null : { ...outline.deadline },
    replans: course.replans,
    replannedBecause: course.replannedBecause,
    ...(course.rehearsal !== undefined && { rehearsal: { ...course.rehearsal } }),
  };
}

/** A plan with all that it found. */
export function planDetail(
  plan: PlanRecord,
  counts: Readonly<Record<string, number>>,
  names: Names,
  notes: readonly string[],
): PlanDetailBody {
  const { blockers, stays, memory } = plan.outline;
  return {
    plan: planBody(plan, counts, names),
    blockers: blockers.map(({ guestId, hostId, because, remedies }) => ({
      instance: guestId === null ? null : named(guestId, names),
      host: hostId === null ? null : named(hostId, names),
      because,
      remedies: [...remedies],
    })),
    stays: stays.map(({ guestId, because }) => ({ instance: named(guestId, names), because })),
    memory: memory.map(({ hostId, limitBytes, points }) => ({
      host: named(hostId, names),
      limitBytes,
      points: points.map((point) => ({ ...point })),
    })),
    notes: [...notes],
  };
}

/** One step. `progressPercent`: of its move, where it runs and tells it. */
export function planStepBody(step: StepRecord, names: Names, progressPercent: number | null): PlanStepBody {
  return {
    number: step.number,
    action: actionBody(step.action, names),
    after: [...step.after],
    startsAtMs: step.startsAtMs,
    endsAtMs: step.endsAtMs,
    because: step.because,
    state: step.state.kind,
    reason: reasonOf(step.state),
    since: 'at' in step.state ? step.state.at : step.state.since,
    migrationId: step.migrationId,
    progressPercent,
    ...(step.rehearsal !== undefined && { rehearsal: rehearsalBody(step.rehearsal) }),
  };
}

function rehearsalBody(rehearsal: StepRehearsal): NonNullable<PlanStepBody['rehearsal']> {
  return {
    state: rehearsal.kind,
    reason: 'because' in rehearsal ? rehearsal.because : null,
    migrationId: 'migrationId' in rehearsal ? rehearsal.migrationId : null,
    problems: rehearsal.kind === 'ended' ? rehearsal.problems.map((problem) => ({ ...problem })) : [],
  };
}

function reasonOf(state: StepState): string | null {
  if (state.kind !== 'running') return state.because;
  if (state.work.kind === 'hook') return 'the hook runs';
  return state.work.kind === 'return' ? 'waits until the host is back' : null;
}

function goalBody(goal: PlanGoal, names: Names): PlanBody['goal'] {
  const hosts = 'hostIds' in goal ? goal.hostIds : 'hostId' in goal ? [goal.hostId] : [];
  return {
    kind: goal.kind,
    hosts: hosts.map((id) => named(id, names)),
    groups: goal.kind === 'balance' ? [...goal.groups] : [],
    below: goal.kind === 'offload' ? goal.below : null,
  };
}

function actionBody(action: PlanAction, names: Names): PlanStepBody['action'] {
  const isMove = action.kind === 'move';
  return {
    kind: action.kind,
    instance: 'guestId' in action ? named(action.guestId, names) : null,
    host: named(isMove ? action.fromHostId : action.hostId, names),
    target: isMove ? named(action.toHostId, names) : null,
    how: isMove ? action.how : null,
    bytes: isMove ? action.bytes : null,
    downtimeMs: isMove ? action.downtimeMs : null,
    isPivot: isMove && action.isPivot,
  };
}

function named(id: string, names: Names): Named {
  return { id, name: names.get(id) ?? id };
}
