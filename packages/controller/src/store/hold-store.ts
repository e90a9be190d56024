import type { Instance, PowerState, TaskState, VmState } from '@ferry/model';
import type { Kysely } from 'kysely';
import { type ActionFailure, beginAction, endActionOf, type NewAction } from './action-store.ts';
import { byLocks } from './atomically.ts';
import type { EventStore } from './event-store.ts';
import { insertOperation } from './insert-operation.ts';
import { type Lease, requireLease } from './lease.ts';
import type { Schema } from './schema.ts';
import type { Now } from './store.ts';

/** An operation that takes an instance for itself, and is no move: those have more to write down (MigrationStore). */
export interface NewHold {
  readonly operationId: string;
  readonly workflow: string;
  readonly input: unknown;
  readonly taskState: TaskState;
  readonly action: NewAction;
}

/** Holding an instance for an operation: nothing else is done to it meanwhile, and what hosts show of it is no drift. */
export class HoldStore {
  readonly #db: Kysely<Schema>;
  readonly #events: EventStore;
  readonly #now: Now;
  readonly #lease: Lease | null;

  /** With a lease, it ends a hold only as long as nobody has taken the operation over; else throws LeaseLost. */
  constructor(db: Kysely<Schema>, events: EventStore, now: Now, lease: Lease | null = null) {
    this.#db = db;
    this.#events = events;
    this.#now = now;
    this.#lease = lease;
  }

  /**
   * Takes an instance that is still as its reader saw it, and writes the operation and the action down: all or nothing.
   * False when it has changed meanwhile, or something else holds it.
   */
  async begin(instance: Instance, hold: NewHold): Promise<boolean> {
    const held = await byLocks(this.#db, async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('instance')
        .set({ migration_id: hold.operationId, task_state: hold.taskState })
        .where('id', '=', instance.id)
        .where('generation', '=', instance.generation)
        .where('host_id', '=', instance.hostId)
        .where('vm_state', '=', instance.vmState)
        .where('migration_id', 'is', null)
        .where('task_state', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      const at = this.#now();
      await insertOperation(tx, { id: hold.operationId, workflow: hold.workflow, input: hold.input }, at);
      await beginAction(tx, hold.action, at);
      await this.#events.write(tx, {
        kind: 'instance.updated',
        subjectId: instance.id,
        message: `${instance.name}: ${hold.taskState ?? hold.action.action}`,
      });
      return true;
    });
    if (held) this.#events.committed();
    return held;
  }

  /**
   * Frees the instance and tells how it went. `states`: what it is now; null: as it was, and its host is looked at anyway.
   * Doing it twice changes nothing.
   */
  async end(
    operationId: string,
    instanceId: string,
    end: {
      readonly states: { readonly powerState: PowerState; readonly vmState: VmState } | null;
      readonly failure: ActionFailure | null;
    },
  ): Promise<void> {
    const ended = await byLocks(this.#db, async (tx) => {
      await requireLease(tx, this.#lease);
      const { numUpdatedRows } = await tx
        .updateTable('instance')
        .set({
          migration_id: null,
          task_state: null,
          ...(end.states === null
            ? {}
            : { power_state: end.states.powerState, vm_state: end.states.vmState }),
        })
        .where('id', '=', instanceId)
        .where('migration_id', '=', operationId)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      const at = this.#now();
      await endActionOf(tx, operationId, end.failure, at);
      if (end.states?.powerState === 'running') {
        await tx
          .updateTable('instance_profile')
          .set({ launched_at: at })
          .where('instance_id', '=', instanceId)
          .where('launched_at', 'is', null)
          .execute();
      }
      await this.#events.write(tx, {
        kind: 'instance.updated',
        subjectId: instanceId,
        message: end.failure?.message ?? `power ${end.states?.powerState ?? 'as before'}`,
      });
      return true;
    });
    if (ended) this.#events.committed();
  }
}
