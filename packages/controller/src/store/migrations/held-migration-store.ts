import {
  type Migration,
  type MigrationFailure,
  type MigrationResult,
  type MigrationStatus,
  type PowerState,
  type TaskState,
  transition,
} from '@ferry/model';
import type { Kysely, Transaction } from 'kysely';
import { actionOfDecision } from './begin-migration.ts';
import { type RequestContext, beginAction, endActionOf } from '../operations/action-store.ts';
import { isShared } from '../database/atomically.ts';
import type { Session } from '../database/session.ts';
import { insertOperation } from '../operations/take-instance.ts';
import { readMigration, writeMigration } from './migration-row.ts';
import type { Schema } from '../schema/schema.ts';
import { setFlavor, sizeColumns } from '../instances/server-record.ts';
import type { Now } from '../database/clock.ts';

/** What a person can decide on a migration that is held. */
export type Decision = 'confirm' | 'revert';

/** How taking a migration for a decision ended. */
export type Decided =
  | { readonly decided: true; readonly migration: Migration }
  | { readonly decided: false; readonly migration: Migration | null };

/** Cold migrations whose source is kept, from their end until a person has decided. They hold their instance all the while. */
export class HeldMigrationStore {
  readonly #session: Session;
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(session: Session) {
    this.#session = session;
    this.#db = session.db;
    this.#now = session.now;
  }

  /** Those that wait for a decision and have done so since before that time. */
  async waitingSince(before: string): Promise<Migration[]> {
    const rows = await this.#db
      .selectFrom('migration')
      .selectAll()
      .where('held', '=', 1)
      .where('status', '=', 'finished')
      .where('updated_at', '<', before)
      .orderBy('sequence')
      .execute();
    return rows.map((row) => readMigration(row));
  }

  /**
   * It has moved and waits. What it had claimed at the target is used there now; at its source the room that going back
   * takes is kept. Doing it twice changes nothing.
   */
  async hold(
    id: string,
    end: { phase: string; result: MigrationResult; powerState: PowerState; memoryBytesAtSource: number },
  ): Promise<void> {
    await this.#change(id, async (tx, before) => {
      if (before.status !== 'post-migrating') return null;
      const { phase, result } = end;
      await endActionOf(tx, id, null, this.#now());
      await this.#setInstance(tx, before, { power_state: end.powerState, vm_state: 'resized', task: null });
      await tx
        .updateTable('claim')
        .set({ host_id: before.sourceHostId, memory_bytes: end.memoryBytesAtSource, disk_bytes: 0 })
        .where('migration_id', '=', id)
        .execute();
      return { ...before, status: this.#next(before, 'finished'), phase, result };
    });
  }

  /** Writes a decision and its operation down in one transaction, unless the migration does not wait for one. */
  async decide(
    id: string,
    decision: Decision,
    operation: { id: string; workflow: string; input: unknown; asked?: RequestContext },
  ): Promise<Decided> {
    let decided = false;
    const migration = await this.#change(id, async (tx, before) => {
      if (!before.held || before.status !== 'finished') return null;
      decided = true;
      const task = decision === 'confirm' ? 'resize_confirming' : 'resize_reverting';
      await this.#setInstance(tx, before, { task });
      await insertOperation(tx, operation, this.#now());
      await beginAction(tx, actionOfDecision(before, decision, operation), this.#now());
      const status = decision === 'confirm' ? 'confirming' : 'reverting';
      return { ...before, status: this.#next(before, status), phase: `${status}: accepted`, error: null };
    });
    return decided && migration !== null ? { decided, migration } : { decided: false, migration };
  }

  /** The instance belongs to its source again, with the size that it had there. Doing it twice changes nothing. */
  async commitBack(id: string): Promise<void> {
    await this.#change(id, async (tx, before) => {
      const { numUpdatedRows } = await tx
        .updateTable('instance')
        .set((set) => ({
          host_id: before.sourceHostId,
          generation: set('generation', '+', 1),
          ...sizeColumns(before.resize?.from ?? null),
        }))
        .where('id', '=', before.instanceId)
        .where('operation_id', '=', id)
        .where('host_id', '=', before.targetHostId)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return null;
      if (before.resize !== null)
        await setFlavor(tx, before.instanceId, before.resize.from.flavor, this.#now());
      return { ...before, phase: `${before.instanceName} belongs to ${before.sourceHost} again` };
    });
  }

  /** A revert that could not be done: it waits as before, and tells why. Doing it twice changes nothing. */
  async stayHeld(id: string, operationId: string, phase: string, error: MigrationFailure): Promise<void> {
    await this.#change(id, async (tx, before) => {
      if (before.status !== 'reverting') return null;
      await endActionOf(tx, operationId, error, this.#now());
      await this.#setInstance(tx, before, { task: null });
      return { ...before, status: this.#next(before, 'finished'), phase, error };
    });
  }

  #next(before: Migration, status: MigrationStatus): MigrationStatus {
    return transition(before.kind, before.status, status);
  }

  async #setInstance(
    tx: Transaction<Schema>,
    { id, instanceId }: Migration,
    { task, ...columns }: { task: TaskState; power_state?: string; vm_state?: string },
  ): Promise<void> {
    await tx
      .updateTable('instance')
      .set({ task_state: task, ...columns })
      .where('id', '=', instanceId)
      .where('operation_id', '=', id)
      .execute();
  }

  /** The migration as it is then; null when there is none. A change of null leaves it as it is. */
  async #change(
    id: string,
    change: (tx: Transaction<Schema>, before: Migration) => Promise<Migration | null>,
  ): Promise<Migration | null> {
    return this.#session.write(async ({ tx, tell }) => {
      const query = tx.selectFrom('migration').selectAll().where('id', '=', id);
      const row = await (isShared(tx) ? query.forUpdate() : query).executeTakeFirst();
      if (row === undefined) return null;
      const before = readMigration(row);
      const changedTo = await change(tx, before);
      if (changedTo === null) return before;
      const after = { ...changedTo, updatedAt: this.#now() };
      await tx.updateTable('migration').set(writeMigration(after)).where('id', '=', id).execute();
      await tell({
        kind: 'migration.updated',
        subjectId: id,
        message: `${after.status}: ${after.phase}`,
      });
      return after;
    });
  }
}
