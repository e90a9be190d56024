import type { LogRecord, LogStore, UnfinishedOperation } from '@ferry/workflow';
import type { ExpressionBuilder, Kysely, SqlBool, Expression } from 'kysely';
import type { Lease } from '../database/lock-store.ts';
import type { Session } from '../database/session.ts';
import { databaseNowMs, type Now } from '../database/clock.ts';
import type { Schema } from '../schema/schema.ts';
import { openSealed, seal } from '../database/sealed-text.ts';
import { insertAudit, ownAudit } from './audit-store.ts';
import type { Instance } from '@ferry/model';
import { type EndOfHold, freeInstance, type NewHold, takeInstance } from './take-instance.ts';

/** An operation as it stands in its table; its steps stand in the log. */
export interface StoredOperation {
  readonly id: string;
  readonly workflow: string;
  readonly input: unknown;
}

/** Operations, the log of their steps, and which controller may carry one on. */
export class OperationStore implements LogStore {
  readonly #session: Session;
  readonly #db: Kysely<Schema>;

  constructor(session: Session) {
    this.#session = session;
    this.#db = session.db;
  }

  async byId(id: string): Promise<StoredOperation | null> {
    const row = await this.#db.selectFrom('operation').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) return null;
    const input: unknown = JSON.parse(openSealed(this.#db, 'operation.input', id, row.input));
    return { id, workflow: row.workflow, input };
  }

  /** By which span of a trace it was carried on last (`traceparent`). */
  async traceParent(id: string): Promise<string | null> {
    const row = await this.#db
      .selectFrom('operation')
      .select('trace_parent')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.trace_parent ?? null;
  }

  async keepTraceParent(id: string, traceParent: string): Promise<void> {
    await this.#db.updateTable('operation').set({ trace_parent: traceParent }).where('id', '=', id).execute();
  }

  /** The primary key refuses a sequence number that is there: two runners cannot both write. Throws LeaseLost. */
  async append(record: LogRecord): Promise<void> {
    await this.appendAll([record]);
  }

  async appendAll(records: readonly LogRecord[]): Promise<void> {
    await this.#session.write(async ({ tx }) => {
      const rows = records.map((record) => ({
        operation_id: record.operationId,
        position: record.sequence,
        record: seal(
          tx,
          'operation_record.record',
          [record.operationId, record.sequence],
          JSON.stringify(record),
        ),
      }));
      await tx.insertInto('operation_record').values(rows).execute();
    });
  }

  async read(operationId: string): Promise<LogRecord[]> {
    const rows = await this.#db
      .selectFrom('operation_record')
      .select(['record', 'position'])
      .where('operation_id', '=', operationId)
      .orderBy('position')
      .execute();
    return rows.map(({ record, position }) => {
      const text = openSealed(this.#db, 'operation_record.record', [operationId, position], record);
      return JSON.parse(text) as LogRecord;
    });
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

  /** Those of them that no controller has a lease of. */
  async free(): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('operation')
      .select('id')
      .where('state', '=', 'open')
      .where((where) => this.#isFree(where))
      .orderBy('created_at')
      .execute();
    return rows.map((row) => row.id);
  }

  /** Takes a free operation, or one that this controller has already, for so long; null when it is another's or closed. */
  async take(id: string, controllerId: string, leaseMs: number): Promise<Lease | null> {
    const row = await this.#db
      .updateTable('operation')
      .set((set) => ({
        controller_id: controllerId,
        fence: set('fence', '+', 1),
        lease_until: set(databaseNowMs(this.#db), '+', leaseMs),
      }))
      .where('id', '=', id)
      .where('state', '=', 'open')
      .where((where) => where.or([where('controller_id', '=', controllerId), this.#isFree(where)]))
      .returning('fence')
      .executeTakeFirst();
    return row === undefined ? null : { operationId: id, fence: row.fence };
  }

  /** Lengthens all leases of a controller; gives the fences of those that are still its own, by operation. */
  async renew(controllerId: string, leaseMs: number): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#db
      .updateTable('operation')
      .set((set) => ({ lease_until: set(databaseNowMs(this.#db), '+', leaseMs) }))
      .where('controller_id', '=', controllerId)
      .where('state', '=', 'open')
      .returning(['id', 'fence'])
      .execute();
    return new Map(rows.map((row) => [row.id, row.fence]));
  }

  /** Gives an operation free for whoever asks next; one that was taken over stays where it is. */
  async release({ operationId, fence }: Lease): Promise<void> {
    await this.#db
      .updateTable('operation')
      .set({ controller_id: null, lease_until: 0 })
      .where('id', '=', operationId)
      .where('fence', '=', fence)
      .execute();
  }

  /** Gives all operations free: for whoever knows that no other controller lives. */
  async releaseAll(): Promise<void> {
    await this.#db
      .updateTable('operation')
      .set({ controller_id: null, lease_until: 0 })
      .where('state', '=', 'open')
      .execute();
  }

  /** Whether what it did is being taken back. */
  async isTakenBack(operationId: string): Promise<boolean> {
    const log = await this.read(operationId);
    return log.some(
      ({ entry }) => entry.kind === 'undo-started' || (entry.kind === 'step-failed' && entry.next === 'undo'),
    );
  }

  /**
   * Nothing is left to do for it, here or on a host. How it ended goes into the audit log, once; of a move, that stands
   * there with the migration's own end. Throws LeaseLost.
   */
  async close(id: string, result: 'done' | 'failed'): Promise<void> {
    await this.#session.write(async ({ tx }) => {
      const closed = await tx
        .updateTable('operation')
        .set({ state: 'closed' })
        .where('id', '=', id)
        .where('state', '=', 'open')
        .returning('workflow')
        .executeTakeFirst();
      if (closed === undefined) return;
      const isMove = await tx.selectFrom('migration').select('id').where('id', '=', id).executeTakeFirst();
      if (isMove !== undefined) return;
      const action = await tx
        .selectFrom('instance_action')
        .select(['instance_id', 'request_id'])
        .where('operation_id', '=', id)
        .executeTakeFirst();
      await insertAudit(
        tx,
        ownAudit({
          action: `ferry:${closed.workflow}.${result}`,
          target: { operation: id, ...(action === undefined ? {} : { instance: action.instance_id }) },
          result,
          requestId: action?.request_id ?? '',
        }),
        this.#session.now(),
      );
    });
  }

  #isFree(where: ExpressionBuilder<Schema, 'operation'>): Expression<SqlBool> {
    return where.or([where('controller_id', 'is', null), where('lease_until', '<', databaseNowMs(this.#db))]);
  }
}

/** Holding an instance for an operation: nothing else is done to it meanwhile, and what hosts show of it is no drift. */
export class HoldStore {
  readonly #session: Session;
  readonly #now: Now;

  constructor(session: Session) {
    this.#session = session;
    this.#now = session.now;
  }

  /**
   * Takes an instance that is still as its reader saw it, and writes the operation and the action down: all or nothing.
   * False when it has changed meanwhile, or something else holds it.
   */
  async begin(instance: Instance, hold: NewHold): Promise<boolean> {
    return this.#session.write((writing) => takeInstance(writing, instance, hold, this.#now()));
  }

  /** Frees the instance and tells how it went. Doing it twice changes nothing. */
  async end(operationId: string, instanceId: string, end: EndOfHold): Promise<void> {
    await this.#session.write(async (writing) => {
      const at = this.#now();
      const message = end.failure?.message ?? `power ${end.states?.powerState ?? 'as before'}`;
      if (!(await freeInstance(writing, operationId, instanceId, { ...end, message }, at))) return;
      if (end.states?.powerState === 'running') {
        await writing.tx
          .updateTable('instance_profile')
          .set({ launched_at: at })
          .where('instance_id', '=', instanceId)
          .where('launched_at', 'is', null)
          .execute();
      }
    });
  }
}
