import {
  type ControlState,
  noOrders,
  type PolicyValues,
  type TransferOrders,
  type TransferProgress,
  type TransferState,
} from '@ferry/model';
import type { Kysely } from 'kysely';
import { isShared } from '../database/atomically.ts';
import { openSealed } from '../database/sealed-text.ts';
import type { Session } from '../database/session.ts';
import type { Schema } from '../schema/schema.ts';
import type { ProgressRecorder } from './recording-store.ts';

/** A live transfer as it is written down. */
export interface StoredTransfer {
  readonly state: TransferState | null;
  readonly abortRequested: boolean;
  readonly forceRequested: boolean;
  /** How it converges, and what was decided on that; null: nothing was. */
  readonly control: ControlState | null;
  /** What operators have changed while it runs. */
  readonly orders: TransferOrders;
}

/** A live migration that sends memory now. */
export interface SendingMigration {
  readonly id: string;
  readonly sourceHostId: string;
  readonly targetHostId: string;
  /** What its operation was begun with. */
  readonly input: unknown;
  /** Memory that it has still to send; null: it has just begun. */
  readonly leftBytes: number | null;
  readonly control: ControlState | null;
  readonly orders: TransferOrders;
}

/** A move that sends now. */
export interface SendingStream {
  readonly id: string;
  /** Its instance's. */
  readonly name: string;
  readonly fromHostId: string;
  readonly toHostId: string;
  readonly progress: TransferProgress | null;
}

/** What is written down of live transfers: how they converge, what was decided on that, what operators have changed. */
export class TransferStore {
  readonly #session: Session;
  readonly #db: Kysely<Schema>;
  readonly #progress: ProgressRecorder;

  constructor(session: Session, progress: ProgressRecorder) {
    this.#session = session;
    this.#db = session.db;
    this.#progress = progress;
  }

  /** Where its live transfer stands (null: none has begun), and what people want of it. */
  async of(id: string): Promise<StoredTransfer> {
    const row = await this.#db
      .selectFrom('migration')
      .select(['transfer', 'abort_requested', 'force_requested', 'control', 'orders'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return {
      state: row.transfer === null ? null : (JSON.parse(row.transfer) as TransferState),
      abortRequested: row.abort_requested !== 0,
      forceRequested: row.force_requested !== 0,
      control: row.control === null ? null : (JSON.parse(row.control) as ControlState),
      orders: row.orders === null ? noOrders : (JSON.parse(row.orders) as TransferOrders),
    };
  }

  /** Writes down what was decided on a transfer that runs, and tells it, a sentence each. */
  async setControl(id: string, control: ControlState, sentences: readonly string[]): Promise<void> {
    await this.#session.write(async ({ tx, tell }) => {
      await tx
        .updateTable('migration')
        .set({ control: JSON.stringify(control) })
        .where('id', '=', id)
        .execute();
      for (const message of sentences) await tell({ kind: 'migration.updated', subjectId: id, message });
    });
  }

  /** How the last live transfer of an instance went; null: none was looked at. */
  async lastControl(instanceId: string): Promise<ControlState | null> {
    const row = await this.#db
      .selectFrom('migration')
      .select('control')
      .where('instance_id', '=', instanceId)
      .where('control', 'is not', null)
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.control == null ? null : (JSON.parse(row.control) as ControlState);
  }

  /** Live migrations that send memory now, and what their share of a link is made of. */
  async sending(): Promise<SendingMigration[]> {
    const rows = await this.#db
      .selectFrom('migration')
      .innerJoin('operation', 'operation.id', 'migration.id')
      .leftJoin('migration_progress', 'migration_progress.migration_id', 'migration.id')
      .select(['migration.id', 'source_host_id', 'target_host_id', 'input', 'control', 'orders'])
      .select('migration_progress.progress as latest')
      .where('kind', '=', 'live-migration')
      .where('status', '=', 'running')
      .where('operation.state', '=', 'open')
      .orderBy('migration.sequence')
      .execute();
    return rows.map((row) => {
      const progress =
        this.#progress.latest(row.id) ?? (JSON.parse(row.latest ?? 'null') as TransferProgress | null);
      return {
        id: row.id,
        sourceHostId: row.source_host_id,
        targetHostId: row.target_host_id,
        input: JSON.parse(openSealed(this.#db, 'operation.input', row.id, row.input)) as unknown,
        leftBytes: progress?.memoryRemainingBytes ?? progress?.remainingBytes ?? null,
        control: JSON.parse(row.control ?? 'null') as ControlState | null,
        orders: row.orders === null ? noOrders : (JSON.parse(row.orders) as TransferOrders),
      };
    });
  }

  /** All moves that send now through the port of either host, but for one; with how far they are, where that is known. */
  async streams(
    except: string,
    { fromHostId, toHostId }: { readonly fromHostId: string; readonly toHostId: string },
  ): Promise<SendingStream[]> {
    const rows = await this.#db
      .selectFrom('migration')
      .leftJoin('migration_progress', 'migration_progress.migration_id', 'migration.id')
      .select(['migration.id', 'instance_name', 'source_host_id', 'target_host_id'])
      .select('migration_progress.progress as latest')
      .where('finished_at', 'is', null)
      .where('status', 'in', ['running', 'migrating'])
      .where('migration.id', '!=', except)
      .where((where) =>
        where.or([where('source_host_id', '=', fromHostId), where('target_host_id', '=', toHostId)]),
      )
      .orderBy('migration.sequence')
      .execute();
    return rows.map((row) => ({
      id: row.id,
      name: row.instance_name,
      fromHostId: row.source_host_id,
      toHostId: row.target_host_id,
      progress:
        this.#progress.latest(row.id) ?? (JSON.parse(row.latest ?? 'null') as TransferProgress | null),
    }));
  }

  /** Writes down what an operator changes of a transfer that runs; what is there already stays but for what is changed. */
  async order(
    id: string,
    change: { readonly values: Partial<PolicyValues>; readonly end: TransferOrders['end'] },
    message: string,
  ): Promise<void> {
    await this.#session.write(async ({ tx, tell }) => {
      const query = tx.selectFrom('migration').select('orders').where('id', '=', id);
      const row = await (isShared(tx) ? query.forUpdate() : query).executeTakeFirstOrThrow();
      const before = row.orders === null ? noOrders : (JSON.parse(row.orders) as TransferOrders);
      const orders: TransferOrders = {
        ...before,
        serial: before.serial + 1,
        values: { ...before.values, ...change.values },
        end: change.end ?? before.end,
      };
      await tx
        .updateTable('migration')
        .set({ orders: JSON.stringify(orders) })
        .where('id', '=', id)
        .where('finished_at', 'is', null)
        .execute();
      await tell({ kind: 'migration.updated', subjectId: id, message });
    });
  }

  /** Writes down what its owner wants of the guest's power since the transfer was prepared, and tells it. */
  async setStandsStill(id: string, standsStill: boolean, message: string): Promise<void> {
    await this.#session.write(async ({ tx, tell }) => {
      const query = tx.selectFrom('migration').select('orders').where('id', '=', id);
      const row = await (isShared(tx) ? query.forUpdate() : query).executeTakeFirstOrThrow();
      const before = row.orders === null ? noOrders : (JSON.parse(row.orders) as TransferOrders);
      const orders: TransferOrders = { ...before, standsStill };
      await tx
        .updateTable('migration')
        .set({ orders: JSON.stringify(orders) })
        .where('id', '=', id)
        .execute();
      await tell({ kind: 'migration.updated', subjectId: id, message });
    });
  }

  /** Writes down that somebody wants it to come to its end now, whatever it costs the guest. */
  async requestForce(id: string): Promise<void> {
    await this.#db
      .updateTable('migration')
      .set({ force_requested: 1 })
      .where('id', '=', id)
      .where('finished_at', 'is', null)
      .execute();
  }
}
