import type { LogRecord, LogStore, UnfinishedOperation } from '../log.ts';

/** A log in memory. Records go in and out as JSON, as they do with a database. */
export class MemoryLog implements LogStore {
  readonly #operations = new Map<string, string[]>();

  append(record: LogRecord): Promise<void> {
    const lines = this.#operations.get(record.operationId) ?? [];
    if (record.sequence !== lines.length + 1) {
      return Promise.reject(new Error(`record ${record.sequence} after ${lines.length}: two writers?`));
    }
    this.#operations.set(record.operationId, [...lines, JSON.stringify(record)]);
    return Promise.resolve();
  }

  read(operationId: string): Promise<readonly LogRecord[]> {
    const lines = this.#operations.get(operationId) ?? [];
    return Promise.resolve(lines.map((line) => JSON.parse(line) as LogRecord));
  }

  async unfinished(): Promise<readonly UnfinishedOperation[]> {
    const found: UnfinishedOperation[] = [];
    for (const operationId of this.#operations.keys()) {
      const records = await this.read(operationId);
      const first = records[0]?.entry;
      const finished = records.some((record) => record.entry.kind === 'operation-finished');
      if (first?.kind === 'operation-started' && !finished) {
        found.push({ operationId, workflow: first.plan.workflow });
      }
    }
    return found;
  }
}
