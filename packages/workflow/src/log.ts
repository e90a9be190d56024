import { type Plain, toPlain } from './plain.ts';
import type { Plan } from './workflow.ts';

/** An error as plain data: what the log keeps and people are shown. */
export interface Failure {
  /** The error's own `code`, or `unexpected` when it has none. */
  readonly code: string;
  readonly message: string;
  readonly detail?: Plain;
  readonly cause?: Failure;
}

/** A chain of causes is cut here: a cycle must not fill the log. */
const deepestCause = 8;

/** Any thrown value as plain data. Never throws: a detail that cannot be written is left out. */
export function failureOf(error: unknown, depth = 0): Failure {
  if (typeof error !== 'object' || error === null) return { code: 'unexpected', message: String(error) };
  const { code, message, detail, cause } = error as Partial<Record<keyof Failure, unknown>>;
  const plainDetail = detailOf(detail);
  return {
    code: typeof code === 'string' ? code : 'unexpected',
    message: typeof message === 'string' ? message : 'an error without a message',
    ...(plainDetail === undefined ? {} : { detail: plainDetail }),
    ...(cause === undefined || depth >= deepestCause ? {} : { cause: failureOf(cause, depth + 1) }),
  };
}

function detailOf(detail: unknown): Plain | undefined {
  if (detail === undefined) return undefined;
  try {
    return toPlain(detail);
  } catch {
    return undefined;
  }
}

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
  /** Several in one durable write: all of them, or none. Not set: they are appended one by one. */
  appendAll?(records: readonly LogRecord[]): Promise<void>;
  /** All records of an operation in order of `sequence`; empty when there are none. */
  read(operationId: string): Promise<readonly LogRecord[]>;
  unfinished(): Promise<readonly UnfinishedOperation[]>;
}
