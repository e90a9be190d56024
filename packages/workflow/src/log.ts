import type { Failure } from './failure.ts';
import type { Plain } from './plain.ts';
import type { Plan } from './workflow.ts';

/** What can be written about an operation. Each is written before the next thing is done. */
export type LogEntry =
  | { readonly kind: 'operation-started'; readonly plan: Plan; readonly input: Plain }
  | { readonly kind: 'step-started'; readonly step: string; readonly attempt: number }
  | { readonly kind: 'step-succeeded'; readonly step: string; readonly output: Plain }
  | {
      readonly kind: 'step-failed';
      readonly step: string;
      readonly failure: Failure;
      /** What follows, decided when it failed so that a recovery decides no other way. */
      readonly next: 'undo' | 'retry' | 'block';
    }
  | { readonly kind: 'undo-started'; readonly step: string; readonly attempt: number }
  | { readonly kind: 'undo-finished'; readonly step: string }
  | {
      readonly kind: 'undo-failed';
      readonly step: string;
      readonly failure: Failure;
      readonly next: 'retry' | 'block';
    }
  | { readonly kind: 'operation-resumed' }
  | { readonly kind: 'operation-finished'; readonly result: 'done' | 'undone' };

/** One line of the log. */
export interface LogRecord {
  readonly operationId: string;
  /** Counts from 1 in an operation. A store refuses a number it has: two runners cannot both write. */
  readonly sequence: number;
  /** UTC ISO 8601. */
  readonly at: string;
  readonly entry: LogEntry;
}

/** An operation whose log has no `operation-finished`. */
export interface UnfinishedOperation {
  readonly operationId: string;
  /** Name of its workflow. */
  readonly workflow: string;
}

/** Where logs are kept. `append` returns when the record is durable; when it throws, the runner stops at once. */
export interface LogStore {
  append(record: LogRecord): Promise<void>;
  /** All records of an operation in order of `sequence`; empty when there are none. */
  read(operationId: string): Promise<readonly LogRecord[]>;
  unfinished(): Promise<readonly UnfinishedOperation[]>;
}
