import {
  type FileCopy,
  type Instance,
  type KeptFile,
  type Migration,
  type MigrationFailure,
  type MigrationResult,
  type MigrationStatus,
  type PowerState,
  type Rehearsal,
  type TransferPlan,
  type TransferProgress,
  type TransferState,
  transition,
  type VmState,
  type WarmRounds,
} from '@ferry/model';
import { endActionOf } from '../operations/action-store.ts';
import { isShared } from '../database/atomically.ts';
import type { Session, Writing } from '../database/session.ts';
import { insertAudit, type NewAudit, ownAudit } from '../operations/audit-store.ts';
import {
  type Begun,
  beginMigration,
  type NewClaim,
  type NewMoveOperation,
  type ResizeQuota,
} from './begin-migration.ts';
import type { Kysely, Transaction } from 'kysely';
import {
  claimedMemoryBytes,
  claimedRoom,
  readMigration,
  rowsWithProgress,
  writeMigration,
} from './migration-row.ts';
import type { ProgressRecorder } from './recording-store.ts';
import type { StoreObserver } from '../store-observer.ts';
import type { MigrationRow, Schema } from '../schema/schema.ts';
import { setFlavor, sizeColumns } from '../instances/server-record.ts';
import type { Now } from '../database/clock.ts';

/** Migrations, and how an instance changes its host by one. */
export class MigrationStore {
  readonly #session: Session;
  readonly #db: Kysely<Schema>;
  readonly #progress: ProgressRecorder;
  readonly #now: Now;
  readonly #observer: StoreObserver;

  constructor(session: Session, progress: ProgressRecorder, observer: StoreObserver) {
    this.#session = session;
    this.#db = session.db;
    this.#progress = progress;
    this.#now = session.now;
    this.#observer = observer;
  }

  async byId(id: string): Promise<Migration | null> {
    const row = await rowsWithProgress(this.#db).where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : readMigration(row, this.#progress);
  }

  /** The newest of all, the newest first. */
  async newest(limit: number): Promise<Migration[]> {
    const rows = await rowsWithProgress(this.#db).orderBy('sequence', 'desc').limit(limit).execute();
    return rows.map((row) => readMigration(row, this.#progress));
  }

  /** Ids of all hosts that an instance has moved from or to. */
  async hostsOf(instanceId: string): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('migration')
      .select(['source_host_id', 'target_host_id'])
      .where('instance_id', '=', instanceId)
      .distinct()
      .execute();
    return [...new Set(rows.flatMap((row) => [row.source_host_id, row.target_host_id]))];
  }

  /** What all moves that left a host did with files; of those that were planned. */
  async plansFrom(hostId: string): Promise<TransferPlan[]> {
    const rows = await this.#db
      .selectFrom('migration')
      .select('plan')
      .where('source_host_id', '=', hostId)
      .where('plan', 'is not', null)
      .execute();
    return rows.flatMap(({ plan }) => (plan === null ? [] : [JSON.parse(plan) as TransferPlan]));
  }

  /** Evacuations whose source may still hold something of the instance. */
  async evacuated(): Promise<Migration[]> {
    const rows = await rowsWithProgress(this.#db)
      .where('kind', '=', 'evacuation')
      .where('status', '=', 'done')
      .orderBy('sequence')
      .execute();
    return rows.map((row) => readMigration(row, this.#progress));
  }

  /** Those that something is left to do for, clean-up included. */
  async underWay(): Promise<Migration[]> {
    const rows = await rowsWithProgress(this.#db)
      .innerJoin('operation', 'operation.id', 'migration.id')
      .where('operation.state', '=', 'open')
      .orderBy('sequence')
      .execute();
    return rows.map((row) => readMigration(row, this.#progress));
  }

  /** The same, and those that are held or go back by an operation of their own: files of theirs are still somewhere. */
  async notOver(): Promise<Migration[]> {
    const rows = await rowsWithProgress(this.#db)
      .leftJoin('operation', 'operation.id', 'migration.id')
      .where((where) =>
        where.or([where('migration.finished_at', 'is', null), where('operation.state', '=', 'open')]),
      )
      .orderBy('sequence')
      .execute();
    return rows.map((row) => readMigration(row, this.#progress));
  }

  /** Memory that running migrations have claimed on a host. */
  async claimedMemoryBytes(hostId: string): Promise<number> {
    return claimedMemoryBytes(this.#db, hostId);
  }

  /** Takes the instance (compare-and-set on owner and generation), writes migration, claim and operation: all or nothing. */
  async begin(
    migration: Migration,
    instance: Instance,
    claim: NewClaim,
    operation: NewMoveOperation,
    quota?: ResizeQuota,
  ): Promise<Begun> {
    return this.#session.write(async ({ tx, tell }) => {
      const answer = await beginMigration(tx, { migration, instance, claim, operation, quota }, this.#now());
      if (answer.begun)
        await tellOf(tell, migration, `${migration.sourceHost} to ${migration.targetHost}: accepted`);
      return answer;
    });
  }

  /** Moves the status on; the same status again is fine, an illegal one throws. */
  async advance(id: string, status: MigrationStatus, phase: string): Promise<void> {
    await this.#change(id, (migration) => ({
      ...migration,
      status: migration.status === status ? status : transition(migration.kind, migration.status, status),
      phase,
    }));
  }

  /** Null: what is done now has no numbers (yet). */
  async setProgress(id: string, progress: TransferProgress | null): Promise<void> {
    await this.#progress.record(id, progress, this.#session);
  }

  /** Writes down how the copying of one file stands; null: this migration has none of that file. */
  async setCopy(id: string, path: string, copy: FileCopy | null): Promise<void> {
    await this.#change(id, (migration) => ({
      ...migration,
      copies: [...migration.copies.filter((one) => one.path !== path), ...(copy === null ? [] : [copy])],
    }));
  }

  /** Writes down, before it is done, that something is made at a free path of the target; or that it is not after all. */
  async setMade(id: string, path: string, isMade: boolean): Promise<void> {
    await this.#change(id, (migration) => {
      const others = (migration.made ?? []).filter((one) => one !== path);
      return { ...migration, made: isMade ? [...others, path] : others };
    });
  }

  /** Writes down, before it is done, what is done to the disks of a warm move; a version that wrote nothing down goes on so. */
  async setRounds(id: string, change: (rounds: WarmRounds) => WarmRounds): Promise<void> {
    await this.#change(id, (migration) =>
      migration.rounds === null ? migration : { ...migration, rounds: change(migration.rounds) },
    );
  }

  /** Writes down that a file stays on a host, and why; of one that has gone after all, that it does not. */
  async setKept(
    id: string,
    { host, path }: Omit<KeptFile, 'because'>,
    because: string | null,
  ): Promise<void> {
    await this.#change(id, (migration) => {
      const known = migration.kept.find((one) => one.host === host && one.path === path);
      if ((known?.because ?? null) === because) return migration;
      const others = migration.kept.filter((one) => one !== known);
      return { ...migration, kept: because === null ? others : [...others, { host, path, because }] };
    });
  }

  /** The instance that it holds is in that power state by now: who looks at it meanwhile is told the truth. */
  async setPower(id: string, power: PowerState): Promise<void> {
    await this.#session.write(async ({ tx }) => {
      await tx.updateTable('instance').set({ power_state: power }).where('operation_id', '=', id).execute();
    });
  }

  /** Writes down what a rehearsal found. */
  async setRehearsal(id: string, rehearsal: Rehearsal): Promise<void> {
    await this.#change(id, (migration) => ({ ...migration, rehearsal }));
  }

  async setPhase(id: string, phase: string): Promise<void> {
    await this.#change(id, (migration) => ({ ...migration, phase }));
  }

  /** Of one that has failed: how its clean-up stands now, which can go on for long after its end. */
  async sayCleanUp(id: string, phase: string, message: string): Promise<void> {
    await this.#change(id, (migration) => {
      const { finishedAt, error } = migration;
      if (finishedAt === null || error === null) return migration;
      if (migration.phase === phase && error.message === message) return migration;
      return { ...migration, phase, error: { ...error, message } };
    });
  }

  /** Writes down that somebody wants it ended. Returns the migration as it is then; null when there is none. */
  async requestAbort(id: string): Promise<Migration | null> {
    return this.#change(id, (migration) =>
      migration.finishedAt === null ? { ...migration, abortRequested: true } : migration,
    );
  }

  /** Tells of a migration what changes nothing of it, a sentence each. */
  async tell(id: string, sentences: readonly string[]): Promise<void> {
    await this.#session.write(async ({ tell }) => {
      for (const message of sentences) await tell({ kind: 'migration.updated', subjectId: id, message });
    });
  }

  /** Writes down where its live transfer stands, and that in words. */
  async setTransfer(id: string, state: TransferState, phase: string): Promise<void> {
    await this.#change(id, (migration) => ({ ...migration, phase }), { transfer: JSON.stringify(state) });
  }

  /** The instance belongs to the target from here on. Doing it twice changes nothing. */
  async commit(id: string): Promise<void> {
    await this.#session.write(async ({ tx, tell }) => {
      const migration = await this.#read(tx, id);
      const { numUpdatedRows } = await tx
        .updateTable('instance')
        .set((set) => ({
          host_id: migration.targetHostId,
          generation: set('generation', '+', 1),
          ...sizeColumns(migration.resize?.to ?? null),
        }))
        .where('id', '=', migration.instanceId)
        .where('operation_id', '=', id)
        .where('host_id', '=', migration.sourceHostId)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return;
      if (migration.resize !== null)
        await setFlavor(tx, migration.instanceId, migration.resize.to.flavor, this.#now());
      await tellOf(tell, migration, `${migration.instanceName} now belongs to ${migration.targetHost}`);
    });
  }

  /** Ends the migration: frees the instance and the claim. Doing it twice changes nothing. */
  async finish(
    id: string,
    end: {
      status: MigrationStatus;
      phase: string;
      result: MigrationResult | null;
      error: MigrationFailure | null;
      power: { powerState: PowerState; vmState: VmState } | null;
    },
  ): Promise<void> {
    await this.#progress.end(id, this.#session);
    const ended = await this.#session.write(async ({ tx, tell }) => {
      const before = await this.#read(tx, id);
      if (before.finishedAt !== null) return null;
      const at = this.#now();
      const after: Migration = {
        ...before,
        status: transition(before.kind, before.status, end.status),
        phase: end.phase,
        result: end.result,
        error: end.error,
        updatedAt: at,
        finishedAt: at,
      };
      await tx.updateTable('migration').set(writeMigration(after)).where('id', '=', id).execute();
      await tx
        .updateTable('instance')
        .set({
          operation_id: null,
          task_state: null,
          ...(end.power === null ? {} : { power_state: end.power.powerState, vm_state: end.power.vmState }),
        })
        .where('id', '=', before.instanceId)
        .where('operation_id', '=', id)
        .execute();
      await tx.deleteFrom('claim').where('migration_id', '=', id).execute();
      await endActionOf(tx, id, end.error, at);
      await insertAudit(tx, endOfMigration(after), at);
      await tellOf(tell, after, `${after.status}${end.error === null ? '' : `: ${end.error.message}`}`);
      return after;
    });
    if (ended !== null) this.#observer.migrationEnded(ended);
  }

  async #change(
    id: string,
    change: (migration: Migration) => Migration,
    more: Partial<Pick<MigrationRow, 'transfer'>> = {},
  ): Promise<Migration | null> {
    return this.#session.write(async ({ tx, tell }) => {
      const before = await this.#readLocked(tx, id);
      if (before === null) return null;
      const changed = change(before);
      if (changed === before) return before;
      const after = { ...changed, updatedAt: this.#now() };
      await tx
        .updateTable('migration')
        .set({ ...writeMigration(after), ...more })
        .where('id', '=', id)
        .execute();
      await tellOf(tell, after, after.phase);
      return after;
    });
  }

  async #read(tx: Transaction<Schema>, id: string): Promise<Migration> {
    const migration = await this.#readLocked(tx, id);
    if (migration === null) throw new Error(`there is no migration ${id}`);
    return migration;
  }

  /** It stays as it was read until the transaction is done. */
  async #readLocked(tx: Transaction<Schema>, id: string): Promise<Migration | null> {
    const query = tx.selectFrom('migration').selectAll().where('id', '=', id);
    const row = await (isShared(tx) ? query.forUpdate() : query).executeTakeFirst();
    return row === undefined ? null : readMigration(row);
  }

  /** Bytes that migrations under way are still to write to a host, by directory. */
  claimedRoom(hostId: string): Promise<ReadonlyMap<string, number>> {
    return claimedRoom(this.#db, hostId);
  }
}

function tellOf(tell: Writing['tell'], { id }: Migration, message: string): Promise<void> {
  return tell({ kind: 'migration.updated', subjectId: id, message });
}

/** Whoever has asked for it is found by its id: here the controller tells how it has ended. */
function endOfMigration(migration: Migration): NewAudit {
  const { id, instanceId, sourceHost, targetHost, status, error } = migration;
  return ownAudit({
    action: `ferry:migration.${status}`,
    target: { migration: id, instance: instanceId, sourceHost, targetHost },
    result: error === null ? 'done' : 'failed',
  });
}
