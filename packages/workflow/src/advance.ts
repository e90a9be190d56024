import type { Clock } from './clock.ts';
import { NeedsPerson, NothingMoved, WorkflowError } from './errors.ts';
import { type Failure, failureOf } from './log.ts';
import { type Plain, toPlain } from './plain.ts';
import type { Journal } from './journal.ts';
import { type Ending, perform, type RetryPolicy } from './perform.ts';
import { stepAtHand, type OperationState } from './state.ts';
import type { AnyStep, AnyWorkflow, Outputs, PlannedStep } from './workflow.ts';

/** How a run ended. Only `done` and `undone` are final; `resume` takes up the blocked, `recover` the stopped. */
export type RunResult<Output extends Outputs> =
  | { readonly kind: 'done'; readonly output: Output }
  | { readonly kind: 'undone'; readonly step: string; readonly failure: Failure }
  /** `step` is null when the log itself is not understood; nothing was written then. */
  | { readonly kind: 'blocked'; readonly step: string | null; readonly failure: Failure }
  /** `failure` is the undo's, `because` the one that started the undoing. */
  | {
      readonly kind: 'undo-blocked';
      readonly step: string;
      readonly failure: Failure;
      readonly because: Failure;
    }
  | { readonly kind: 'stopped' };

/** What moving one operation on needs. */
export interface Runner {
  readonly journal: Journal;
  readonly steps: readonly AnyStep[];
  readonly readInput: AnyWorkflow['readInput'];
  readonly operationId: string;
  readonly services: unknown;
  readonly stop: AbortSignal;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly graceMs: number;
}

/** Does the next thing that the state asks for; `go-on` until the operation rests. */
export async function advance(runner: Runner): Promise<RunResult<Outputs> | 'go-on'> {
  const { state } = runner.journal;
  switch (state.kind) {
    case 'ready':
    case 'doing':
      return await forward(runner, state);
    case 'undo-ready':
    case 'undoing':
      return await backward(runner, state);
    case 'absent':
      return { kind: 'blocked', step: null, failure: failureOf(unknownOperation(runner)) };
    case 'blocked':
    case 'undo-blocked':
    case 'done':
    case 'undone':
    default:
      return restingResult(state);
  }
}

/** The result of a state in which nothing is left to do now. */
export function restingResult(state: OperationState): RunResult<Outputs> {
  switch (state.kind) {
    case 'done':
      return { kind: 'done', output: state.output };
    case 'undone':
      return { kind: 'undone', step: state.failedStep, failure: state.because };
    case 'blocked':
      return { kind: 'blocked', step: stepAtHand(state)?.name ?? null, failure: state.failure };
    case 'undo-blocked': {
      const { failure, because } = state;
      return { kind: 'undo-blocked', step: stepAtHand(state)?.name ?? state.failedStep, failure, because };
    }
    case 'absent':
    case 'ready':
    case 'doing':
    case 'undo-ready':
    case 'undoing':
    default:
      return { kind: 'stopped' };
  }
}

function unknownOperation(runner: Runner): WorkflowError {
  return new WorkflowError('operation-unknown', runner.operationId);
}

type ForwardState = Extract<OperationState, { kind: 'ready' | 'doing' }>;
type BackwardState = Extract<OperationState, { kind: 'undo-ready' | 'undoing' }>;

/** Steps one after the other, for as long as the start of the next one is written with the end of the one before. */
async function forward(runner: Runner, state: ForwardState): Promise<RunResult<Outputs> | 'go-on'> {
  let isStarted = false;
  for (let now = state; ; isStarted = true) {
    const result = await oneStep(runner, now, isStarted);
    if (result !== 'next-is-started') return result;
    if (runner.stop.aborted) return { kind: 'stopped' };
    const { state: next } = runner.journal;
    if (next.kind !== 'doing') return 'go-on';
    now = next;
  }
}

async function oneStep(
  runner: Runner,
  state: ForwardState,
  isStarted: boolean,
): Promise<RunResult<Outputs> | 'go-on' | 'next-is-started'> {
  const { journal } = runner;
  const step = runner.steps[state.at];
  const planned = stepAtHand(state);
  if (step === undefined || planned === undefined) {
    await journal.write({ kind: 'operation-finished', result: 'done' });
    return 'go-on';
  }
  // Of one that is started its start is counted already.
  const before = isStarted ? { ...state, attempts: state.attempts - 1 } : state;
  const started = { kind: 'step-started', step: step.name, attempt: before.attempts + 1 } as const;
  if (!isStarted) await journal.write(started);
  const ending = await attemptCall(runner, before, step, (context) => step.do(context));
  if (ending.kind === 'stopped') return { kind: 'stopped' };
  if (ending.kind === 'returned') return await goOn(runner, state, step, ending.value);
  const wait = ending.kind === 'stuck' ? 'give-up' : waitAfter(runner, state, ending.error);
  const next = nextAfterFailure(planned, ending, wait);
  await journal.write({ kind: 'step-failed', step: step.name, failure: failureOf(ending.error), next });
  return next === 'retry' ? await pause(runner, wait) : 'go-on';
}

/**
 * Writes the end of a step, and with it what follows at once: a durable write takes longer than many a step. The start of the
 * pivot is written by itself: one whose start is there may have moved something, and is looked at for it.
 */
async function goOn(
  { journal, steps, stop }: Runner,
  state: ForwardState,
  step: AnyStep,
  output: Plain,
): Promise<'go-on' | 'next-is-started'> {
  const succeeded = { kind: 'step-succeeded', step: step.name, output } as const;
  const next = steps[state.at + 1];
  const planned = state.plan.steps[state.at + 1];
  if (stop.aborted || planned?.role === 'pivot') {
    await journal.write(succeeded);
    return 'go-on';
  }
  if (next === undefined || planned === undefined) {
    await journal.write(succeeded, { kind: 'operation-finished', result: 'done' });
    return 'go-on';
  }
  await journal.write(succeeded, { kind: 'step-started', step: next.name, attempt: 1 });
  return 'next-is-started';
}

/** Before the pivot a failure is undone; the pivot only when it is known that nothing moved; after it, never. */
function nextAfterFailure(
  planned: PlannedStep,
  ending: Extract<PlainEnding, { kind: 'threw' | 'stuck' }>,
  wait: number | 'give-up',
): 'undo' | 'retry' | 'block' {
  if (ending.kind === 'stuck' || ending.error instanceof NeedsPerson) return 'block';
  if (planned.role === 'before') return 'undo';
  if (planned.role === 'pivot' && ending.error instanceof NothingMoved) return 'undo';
  return wait === 'give-up' ? 'block' : 'retry';
}

async function backward(runner: Runner, state: BackwardState): Promise<RunResult<Outputs> | 'go-on'> {
  const { journal } = runner;
  const step = runner.steps[state.at];
  if (step === undefined) {
    await journal.write({ kind: 'operation-finished', result: 'undone' });
    return 'go-on';
  }
  await journal.write({ kind: 'undo-started', step: step.name, attempt: state.attempts + 1 });
  const ending = await attemptCall(runner, state, step, async (context) => {
    for (const each of undosAt(runner.steps, state.at))
      await each.undo?.({ ...context, own: state.output[each.name] });
  });
  if (ending.kind === 'stopped') return { kind: 'stopped' };
  if (ending.kind === 'returned') {
    await journal.write({ kind: 'undo-finished', step: step.name });
    return 'go-on';
  }
  const wait = ending.kind === 'stuck' ? 'give-up' : waitAfter(runner, state, ending.error);
  const next = wait === 'give-up' ? 'block' : 'retry';
  await journal.write({ kind: 'undo-failed', step: step.name, failure: failureOf(ending.error), next });
  return next === 'retry' ? await pause(runner, wait) : 'go-on';
}

/** Whose undos run when a step is undone: those of earlier steps that are urgent, the last one first, then its own. */
function undosAt(steps: readonly AnyStep[], at: number): readonly AnyStep[] {
  const own = steps.slice(at, at + 1);
  if (own.some((step) => step.urgentUndo === true)) return own;
  const urgent = steps.slice(0, at).filter((step) => step.urgentUndo === true);
  return [...urgent.toReversed(), ...own];
}

type Context = Parameters<AnyStep['do']>[0];
type PlainEnding =
  | Exclude<Ending, { kind: 'returned' }>
  | { readonly kind: 'returned'; readonly value: Plain };

async function attemptCall(
  runner: Runner,
  state: ForwardState | BackwardState,
  step: AnyStep,
  call: (context: Context) => Promise<unknown>,
): Promise<PlainEnding> {
  const { operationId, services, clock, graceMs, stop } = runner;
  const attempt = state.attempts + 1;
  const known = { operationId, services, input: runner.readInput(state.input), output: state.output };
  const limits = { step: step.name, deadlineMs: step.deadlineMs, graceMs, clock, stop };
  const ending = await perform(
    (signal) => call({ ...known, signal, attempt, recovered: attempt > 1 }),
    limits,
  );
  if (ending.kind !== 'returned') return ending;
  try {
    return { kind: 'returned', value: toPlain(ending.value, `output of "${step.name}"`) };
  } catch (cause) {
    const particulars = cause instanceof Error ? cause.message : step.name;
    return { kind: 'threw', error: new WorkflowError('output-not-plain', particulars, { cause }) };
  }
}

function waitAfter(runner: Runner, state: ForwardState | BackwardState, error: unknown): number | 'give-up' {
  return error instanceof NeedsPerson ? 'give-up' : runner.retry(state.failures + 1);
}

async function pause(runner: Runner, wait: number | 'give-up'): Promise<'go-on'> {
  if (wait === 'give-up') return 'go-on';
  try {
    await runner.clock.sleep(wait, runner.stop);
  } catch (error) {
    if (!runner.stop.aborted) throw error;
  }
  return 'go-on';
}
