import { advance, restingResult, type RunResult } from './advance.ts';
import { systemClock, type Clock } from './clock.ts';
import { WorkflowError } from './errors.ts';
import { failureOf } from './failure.ts';
import { Journal, type Observer } from './journal.ts';
import type { LogStore } from './log.ts';
import { toPlain, type Plain } from './plain.ts';
import { defaultRetry, type RetryPolicy } from './retry.ts';
import type { OperationState } from './state.ts';
import { stepsOfPlan } from './steps-of-plan.ts';
import type { AnyStep, AnyWorkflow, Outputs, Workflow } from './workflow.ts';

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
    journal = await Journal.open(operationId, log, clock, options.onRecord);
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
