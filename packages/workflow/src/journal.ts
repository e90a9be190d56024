import type { Clock } from './clock.ts';
import { WorkflowError } from './errors.ts';
import type { LogEntry, LogRecord, LogStore } from './log.ts';
import { withNamesOfNow } from './names-of-now.ts';
import { foldLog, nextState, type OperationState } from './state.ts';
import type { AnyStep } from './workflow.ts';

/** Told of each record once it is durable, with the state it leads to. */
export type Observer = (record: LogRecord, state: OperationState) => void;

/** The log of one operation and the state it leads to; the two never part. */
export class Journal {
  readonly #operationId: string;
  readonly #log: LogStore;
  readonly #clock: Clock;
  readonly #observe: Observer;
  #sequence: number;
  #state: OperationState;

  private constructor(
    operationId: string,
    records: readonly LogRecord[],
    log: LogStore,
    clock: Clock,
    observe: Observer,
  ) {
    this.#operationId = operationId;
    this.#log = log;
    this.#clock = clock;
    this.#observe = observe;
    this.#sequence = records.length;
    this.#state = foldLog(records);
  }

  /** Reads and folds, with the steps' names of now. Throws `log-unavailable`, or `illegal-record` for a log that cannot be. */
  static async open(
    operationId: string,
    steps: readonly AnyStep[],
    log: LogStore,
    clock: Clock,
    observe: Observer = () => {},
  ): Promise<Journal> {
    let records: readonly LogRecord[];
    try {
      records = await log.read(operationId);
    } catch (cause) {
      throw new WorkflowError('log-unavailable', `reading ${operationId}`, { cause });
    }
    return new Journal(operationId, withNamesOfNow(records, steps), log, clock, observe);
  }

  get state(): OperationState {
    return this.#state;
  }

  /** Writes entries. When it throws, nothing more may be done: what is not written did not happen. */
  async write(...entries: readonly LogEntry[]): Promise<void> {
    const written: { readonly record: LogRecord; readonly state: OperationState }[] = [];
    for (const entry of entries) {
      const record: LogRecord = {
        operationId: this.#operationId,
        sequence: this.#sequence + written.length + 1,
        at: this.#clock.now().toISOString(),
        entry,
      };
      written.push({ record, state: nextState(written.at(-1)?.state ?? this.#state, entry) });
    }
    try {
      await this.#append(written.map(({ record }) => record));
    } catch (cause) {
      const kinds = entries.map(({ kind }) => `"${kind}"`).join(' and ');
      throw new WorkflowError('log-unavailable', `writing ${kinds} of ${this.#operationId}`, { cause });
    }
    for (const { record, state } of written) {
      this.#sequence = record.sequence;
      this.#state = state;
      try {
        this.#observe(record, state);
      } catch {
        // Who only looks on must not decide how an operation ends.
      }
    }
  }

  async #append(records: readonly LogRecord[]): Promise<void> {
    if (records.length > 1 && this.#log.appendAll !== undefined) return this.#log.appendAll(records);
    for (const record of records) await this.#log.append(record);
  }
}
