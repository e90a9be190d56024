import type { LogRecord, LogStore, UnfinishedOperation } from '@ferry/workflow';
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** An operation as it stands in its table; its steps stand in the log. */
export interface StoredOperation {
  readonly id: string;
  readonly workflow: string;
  readonly input: unknown;
}

/** Operations and the log of their steps. */
export class OperationStore implements LogStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async byId(id: string): Promise<StoredOperation | null> {
    const row = await this.#db.selectFrom('operation').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : { id: row.id, workflow: row.workflow, input: JSON.parse(row.input) };
  }

  /** The primary key refuses a sequence number that is there: two runners cannot both write. */
  async append(record: LogRecord): Promise<void> {
    await this.#db
      .insertInto('operation_record')
      .values({ operation_id: record.operationId, position: record.sequence, record: JSON.stringify(record) })
      .execute();
  }

  async read(operationId: string): Promise<LogRecord[]> {
    const rows = await this.#db
      .selectFrom('operation_record')
      .select('record')
      .where('operation_id', '=', operationId)
      .orderBy('position')
      .execute();
    return rows.map((row) => JSON.parse(row.record) as LogRecord);
  }

  /** Operations that are not closed: also those accepted a moment before a crash, whose log is still empty. */
  async unfinished(): Promise<UnfinishedOperation[]> {
    const rows = await this.#db
      .selectFrom('operation')
      .select(['id', 'workflow'])
      .where('state', '=', 'open')
      .orderBy('created_at')
      .execute();
    return rows.map((row) => ({ operationId: row.id, workflow: row.workflow }));
  }

  /** Whether one of these steps has come to its end. */
  async hasPassed(operationId: string, steps: readonly string[]): Promise<boolean> {
    const log = await this.read(operationId);
    return log.some(({ entry }) => entry.kind === 'step-succeeded' && steps.includes(entry.step));
  }

  /** Whether what it did is being taken back. */
  async isTakenBack(operationId: string): Promise<boolean> {
    const log = await this.read(operationId);
    return log.some(
      ({ entry }) => entry.kind === 'undo-started' || (entry.kind === 'step-failed' && entry.next === 'undo'),
    );
  }

  /** Nothing is left to do for it, here or on a host. */
  async close(id: string): Promise<void> {
    await this.#db.updateTable('operation').set({ state: 'closed' }).where('id', '=', id).execute();
  }
}
