import { WorkflowError } from './errors.ts';
import type { Failure, LogEntry, LogRecord } from './log.ts';
import type { Plain } from './plain.ts';
import type { Plan, PlannedStep } from './workflow.ts';

/**
 * Where an operation stands.
 *
 *   absent → ready ⇄ doing → … → ready(no step left) → done
 *              ↑        ├─ failed, retry ─→ ready
 *              │        ├─ failed, block ─→ blocked ── resumed ─→ ready
 *              │        └─ failed, undo ──→ undo-ready ⇄ undoing → … → undone
 *                                              ↑            └─ failed, block ─→ undo-blocked ── resumed ─→ undo-ready
 */
export type OperationState =
  | { readonly kind: 'absent' }
  | ({ readonly kind: 'ready' | 'doing' } & Forward)
  | ({ readonly kind: 'blocked'; readonly failure: Failure } & Forward)
  | ({ readonly kind: 'undo-ready' | 'undoing' } & Backward)
  | ({ readonly kind: 'undo-blocked'; readonly failure: Failure } & Backward)
  | { readonly kind: 'done'; readonly output: Readonly<Record<string, Plain>> }
  | { readonly kind: 'undone'; readonly failedStep: string; readonly because: Failure };

interface Common {
  readonly plan: Plan;
  readonly input: Plain;
  readonly output: Readonly<Record<string, Plain>>;
  /** Index of the step at hand; past the end (or below 0 when undoing) when none is left. */
  readonly at: number;
  /** Starts of the step at hand so far. */
  readonly attempts: number;
  /** Its failures since the operation was last resumed: what the retry policy counts. */
  readonly failures: number;
}

type Forward = Common;

interface Backward extends Common {
  readonly failedStep: string;
  /** Why it is being undone. */
  readonly because: Failure;
}

/** The state after a record, or a `WorkflowError` of code `illegal-record`. Nothing else changes a state. */
export function nextState(state: OperationState, entry: LogEntry): OperationState {
  switch (entry.kind) {
    case 'operation-started':
      if (state.kind !== 'absent') throw illegal(state, entry);
      return { kind: 'ready', plan: entry.plan, input: entry.input, output: {}, ...freshStep(0) };
    case 'step-started':
    case 'step-succeeded':
    case 'step-failed':
      return nextForward(state, entry);
    case 'undo-started':
    case 'undo-finished':
    case 'undo-failed':
      return nextBackward(state, entry);
    case 'operation-resumed':
      return resumed(state, entry);
    case 'operation-finished':
      return finished(state, entry);
    default:
      // A log of a newer version can hold what this one has no word for.
      throw illegal(state, entry);
  }
}

/** The state that a whole log leads to; refuses a gap or a repeated number. */
export function foldLog(records: readonly LogRecord[]): OperationState {
  let state: OperationState = { kind: 'absent' };
  for (const [index, record] of records.entries()) {
    if (record.sequence !== index + 1) {
      throw new WorkflowError('illegal-record', `record ${record.sequence} stands at place ${index + 1}`);
    }
    state = nextState(state, record.entry);
  }
  return state;
}

/** The step at hand, or undefined when none is left. */
export function stepAtHand(state: Common): PlannedStep | undefined {
  return state.plan.steps[state.at];
}

type StepEntry = Extract<LogEntry, { kind: 'step-started' | 'step-succeeded' | 'step-failed' }>;

function nextForward(state: OperationState, entry: StepEntry): OperationState {
  if (state.kind !== 'ready' && state.kind !== 'doing') throw illegal(state, entry);
  const step = stepAtHand(state);
  if (step === undefined || step.name !== entry.step) throw illegal(state, entry);
  if (entry.kind === 'step-started') {
    // A start in `doing` is a recovery: the earlier attempt has no known result.
    if (entry.attempt !== state.attempts + 1) throw illegal(state, entry);
    return { ...state, kind: 'doing', attempts: entry.attempt };
  }
  if (state.kind !== 'doing') throw illegal(state, entry);
  if (entry.kind === 'step-succeeded') {
    const output = { ...state.output, [step.name]: entry.output };
    return { ...state, kind: 'ready', output, ...freshStep(state.at + 1) };
  }
  return afterFailure(state, step, entry);
}

function afterFailure(
  state: Extract<OperationState, { kind: 'ready' | 'doing' }>,
  step: PlannedStep,
  entry: Extract<LogEntry, { kind: 'step-failed' }>,
): OperationState {
  const failures = state.failures + 1;
  switch (entry.next) {
    case 'undo':
      // What was moved cannot be taken back.
      if (step.role === 'after') throw illegal(state, entry);
      return toUndo({ ...state, failedStep: step.name, because: entry.failure }, state.at);
    case 'retry':
      if (step.role === 'before') throw illegal(state, entry);
      return { ...state, kind: 'ready', failures };
    case 'block':
      return { ...state, kind: 'blocked', failures, failure: entry.failure };
    default:
      throw illegal(state, entry);
  }
}

type UndoEntry = Extract<LogEntry, { kind: 'undo-started' | 'undo-finished' | 'undo-failed' }>;

function nextBackward(state: OperationState, entry: UndoEntry): OperationState {
  if (state.kind !== 'undo-ready' && state.kind !== 'undoing') throw illegal(state, entry);
  if (stepAtHand(state)?.name !== entry.step) throw illegal(state, entry);
  if (entry.kind === 'undo-started') {
    if (entry.attempt !== state.attempts + 1) throw illegal(state, entry);
    return { ...state, kind: 'undoing', attempts: entry.attempt };
  }
  if (state.kind !== 'undoing') throw illegal(state, entry);
  if (entry.kind === 'undo-finished') return toUndo(state, state.at - 1);
  const failures = state.failures + 1;
  if (entry.next === 'retry') return { ...state, kind: 'undo-ready', failures };
  return { ...state, kind: 'undo-blocked', failures, failure: entry.failure };
}

/** Steps without an undo are passed over: there is nothing to write about them. */
function toUndo(state: Backward, from: number): OperationState {
  let at = from;
  while (at >= 0 && state.plan.steps[at]?.undoable !== true) at -= 1;
  return { ...state, kind: 'undo-ready', ...freshStep(at) };
}

function resumed(state: OperationState, entry: LogEntry): OperationState {
  if (state.kind === 'blocked') {
    const { failure: _, ...rest } = state;
    return { ...rest, kind: 'ready', failures: 0 };
  }
  if (state.kind === 'undo-blocked') {
    const { failure: _, ...rest } = state;
    return { ...rest, kind: 'undo-ready', failures: 0 };
  }
  throw illegal(state, entry);
}

function finished(
  state: OperationState,
  entry: Extract<LogEntry, { kind: 'operation-finished' }>,
): OperationState {
  if (entry.result === 'done' && state.kind === 'ready' && stepAtHand(state) === undefined) {
    return { kind: 'done', output: state.output };
  }
  if (entry.result === 'undone' && state.kind === 'undo-ready' && state.at < 0) {
    return { kind: 'undone', failedStep: state.failedStep, because: state.because };
  }
  throw illegal(state, entry);
}

function freshStep(at: number): Pick<Common, 'at' | 'attempts' | 'failures'> {
  return { at, attempts: 0, failures: 0 };
}

function illegal(state: OperationState, entry: LogEntry): WorkflowError {
  const step = 'step' in entry ? ` of "${entry.step}"` : '';
  return new WorkflowError('illegal-record', `"${entry.kind}"${step} while the operation is ${state.kind}`);
}
