import type { Kysely, Selectable, Transaction } from 'kysely';
import { byLocks } from '../database/atomically.ts';
import type { InstanceActionEventTable, InstanceActionTable, Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';

/** Who asked for something, by which request. */
export interface RequestContext {
  readonly requestId: string;
  readonly userId: string;
  readonly projectId: string;
}

/** What is done to an instance now. */
export interface NewAction {
  readonly asked: RequestContext;
  readonly instanceId: string;
  /** The operation that does it and ends the action; null for what is done at once. */
  readonly operationId: string | null;
  /** Nova's name. */
  readonly action: string;
  readonly event: string;
  /** Name of the host where it is done. */
  readonly host: string;
}

/** Why something did not end well. */
export interface ActionFailure {
  readonly message: string;
  readonly remedy: string;
}

/** Something that was done to an instance, or is. Times are UTC ISO 8601. */
export interface InstanceAction {
  readonly sequence: number;
  readonly requestId: string;
  readonly instanceId: string;
  readonly action: string;
  readonly userId: string;
  readonly projectId: string;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly message: string | null;
  readonly events: readonly ActionEvent[];
}

/** A part of an action. */
export interface ActionEvent {
  readonly event: string;
  readonly host: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Null while it goes on. */
  readonly result: 'Success' | 'Error' | null;
  readonly details: string | null;
}

/** Which actions of an instance, newest first. */
export interface ActionQuery {
  readonly instanceId: string;
  readonly changedSince: string | null;
  readonly changedBefore: string | null;
  /** Request id of the last one of the page before. */
  readonly marker: string | null;
  readonly limit: number;
}

/** What was done to instances, also to those that are gone. */
export class ActionStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
  }

  /** Writes down what was done at once, and how it ended. */
  async record(action: NewAction, failure: ActionFailure | null = null): Promise<void> {
    await byLocks(this.#db, async (tx) => {
      const sequence = await beginAction(tx, action, this.#now());
      await endAction(tx, sequence, failure, this.#now());
    });
  }

  /** Writes down how an operation ended that has freed its instance already. Doing it twice changes nothing that counts. */
  async end(operationId: string, failure: ActionFailure | null): Promise<void> {
    await this.#db.transaction().execute((tx) => endActionOf(tx, operationId, failure, this.#now()));
  }

  /** Id of the request that asked for an operation; null where none is known. */
  async requestOf(operationId: string): Promise<string | null> {
    const row = await this.#db
      .selectFrom('instance_action')
      .select('request_id')
      .where('operation_id', '=', operationId)
      .executeTakeFirst();
    return row?.request_id ?? null;
  }

  /** One page, newest first; `no-marker` when there is no such request. */
  async page(query: ActionQuery): Promise<readonly InstanceAction[] | 'no-marker'> {
    let rows = this.#db
      .selectFrom('instance_action')
      .selectAll()
      .where('instance_id', '=', query.instanceId)
      .orderBy('sequence', 'desc')
      .limit(query.limit);
    if (query.changedSince !== null) rows = rows.where('updated_at', '>=', query.changedSince);
    if (query.changedBefore !== null) rows = rows.where('updated_at', '<=', query.changedBefore);
    if (query.marker !== null) {
      const marker = await this.byRequest(query.instanceId, query.marker);
      if (marker === null) return 'no-marker';
      rows = rows.where('sequence', '<', marker.sequence);
    }
    return (await rows.execute()).map((row) => readAction(row, []));
  }

  /** What a request did to an instance, with its events, newest first. */
  async byRequest(instanceId: string, requestId: string): Promise<InstanceAction | null> {
    const row = await this.#db
      .selectFrom('instance_action')
      .selectAll()
      .where('instance_id', '=', instanceId)
      .where('request_id', '=', requestId)
      .executeTakeFirst();
    if (row === undefined) return null;
    const events = await this.#db
      .selectFrom('instance_action_event')
      .selectAll()
      .where('action_sequence', '=', row.sequence)
      .orderBy('sequence', 'desc')
      .execute();
    return readAction(row, events);
  }

  /** Whose an instance was that something was done to; null where nothing is known of it. */
  async projectOf(instanceId: string): Promise<string | null> {
    const row = await this.#db
      .selectFrom('instance_action')
      .select('project_id')
      .where('instance_id', '=', instanceId)
      .orderBy('sequence')
      .executeTakeFirst();
    return row?.project_id ?? null;
  }
}

/** Writes down that something begins, in the transaction that takes the instance for it. */
export async function beginAction(tx: Transaction<Schema>, action: NewAction, at: string): Promise<number> {
  const { sequence } = await tx
    .insertInto('instance_action')
    .values({
      request_id: action.asked.requestId,
      instance_id: action.instanceId,
      operation_id: action.operationId,
      action: action.action,
      user_id: action.asked.userId,
      project_id: action.asked.projectId,
      started_at: at,
      updated_at: at,
      message: null,
    })
    .returning('sequence')
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('instance_action_event')
    .values({
      action_sequence: sequence,
      event: action.event,
      host: action.host,
      started_at: at,
      finished_at: null,
      result: null,
      details: null,
    })
    .execute();
  await touchProfile(tx, action.instanceId, at);
  return sequence;
}

/** Writes down how an operation ended, in the transaction that frees its instance. One that no request asked for has no action. */
export async function endActionOf(
  tx: Transaction<Schema>,
  operationId: string,
  failure: ActionFailure | null,
  at: string,
): Promise<void> {
  const row = await tx
    .selectFrom('instance_action')
    .select(['sequence', 'instance_id'])
    .where('operation_id', '=', operationId)
    .executeTakeFirst();
  if (row === undefined) return;
  await endAction(tx, row.sequence, failure, at);
  await touchProfile(tx, row.instance_id, at);
}

/** The action of a deletion that waits for what is done to its instance; null: none waits. */
export async function askedDelete(tx: Transaction<Schema>, instanceId: string): Promise<number | null> {
  const row = await tx
    .selectFrom('instance_action')
    .innerJoin('instance_action_event', 'action_sequence', 'instance_action.sequence')
    .select('instance_action.sequence')
    .where('instance_id', '=', instanceId)
    .where('action', '=', 'delete')
    .where('operation_id', 'is', null)
    .where('finished_at', 'is', null)
    .executeTakeFirst();
  return row?.sequence ?? null;
}

/** A deletion that waited has begun: its operation ends its action. */
export async function adoptAskedDelete(
  tx: Transaction<Schema>,
  instanceId: string,
  operationId: string,
): Promise<void> {
  const sequence = await askedDelete(tx, instanceId);
  if (sequence === null) return;
  await tx
    .updateTable('instance_action')
    .set({ operation_id: operationId })
    .where('sequence', '=', sequence)
    .execute();
}

/** Writes down how an action ended. */
export async function endAction(
  tx: Transaction<Schema>,
  sequence: number,
  failure: ActionFailure | null,
  at: string,
): Promise<void> {
  await tx
    .updateTable('instance_action')
    .set({ updated_at: at, message: failure?.message ?? null })
    .where('sequence', '=', sequence)
    .execute();
  await tx
    .updateTable('instance_action_event')
    .set({
      finished_at: at,
      result: failure === null ? 'Success' : 'Error',
      details: failure === null ? null : `${failure.message} ${failure.remedy}`.trim(),
    })
    .where('action_sequence', '=', sequence)
    .where('finished_at', 'is', null)
    .execute();
}

/** The instance has changed: clients that follow changes see it. */
export async function touchProfile(tx: Transaction<Schema>, instanceId: string, at: string): Promise<void> {
  await tx
    .updateTable('instance_profile')
    .set({ updated_at: at })
    .where('instance_id', '=', instanceId)
    .execute();
}

function readAction(
  row: Selectable<InstanceActionTable>,
  events: readonly Selectable<InstanceActionEventTable>[],
): InstanceAction {
  return {
    sequence: row.sequence,
    requestId: row.request_id,
    instanceId: row.instance_id,
    action: row.action,
    userId: row.user_id,
    projectId: row.project_id,
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    message: row.message,
    events: events.map((event) => ({
      event: event.event,
      host: event.host,
      startedAt: event.started_at,
      finishedAt: event.finished_at,
      result: event.result as ActionEvent['result'],
      details: event.details,
    })),
  };
}
