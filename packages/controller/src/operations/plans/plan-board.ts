import {
  type FleetPlan,
  hasEnded,
  outlineOf,
  type PlanCourse,
  type PlanRecord,
  type PlanState,
  type StepRecord,
  type StepState,
} from '@ferry/model';
import type { PlanChange } from '../../store/operations/plan-store.ts';

/** A plan while one round looks at it: what was read, and what is to be written of it. */
export class PlanBoard {
  readonly #read: PlanRecord;
  readonly #steps: Map<number, StepRecord>;
  readonly #changed = new Set<number>();
  readonly #told: string[] = [];
  #course: PlanCourse;
  #state: PlanState;
  #outline: PlanRecord['outline'];
  #finishedAt: string | null;
  readonly #at: string;

  constructor(plan: PlanRecord, steps: readonly StepRecord[], at: string) {
    this.#read = plan;
    this.#steps = new Map(steps.map((step) => [step.number, step]));
    this.#course = plan.course;
    this.#state = plan.state;
    this.#outline = plan.outline;
    this.#finishedAt = plan.finishedAt;
    this.#at = at;
  }

  get id(): string {
    return this.#read.id;
  }

  get plan(): PlanRecord {
    return { ...this.#read, state: this.#state, course: this.#course, outline: this.#outline };
  }

  /** By number. */
  get steps(): StepRecord[] {
    return [...this.#steps.values()].toSorted((one, other) => one.number - other.number);
  }

  /** The plan as the planner knows one: without steps that were dropped. */
  get asPlanned(): FleetPlan {
    return { ...this.#outline, steps: this.steps.filter(({ state }) => state.kind !== 'dropped') };
  }

  get state(): PlanState {
    return this.#state;
  }

  get course(): PlanCourse {
    return this.#course;
  }

  /** The time of the round, UTC ISO 8601. */
  get at(): string {
    return this.#at;
  }

  step(number: number): StepRecord | null {
    return this.#steps.get(number) ?? null;
  }

  /** Whether all that a step waits for has ended well; `broken`: some of it never will. */
  before({ after }: StepRecord): 'ended' | 'open' | 'broken' {
    const states = after.map((number) => this.#steps.get(number)?.state.kind ?? 'done');
    if (states.some((kind) => kind === 'failed' || kind === 'dropped')) return 'broken';
    return states.every((kind) => kind === 'done') ? 'ended' : 'open';
  }

  /** What is new of a step; a wait for the same reason goes on since it began. */
  set(step: StepRecord, state: StepState, migrationId: string | null = step.migrationId): void {
    const now = this.#steps.get(step.number) ?? step;
    if (isSameWait(now.state, state) && now.migrationId === migrationId) return;
    this.put({ ...now, state, migrationId });
    if (state.kind === 'done') this.courseIs({ replansWithoutProgress: 0 });
    if (hasEnded(state) && state.kind !== 'dropped')
      this.tell(`step ${step.number} ${state.kind}: ${becauseOf(state)}`);
  }

  put(step: StepRecord): void {
    this.#steps.set(step.number, step);
    this.#changed.add(step.number);
  }

  courseIs(course: Partial<PlanCourse>): void {
    this.#course = { ...this.#course, ...course };
  }

  outlineIs(made: FleetPlan): void {
    this.#outline = outlineOf(made);
  }

  stateIs(state: PlanState, message: string): void {
    this.#state = state;
    this.tell(message);
    if (state.kind === 'done' || state.kind === 'done-with-problems' || state.kind === 'cancelled')
      this.#finishedAt = this.#at;
  }

  tell(message: string): void {
    this.#told.push(message);
  }

  /** What is to be written; null: nothing has changed. */
  change(): PlanChange | null {
    const isSame =
      this.#changed.size === 0 &&
      this.#course === this.#read.course &&
      this.#state === this.#read.state &&
      this.#outline === this.#read.outline;
    if (isSame) return null;
    const message = this.#told.join('; ').slice(0, longestMessage);
    return {
      plan: {
        state: this.#state,
        course: this.#course,
        outline: this.#outline,
        finishedAt: this.#finishedAt,
      },
      steps: this.steps.filter(({ number }) => this.#changed.has(number)),
      ...(message === '' ? {} : { message }),
    };
  }
}

const longestMessage = 1_000;

function isSameWait(one: StepState, other: StepState): boolean {
  return (
    (one.kind === 'waiting' || one.kind === 'held') &&
    one.kind === other.kind &&
    one.because === other.because
  );
}

function becauseOf(state: StepState): string {
  return 'because' in state ? state.because : '';
}
