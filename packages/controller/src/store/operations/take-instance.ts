import type { Instance, PowerState, TaskState, VmState } from '@ferry/model';
import { type ActionFailure, beginAction, endActionOf, type NewAction } from './action-store.ts';
import type { Writing } from '../database/session.ts';
import type { Transaction } from 'kysely';
import type { Schema } from '../schema/schema.ts';
import { seal } from '../database/sealed-text.ts';

/** An operation that takes an instance for itself, and is no move: those have more to write down (MigrationStore). */
export interface NewHold {
  readonly operationId: string;
  readonly workflow: string;
  readonly input: unknown;
  readonly taskState: TaskState;
  readonly action: NewAction;
}

/** How an operation that held an instance left it. */
export interface EndOfHold {
  /** What it is now; null: as it was, and its host is looked at anyway. */
  readonly states: { readonly powerState: PowerState; readonly vmState: VmState } | null;
  readonly failure: ActionFailure | null;
}

/**
 * Takes an instance that is still as its reader saw it, and writes the operation and the action down. False, with nothing
 * written, when it has changed meanwhile, or something else holds it.
 */
export async function takeInstance(
  { tx, tell }: Writing,
  instance: Instance,
  hold: NewHold,
  at: string,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('instance')
    .set({ operation_id: hold.operationId, task_state: hold.taskState })
    .where('id', '=', instance.id)
    .where('generation', '=', instance.generation)
    .where('host_id', '=', instance.hostId)
    .where('vm_state', '=', instance.vmState)
    .where('operation_id', 'is', null)
    .where('task_state', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await insertOperation(tx, { id: hold.operationId, workflow: hold.workflow, input: hold.input }, at);
  await beginAction(tx, hold.action, at);
  await tell({
    kind: 'instance.updated',
    subjectId: instance.id,
    message: `${instance.name}: ${hold.taskState ?? hold.action.action}`,
  });
  return true;
}

/** Frees an instance and tells how it went. False, with nothing written, when the operation holds it no more. */
export async function freeInstance(
  { tx, tell }: Writing,
  operationId: string,
  instanceId: string,
  end: EndOfHold & { readonly message: string },
  at: string,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('instance')
    .set({
      operation_id: null,
      task_state: null,
      ...(end.states === null ? {} : { power_state: end.states.powerState, vm_state: end.states.vmState }),
    })
    .where('id', '=', instanceId)
    .where('operation_id', '=', operationId)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await endActionOf(tx, operationId, end.failure, at);
  await tell({ kind: 'instance.updated', subjectId: instanceId, message: end.message });
  return true;
}

/** An operation that is accepted: its row is all that its runner needs to begin it. */
export interface NewOperation {
  readonly id: string;
  readonly workflow: string;
  readonly input: unknown;
}

/** Writes an operation down, in the transaction that takes what it works on. */
export async function insertOperation(
  tx: Transaction<Schema>,
  { id, workflow, input }: NewOperation,
  at: string,
): Promise<void> {
  await tx
    .insertInto('operation')
    .values({
      id,
      workflow,
      input: seal(tx, 'operation.input', id, JSON.stringify(input)),
      created_at: at,
      state: 'open',
    })
    .execute();
}
