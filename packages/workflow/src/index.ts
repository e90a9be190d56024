export type { RunResult } from './advance.ts';
export { systemClock, type Clock } from './clock.ts';
export {
  NeedsPerson,
  NothingMoved,
  WorkflowError,
  workflowErrors,
  type WorkflowErrorCode,
} from './errors.ts';
export {
  type Failure,
  failureOf,
  type LogEntry,
  type LogRecord,
  type LogStore,
  type UnfinishedOperation,
} from './log.ts';
export { type Plain, toPlain } from './plain.ts';
export type { Observer } from './journal.ts';
export { withNamesOfNow } from './names-of-now.ts';
export { backOff, defaultRetry, type RetryPolicy } from './perform.ts';
export { recover, resume, run, type RunOptions } from './run.ts';
export { foldLog, nextState, type OperationState } from './state.ts';
export {
  workflow,
  type AfterPivot,
  type BeforePivot,
  type ForwardStep,
  type Outputs,
  type Plan,
  type PlannedStep,
  type StepContext,
  type UndoableStep,
  type UndoContext,
  type Workflow,
} from './workflow.ts';
