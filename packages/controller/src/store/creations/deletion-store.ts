import type { Instance } from '@ferry/model';
import type { Kysely, SelectQueryBuilder, Transaction } from 'kysely';
import {
  type ActionFailure,
  adoptAskedDelete,
  askedDelete,
  beginAction,
  endAction,
  endActionOf,
  type NewAction,
} from '../operations/action-store.ts';
import type { Session } from '../database/session.ts';
import { insertOperation } from '../operations/take-instance.ts';
import { isShared } from '../database/atomically.ts';
import type { Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';

/** An operation that deletes an instance. */
export interface NewDeletion {
  readonly operationId: string;
  readonly workflow: string;
  readonly input: unknown;
  /** Null: it was written down when the deletion was asked for, while something else was done to the instance. */
  readonly action: NewAction | null;
}

/**
 * Instances that are deleted. Their rows stay, for what was done to them and for those who ask for what was deleted; with
 * `deleted_at` set, nothing else sees them.
 */
export class DeletionStore {
  readonly #session: Session;
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(session: Session) {
    this.#session = session;
    this.#db = session.db;
    this.#now = session.now;
  }

  /** Takes an instance that is still as its reader saw it: held by nothing, or by its own creation that came to nothing. */
  async begin(instance: Instance, deletion: NewDeletion): Promise<boolean> {
    return this.#session.write(async ({ tx, tell }) => {
      const { numUpdatedRows } = await tx
        .updateTable('instance')
        .set({ operation_id: deletion.operationId, task_state: 'deleting' })
        .where('id', '=', instance.id)
        .where('generation', '=', instance.generation)
        .where('host_id', '=', instance.hostId)
        .where('vm_state', '=', instance.vmState)
        .where('task_state', 'is', null)
        .where('deleted_at', 'is', null)
        .where('operation_id', instance.operationId === null ? 'is' : '=', instance.operationId)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      const at = this.#now();
      await insertOperation(
        tx,
        { id: deletion.operationId, workflow: deletion.workflow, input: deletion.input },
        at,
      );
      if (deletion.action === null) await adoptAskedDelete(tx, instance.id, deletion.operationId);
      else await beginAction(tx, deletion.action, at);
      await askFor(tx, instance.id, null);
      const message = `${instance.name} is deleted`;
      await tell({ kind: 'instance.updated', subjectId: instance.id, message });
      return true;
    });
  }

  /** Looks after it no more; nothing of it is touched anywhere. False: it is held by something, or has changed. */
  async forget(instance: Instance): Promise<boolean> {
    return this.#session.write(async ({ tx, tell }) => {
      const row = await tx
        .selectFrom('instance')
        .select('operation_id')
        .where('id', '=', instance.id)
        .where('generation', '=', instance.generation)
        .where('task_state', 'is', null)
        .where('operation_id', 'is', null)
        .where('deleted_at', 'is', null)
        .executeTakeFirst();
      if (row === undefined) return false;
      await markDeleted(tx, instance.id, this.#now());
      const message = `${instance.name} is forgotten: its domain stays as it is`;
      await tell({ kind: 'instance.updated', subjectId: instance.id, message });
      return true;
    });
  }

  /**
   * Writes down that somebody wants an instance gone that something else is done to: it is deleted once that has ended.
   * False, with nothing written, where that is so already, or where it is being deleted or gone.
   */
  async ask(instanceId: string, action: NewAction): Promise<boolean> {
    return this.#session.write(async ({ tx, tell }) => {
      const query = tx.selectFrom('instance').select(['name', 'task_state']).where('id', '=', instanceId);
      const free = query.where('deleted_at', 'is', null);
      const row = await (isShared(tx) ? free.forUpdate() : free).executeTakeFirst();
      if (row === undefined || row.task_state === 'deleting') return false;
      const at = this.#now();
      if (!(await askFor(tx, instanceId, at))) return false;
      await beginAction(tx, { ...action, operationId: null }, at);
      const message = `${row.name} is deleted as soon as what is done to it has ended`;
      await tell({ kind: 'instance.updated', subjectId: instanceId, message });
      return true;
    });
  }

  /** Those that somebody wants gone, and whose deletion has not begun; not those that are being created. */
  async asked(): Promise<string[]> {
    const rows = await asked(this.#db).orderBy('instance.id').execute();
    return rows.map(({ id }) => id);
  }

  async isAsked(instanceId: string): Promise<boolean> {
    return (await asked(this.#db).where('instance.id', '=', instanceId).executeTakeFirst()) !== undefined;
  }

  /** It is not deleted after all: its action tells why. Doing it twice changes nothing. */
  async refuseAsked(instanceId: string, failure: ActionFailure): Promise<void> {
    await this.#session.write(async ({ tx }) => {
      const sequence = await askedDelete(tx, instanceId);
      if (sequence !== null) await endAction(tx, sequence, failure, this.#now());
      await askFor(tx, instanceId, null);
    });
  }

  /** Has an instance that is being created taken back; false when it is not being created any more. */
  async request(instanceId: string): Promise<boolean> {
    return this.#session.write(async ({ tx }) => {
      const claim = await tx
        .selectFrom('creation_claim')
        .select('operation_id')
        .where('instance_id', '=', instanceId)
        .executeTakeFirst();
      if (claim === undefined) return false;
      const at = this.#now();
      await tx
        .updateTable('instance_profile')
        .set({ delete_requested_at: at, updated_at: at })
        .where('instance_id', '=', instanceId)
        .execute();
      await tx.updateTable('instance').set({ task_state: 'deleting' }).where('id', '=', instanceId).execute();
      return true;
    });
  }

  /** From here on no packet filter is needed for it. Its groups' ids come back the first time only. */
  async releaseGroups(instanceId: string): Promise<void> {
    await this.#db.deleteFrom('instance_security_group').where('instance_id', '=', instanceId).execute();
  }

  /** It is as it was, and can be deleted again; one that could not be created stays held. Doing it twice changes nothing. */
  async giveUp(operationId: string, instanceId: string, failure: ActionFailure): Promise<void> {
    await this.#session.write(async ({ tx, tell }) => {
      const row = await tx
        .selectFrom('instance_profile')
        .select('failure')
        .where('instance_id', '=', instanceId)
        .executeTakeFirst();
      const holder = row === undefined || row.failure === null ? null : operationId;
      const { numUpdatedRows } = await tx
        .updateTable('instance')
        .set({ operation_id: holder, task_state: null })
        .where('id', '=', instanceId)
        .where('operation_id', '=', operationId)
        .where('task_state', '=', 'deleting')
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return;
      await endActionOf(tx, operationId, failure, this.#now());
      const { message } = failure;
      await tell({ kind: 'instance.updated', subjectId: instanceId, message });
    });
  }

  /** It is no more. Doing it twice changes nothing. */
  async finish(operationId: string, instanceId: string): Promise<void> {
    await this.#session.write(async ({ tx, tell }) => {
      const row = await tx
        .selectFrom('instance')
        .select('name')
        .where('id', '=', instanceId)
        .where('operation_id', '=', operationId)
        .executeTakeFirst();
      if (row === undefined) return;
      const at = this.#now();
      await endActionOf(tx, operationId, null, at);
      await markDeleted(tx, instanceId, at);
      const message = `${row.name} is deleted`;
      await tell({ kind: 'instance.updated', subjectId: instanceId, message });
    });
  }
}

function asked(
  db: Kysely<Schema>,
): SelectQueryBuilder<Schema, 'instance' | 'instance_profile', { id: string }> {
  return db
    .selectFrom('instance')
    .innerJoin('instance_profile', 'instance_profile.instance_id', 'instance.id')
    .select('instance.id')
    .where('instance_profile.delete_requested_at', 'is not', null)
    .where('instance.vm_state', '!=', 'building')
    .where('instance.deleted_at', 'is', null);
}

/** Writes down since when somebody wants it gone, or that nobody is waiting for it any more. False: it was so already. */
async function askFor(tx: Transaction<Schema>, instanceId: string, at: string | null): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('instance_profile')
    .set({ delete_requested_at: at })
    .where('instance_id', '=', instanceId)
    .where('delete_requested_at', at === null ? 'is not' : 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Takes away what others would count it by, and shows it to nobody but those who ask for what was deleted. */
export async function markDeleted(tx: Transaction<Schema>, instanceId: string, at: string): Promise<void> {
  for (const table of [
    'instance_security_group',
    'instance_addresses',
    'server_group_member',
    'creation_claim',
    'kept_definition',
    'volume_attachment',
  ] as const)
    await tx.deleteFrom(table).where('instance_id', '=', instanceId).execute();
  await tx
    .updateTable('instance')
    .set((set) => ({
      deleted_at: at,
      vm_state: 'deleted',
      task_state: null,
      power_state: 'unknown',
      operation_id: null,
      fault: null,
      generation: set('generation', '+', 1),
    }))
    .where('id', '=', instanceId)
    .execute();
  await tx
    .updateTable('instance_profile')
    .set({ updated_at: at })
    .where('instance_id', '=', instanceId)
    .execute();
}
