import type { Clock } from './clock.ts';
import { WorkflowError } from './errors.ts';
import type { LogEntry, LogRecord, LogStore } from './log.ts';
import { foldLog, nextState, type OperationState } from './state.ts';

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

  /** Reads and folds. Throws `log-unavailable`, or `illegal-record` for a log that cannot be. */
  static async open(
    operationId: string,
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
    return new Journal(operationId, records, log, clock, observe);
  }

  get state(): OperationState {
    return this.#state;
  }

  /** Writes one entry. When it throws, nothing more may be done: what is not written did not happen. */
  async write(entry: LogEntry): Promise<void> {
    const state = nextState(this.#state, entry);
    const record: LogRecord = {
      operationId: this.#operationId,
      sequence: this.#sequence + 1,
      at: this.#clock.now().toISOString(),
      entry,
    };
    try {
      await this.#log.append(record);
    } catch (cause) {
      throw new WorkflowError('log-unavailable', `writing "${entry.kind}" of ${this.#operationId}`, {
        cause,
      });
    }
    this.#sequence = record.sequence;
    this.#state = state;
    try {
      this.#observe(record, state);
    } catch {
      // Who only looks on must not decide how an operation ends.
    }
  }
}
