import type { Instance } from '@ferry/model';
import type { Kysely, Transaction } from 'kysely';
import { type ActionFailure, beginAction, endActionOf, type NewAction } from '../operations/action-store.ts';
import { byLocks } from '../database/atomically.ts';
import type { EventStore } from '../operations/event-store.ts';
import { insertOperation } from '../operations/insert-operation.ts';
import { type Lease, requireLease } from '../database/lease.ts';
import type { Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';

/** An operation that deletes an instance. */
export interface NewDeletion {
  readonly operationId: string;
  readonly workflow: string;
  readonly input: unknown;
  /** Null: it is written down already. */
  readonly action: NewAction | null;
}

/**
 * Instances that are deleted. Their rows stay, for what was done to them and for those who ask for what was deleted; with
 * `deleted_at` set, nothing else sees them.
 */
export class DeletionStore {
  readonly #db: Kysely<Schema>;
  readonly #events: EventStore;
  readonly #now: Now;
  readonly #lease: Lease | null;

  /** With a lease, it ends a deletion only as long as nobody has taken the operation over; else throws LeaseLost. */
  constructor(db: Kysely<Schema>, events: EventStore, now: Now, lease: Lease | null = null) {
    this.#db = db;
    this.#events = events;
    this.#now = now;
    this.#lease = lease;
  }

  /** Takes an instance that is still as its reader saw it: held by nothing, or by its own creation that came to nothing. */
  async begin(instance: Instance, deletion: NewDeletion): Promise<boolean> {
    const begun = await byLocks(this.#db, async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('instance')
        .set({ migration_id: deletion.operationId, task_state: 'deleting' })
        .where('id', '=', instance.id)
        .where('generation', '=', instance.generation)
        .where('host_id', '=', instance.hostId)
        .where('vm_state', '=', instance.vmState)
        .where('task_state', 'is', null)
        .where('deleted_at', 'is', null)
        .where('migration_id', instance.migrationId === null ? 'is' : '=', instance.migrationId)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      const at = this.#now();
      await insertOperation(
        tx,
        { id: deletion.operationId, workflow: deletion.workflow, input: deletion.input },
        at,
      );
      if (deletion.action !== null) await beginAction(tx, deletion.action, at);
      const message = `${instance.name} is deleted`;
      await this.#events.write(tx, { kind: 'instance.updated', subjectId: instance.id, message });
      return true;
    });
    if (begun) this.#events.committed();
    return begun;
  }

  /** Looks after it no more; nothing of it is touched anywhere. False: it is held by something, or has changed. */
  async forget(instance: Instance): Promise<boolean> {
    const forgotten = await byLocks(this.#db, async (tx) => {
      const row = await tx
        .selectFrom('instance')
        .select('migration_id')
        .where('id', '=', instance.id)
        .where('generation', '=', instance.generation)
        .where('task_state', 'is', null)
        .where('migration_id', 'is', null)
        .where('deleted_at', 'is', null)
        .executeTakeFirst();
      if (row === undefined) return false;
      await markDeleted(tx, instance.id, this.#now());
      const message = `${instance.name} is forgotten: its domain stays as it is`;
      await this.#events.write(tx, { kind: 'instance.updated', subjectId: instance.id, message });
      return true;
    });
    this.#events.committed();
    return forgotten;
  }

  /** Has an instance that is being created taken back; false when it is not being created any more. */
  async request(instanceId: string): Promise<boolean> {
    return byLocks(this.#db, async (tx) => {
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
    await byLocks(this.#db, async (tx) => {
      await requireLease(tx, this.#lease);
      const row = await tx
        .selectFrom('instance_profile')
        .select('failure')
        .where('instance_id', '=', instanceId)
        .executeTakeFirst();
      const holder = row === undefined || row.failure === null ? null : operationId;
      const { numUpdatedRows } = await tx
        .updateTable('instance')
        .set({ migration_id: holder, task_state: null })
        .where('id', '=', instanceId)
        .where('migration_id', '=', operationId)
        .where('task_state', '=', 'deleting')
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return;
      await endActionOf(tx, operationId, failure, this.#now());
      const { message } = failure;
      await this.#events.write(tx, { kind: 'instance.updated', subjectId: instanceId, message });
    });
    this.#events.committed();
  }

  /** It is no more. Doing it twice changes nothing. */
  async finish(operationId: string, instanceId: string): Promise<void> {
    await byLocks(this.#db, async (tx) => {
      await requireLease(tx, this.#lease);
      const row = await tx
        .selectFrom('instance')
        .select('name')
        .where('id', '=', instanceId)
        .where('migration_id', '=', operationId)
        .executeTakeFirst();
      if (row === undefined) return;
      const at = this.#now();
      await endActionOf(tx, operationId, null, at);
      await markDeleted(tx, instanceId, at);
      const message = `${row.name} is deleted`;
      await this.#events.write(tx, { kind: 'instance.updated', subjectId: instanceId, message });
    });
    this.#events.committed();
  }
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
      migration_id: null,
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
