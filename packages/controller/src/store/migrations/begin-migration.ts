import {
  forbidsMoves,
  busyWith,
  type Instance,
  type Migration,
  type MigrationKind,
  type TaskState,
  firstProject,
  firstUser,
} from '@ferry/model';
import type { Transaction } from 'kysely';
import { type RequestContext, beginAction, type NewAction } from '../operations/action-store.ts';
import { alone } from '../database/atomically.ts';
import { claimedMemoryBytes, claimedRoom, writeMigration } from './migration-row.ts';
import { isInMaintenance } from '../hosts/host-services.ts';
import { insertOperation } from '../operations/take-instance.ts';
import { readInstance } from '../instances/instance-store.ts';
import type { ProjectUsage } from '../instances/server-record.ts';
import { usageOfProject } from '../instances/usage-store.ts';
import type { Schema } from '../schema/schema.ts';
import { groupAllows } from '../instances/server-group-store.ts';
import { logContext } from '../../observe/log-context.ts';

/** What a migration takes on its target while it runs. */
export interface NewClaim {
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Memory the target can give in all; other claims and this one together must fit. Null: the target keeps its memory (no claim is checked). */
  readonly memoryLimitBytes: number | null;
  /** What is needed in each directory of the target, and what it can give in all; together with other claims it must fit. */
  readonly directories: readonly {
    readonly directory: string;
    readonly neededBytes: number;
    readonly availableBytes: number;
  }[];
}

/** Nova's words for what is done to an instance that moves. */
const taskStates: Readonly<Record<MigrationKind, TaskState>> = {
  'live-migration': 'migrating',
  'cold-migration': 'resize_migrating',
  evacuation: 'rebuilding',
  rehearsal: 'rehearsing',
};

/** How taking an instance for a migration ended. */
export type Begun =
  | { readonly begun: true }
  | { readonly begun: false; readonly because: 'busy'; readonly holder: string }
  | { readonly begun: false; readonly because: 'changed' }
  /** What its project has and this would add is more than it may. */
  | { readonly begun: false; readonly because: 'quota'; readonly message: string }
  | { readonly begun: false; readonly because: 'no-room'; readonly claimedBytes: number }
  | {
      readonly begun: false;
      readonly because: 'no-disk-room';
      readonly directory: string;
      readonly claimedBytes: number;
    };

/** The operation that does it. */
export interface NewMoveOperation {
  readonly workflow: string;
  readonly input: unknown;
  readonly asked?: RequestContext;
  /** Instances that a plan moves to the same host: affinity keeps none of them from going first. */
  readonly goesWith?: readonly string[];
}

/** What is to be begun, on what was known when it was checked. */
export interface NewMigration {
  readonly migration: Migration;
  readonly instance: Instance;
  readonly claim: NewClaim;
  readonly operation: NewMoveOperation;
  /** Of one that changes the size of its instance: whose quota that is held to, and by what. */
  readonly quota?: ResizeQuota | undefined;
}

/** Says, by what a project has at the moment, why there may not be more; null: there may. */
export interface ResizeQuota {
  readonly projectId: string;
  readonly whyNotMore: (used: ProjectUsage) => string | null;
}

/** Takes the instance and writes migration, claim, operation and action, or nothing of it. */
export async function beginMigration(
  tx: Transaction<Schema>,
  { migration, instance, claim, operation, quota }: NewMigration,
  at: string,
): Promise<Begun> {
  // Each reads what the others have claimed and claims more: at the same time only one of them could succeed.
  await alone(tx, 'claim');
  const claimedBytes = await claimedMemoryBytes(tx, migration.targetHostId);
  if (claim.memoryLimitBytes !== null && claimedBytes + claim.memoryBytes > claim.memoryLimitBytes) {
    return { begun: false, because: 'no-room', claimedBytes };
  }
  const full = await fullDirectory(tx, migration.targetHostId, claim);
  if (full !== null) return { begun: false, because: 'no-disk-room', ...full };
  const overQuota = quota === undefined ? null : quota.whyNotMore(await usageOfProject(tx, quota.projectId));
  if (overQuota !== null) return { begun: false, because: 'quota', message: overQuota };
  if (await isInQuestion(tx, instance.id)) return { begun: false, because: 'changed' };
  if (await isInMaintenance(tx, migration.targetHostId)) return { begun: false, because: 'changed' };
  // Another member of its server group may be on its way to the same host by now.
  if (!(await groupAllows(tx, instance.id, migration.targetHostId, operation.goesWith)))
    return { begun: false, because: 'changed' };
  const { numUpdatedRows } = await tx
    .updateTable('instance')
    .set({ operation_id: migration.id, task_state: taskStates[migration.kind] })
    .where('id', '=', instance.id)
    .where('generation', '=', instance.generation)
    .where('host_id', '=', migration.sourceHostId)
    .where('operation_id', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return whyNotTaken(tx, instance.id);
  await tx.insertInto('migration').values(writeMigration(migration)).execute();
  await tx
    .insertInto('claim')
    .values({
      migration_id: migration.id,
      host_id: migration.targetHostId,
      memory_bytes: claim.memoryBytes,
      disk_bytes: claim.diskBytes,
    })
    .execute();
  const { workflow, input, asked } = operation;
  await insertOperation(tx, { id: migration.id, workflow, input }, at);
  await beginAction(tx, actionOfMove(migration, asked), at);
  return { begun: true };
}

/** Hosts may have shown since the checks that it runs twice: then it must not be moved by them. */
async function isInQuestion(tx: Transaction<Schema>, instanceId: string): Promise<boolean> {
  const row = await tx.selectFrom('instance').selectAll().where('id', '=', instanceId).executeTakeFirst();
  return row !== undefined && forbidsMoves(readInstance(row).fault);
}

async function whyNotTaken(tx: Transaction<Schema>, instanceId: string): Promise<Begun> {
  const row = await tx.selectFrom('instance').selectAll().where('id', '=', instanceId).executeTakeFirst();
  const instance = row === undefined ? null : readInstance(row);
  return instance?.operationId == null
    ? { begun: false, because: 'changed' }
    : { begun: false, because: 'busy', holder: busyWith(instance) };
}

/** The first directory in which another claim leaves no room for this one. */
async function fullDirectory(
  tx: Transaction<Schema>,
  hostId: string,
  { directories }: NewClaim,
): Promise<{ directory: string; claimedBytes: number } | null> {
  const claimed = await claimedRoom(tx, hostId);
  for (const { directory, neededBytes, availableBytes } of directories) {
    const claimedBytes = claimed.get(directory) ?? 0;
    if (claimedBytes > 0 && claimedBytes + neededBytes > availableBytes) return { directory, claimedBytes };
  }
  return null;
}

/** Nova's names of the action, and of the event that goes on from its begin to its end. */
const names: Readonly<Record<MigrationKind, { readonly action: string; readonly event: string }>> = {
  'live-migration': { action: 'live-migration', event: 'compute_live_migration' },
  'cold-migration': { action: 'migrate', event: 'compute_resize_instance' },
  evacuation: { action: 'evacuate', event: 'compute_rebuild_instance' },
  // A word of Ferry's own: Nova has no such thing.
  rehearsal: { action: 'rehearse', event: 'ferry_rehearse' },
};

/** A decision on a held migration as something that is done to its instance. */
export function actionOfDecision(
  migration: Migration,
  decision: 'confirm' | 'revert',
  operation: { readonly id: string; readonly asked?: RequestContext },
): NewAction {
  const confirms = decision === 'confirm';
  return {
    asked: operation.asked ?? askedByFerry(operation.id),
    instanceId: migration.instanceId,
    operationId: operation.id,
    action: confirms ? 'confirmResize' : 'revertResize',
    event: confirms ? 'compute_confirm_resize' : 'compute_revert_resize',
    host: confirms ? migration.sourceHost : migration.targetHost,
  };
}

/** What was asked for by Ferry's own API has the id of its request; what no request asked for, one of its own. */
function askedByFerry(operationId: string): RequestContext {
  const requestId = logContext().requestId ?? `req-${operationId}`;
  return { requestId, userId: firstUser.id, projectId: firstProject.id };
}

/** A move as something that is done to its instance. */
function actionOfMove(migration: Migration, asked?: RequestContext): NewAction {
  return {
    asked: asked ?? askedByFerry(migration.id),
    instanceId: migration.instanceId,
    operationId: migration.id,
    ...names[migration.kind],
    ...(migration.resize === null ? {} : { action: 'resize' }),
    host: migration.sourceHost,
  };
}
