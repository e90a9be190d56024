import { advance, restingResult, type RunResult } from './advance.ts';
import { type Clock, systemClock } from './clock.ts';
import { WorkflowError } from './errors.ts';
import { Journal, type Observer } from './journal.ts';
import { failureOf, type LogStore } from './log.ts';
import { type Plain, toPlain } from './plain.ts';
import { defaultRetry, type RetryPolicy } from './perform.ts';
import type { OperationState } from './state.ts';
import type { AnyStep, AnyWorkflow, Outputs, Plan, PlannedStep, Workflow } from './workflow.ts';

/**
 * The steps that an operation goes on with: those of the plan it was begun with, as the program has them now. Throws
 * `workflow-changed`, with all that differs, unless each is still there, in the same place before or after the same
 * pivot and in the same order, and each that came since is declared as one to go without (`addedStep`).
 */
export function stepsOfPlan(plan: Plan, workflow: AnyWorkflow): readonly AnyStep[] {
  const differences =
    plan.workflow === workflow.name
      ? differencesOf(plan, workflow)
      : [`it is a "${plan.workflow}", the program has "${workflow.name}"`];
  if (differences.length > 0) throw new WorkflowError('workflow-changed', differences.join('; '));
  return plan.steps.flatMap(({ name }) => workflow.steps.find((step) => step.name === name) ?? []);
}

function differencesOf(plan: Plan, workflow: AnyWorkflow): string[] {
  const now = new Map(workflow.plan.steps.map((step) => [step.name, step]));
  const then = new Set(plan.steps.map(({ name }) => name));
  const changes = plan.steps.flatMap((step) => changeOf(step, now.get(step.name)));
  const added = workflow.steps.filter((step) => !then.has(step.name) && step.added === undefined);
  return [
    ...changes,
    ...added.map(
      ({ name }) => `"${name}" is new, and it is not declared that one begun before may go without`,
    ),
    ...orderChange(
      plan.steps.map(({ name }) => name).filter((name) => now.has(name)),
      workflow.steps.map(({ name }) => name).filter((name) => then.has(name)),
    ),
  ];
}

function changeOf(then: PlannedStep, now: PlannedStep | undefined): string[] {
  if (now === undefined) return [`"${then.name}" is gone`];
  const [before, after] = [then, now].map(({ role, undoable }) => `${places[role]}, ${undos[`${undoable}`]}`);
  return before === after ? [] : [`"${then.name}" was ${before}, and is ${after}`];
}

const places = { before: 'before the pivot', pivot: 'the pivot', after: 'after the pivot' } as const;
const undos = { true: 'with an undo', false: 'without an undo' } as const;

function orderChange(then: readonly string[], now: readonly string[]): string[] {
  const [before, after] = [then.join(', '), now.join(', ')];
  return before === after ? [] : [`the order was ${before}, and is ${after}`];
}

export interface RunOptions {
  /** Stops the runner, not the operation: the log is left for `recover`. */
  readonly signal?: AbortSignal;
  /** After the pivot, for the pivot itself while its outcome is unclear, and for undos. */
  readonly retry?: RetryPolicy;
  readonly onRecord?: Observer;
  readonly clock?: Clock;
  /** Time for a step to end after it was told to stop. Default 10 s. */
  readonly graceMs?: number;
}

/**
 * Starts an operation, or goes on with it when it has a log. Throws `log-unavailable` when the log cannot be
 * written (nothing is done then) and `input-not-plain`; all else is a result.
 */
export async function run<Input, Services, Output extends Outputs>(
  workflow: Workflow<Input, Services, Output>,
  operationId: string,
  input: Input,
  services: Services,
  log: LogStore,
  options: RunOptions = {},
): Promise<RunResult<Output>> {
  const plainInput = plainOr(
    input,
    (cause) => new WorkflowError('input-not-plain', cause.message, { cause }),
  );
  return await drive(workflow, operationId, services, log, options, async (journal) => {
    if (journal.state.kind !== 'absent') return;
    await journal.write({ kind: 'operation-started', plan: workflow.plan, input: plainInput });
  });
}

/** Goes on with an operation after a restart, from its log alone. A blocked one stays blocked. */
export async function recover<Input, Services, Output extends Outputs>(
  workflow: Workflow<Input, Services, Output>,
  operationId: string,
  services: Services,
  log: LogStore,
  options: RunOptions = {},
): Promise<RunResult<Output>> {
  return await drive(workflow, operationId, services, log, options, async () => {});
}

/** As `recover`, and takes up a blocked operation exactly where it halted, with its retries counted anew. */
export async function resume<Input, Services, Output extends Outputs>(
  workflow: Workflow<Input, Services, Output>,
  operationId: string,
  services: Services,
  log: LogStore,
  options: RunOptions = {},
): Promise<RunResult<Output>> {
  return await drive(workflow, operationId, services, log, options, async (journal) => {
    const blocked = journal.state.kind === 'blocked' || journal.state.kind === 'undo-blocked';
    if (blocked) await journal.write({ kind: 'operation-resumed' });
  });
}

async function drive<Input, Services, Output extends Outputs>(
  workflow: Workflow<Input, Services, Output>,
  operationId: string,
  services: Services,
  log: LogStore,
  options: RunOptions,
  prepare: (journal: Journal) => Promise<void>,
): Promise<RunResult<Output>> {
  const { clock = systemClock, retry = defaultRetry, graceMs = 10_000 } = options;
  const stop = options.signal ?? new AbortController().signal;
  let journal: Journal;
  let steps: readonly AnyStep[];
  try {
    journal = await Journal.open(operationId, workflow.steps, log, clock, options.onRecord);
    steps = stepsFor(journal.state, workflow);
  } catch (error) {
    // A log that is not understood is left as it is, for a person or the right version of the program.
    if (!(error instanceof WorkflowError) || error.code === 'log-unavailable') throw error;
    return { kind: 'blocked', step: null, failure: failureOf(error) };
  }
  await prepare(journal);
  const { readInput } = workflow;
  const runner = { journal, steps, readInput, operationId, services, stop, retry, clock, graceMs };
  while (!stop.aborted) {
    const result = await advance(runner);
    // The outputs are what the steps of its plan gave: of those that it went without, the types say so.
    if (result !== 'go-on') return result as RunResult<Output>;
  }
  return restingResult(journal.state) as RunResult<Output>;
}

/** Of an operation that has a log, the steps that it was begun with. */
function stepsFor(state: OperationState, workflow: AnyWorkflow): readonly AnyStep[] {
  return 'plan' in state ? stepsOfPlan(state.plan, workflow) : workflow.steps;
}

function plainOr(value: unknown, wrap: (cause: Error) => WorkflowError): Plain {
  try {
    return toPlain(value, 'input');
  } catch (cause) {
    throw wrap(cause as Error);
  }
}
