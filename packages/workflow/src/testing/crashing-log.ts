import type { LogRecord, LogStore, UnfinishedOperation } from '../log.ts';

/** The process "stops" at one record: just before it is written, or right after. */
export interface CrashPoint {
  readonly moment: 'before' | 'after';
  /** Whether the process stops at this record. Asked once a record until it says yes. */
  at(record: LogRecord): boolean;
}

/**
 * A log that stops its writer once, at the crash point, and refuses that writer from then on, as a dead process
 * writes no more. A recovery uses the log underneath.
 */
export class CrashingLog implements LogStore {
  readonly #log: LogStore;
  readonly #point: CrashPoint;
  #crashed = false;

  constructor(log: LogStore, point: CrashPoint) {
    this.#log = log;
    this.#point = point;
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  async append(record: LogRecord): Promise<void> {
    if (this.#crashed) throw new Error('the process has stopped');
    this.#crashed = this.#point.at(record);
    if (this.#crashed && this.#point.moment === 'before')
      throw new Error('the process stops before a record');
    await this.#log.append(record);
    if (this.#crashed) throw new Error('the process stops after a record');
  }

  async read(operationId: string): Promise<readonly LogRecord[]> {
    return await this.#log.read(operationId);
  }

  async unfinished(): Promise<readonly UnfinishedOperation[]> {
    return await this.#log.unfinished();
  }
}
