import {
  type CreationFailure,
  type GroupMember,
  groupPlacement,
  type Instance,
  type InstanceDevices,
  type InstanceProfile,
  type ServerGroup,
} from '@ferry/model';
import type { Kysely, Transaction } from 'kysely';
import { beginAction, endActionOf, type NewAction } from '../operations/action-store.ts';
import { alone, isShared } from '../database/atomically.ts';
import type { Session, Writing } from '../database/session.ts';
import { claimedMemoryBytes, claimedRoom, instanceMemoryBytes } from '../migrations/migration-row.ts';
import { markDeleted } from './deletion-store.ts';
import { isInMaintenance, zonesOfHosts } from '../hosts/host-services.ts';
import { insertOperation } from '../operations/take-instance.ts';
import { insertInstance } from '../instances/instance-store.ts';
import { insertProfile } from '../instances/profile-store.ts';
import type { Schema } from '../schema/schema.ts';
import { membersOf } from '../instances/server-group-store.ts';
import type { ProjectUsage } from '../instances/server-record.ts';
import { usageOfProject } from '../instances/usage-store.ts';
import type { Now } from '../database/clock.ts';

/** An instance that is to be created, with all that stands in the database from its first moment on. */
export interface NewCreation {
  readonly instance: Instance;
  readonly profile: InstanceProfile;
  readonly devices: InstanceDevices;
  readonly securityGroupIds: readonly string[];
  readonly serverGroup: ServerGroup | null;
  readonly hostName: string;
  readonly claim: {
    readonly memoryBytes: number;
    /** Memory that its host can give now. */
    readonly memoryLimitBytes: number;
    /** All the memory that its host has. */
    readonly memoryInAllBytes: number;
    readonly diskBytes: number;
    readonly diskLimitBytes: number;
    readonly directory: string;
    readonly basePath: string;
  };
  readonly operation: { readonly id: string; readonly workflow: string; readonly input: unknown };
  readonly action: NewAction;
}

/** Why instances were not taken in after all: something has changed since their hosts were chosen. */
export type CreationRefused =
  | { readonly because: 'image-gone' }
  /** Their project has too much already. */
  | { readonly because: 'quota'; readonly message: string }
  /** The host is to be chosen anew. */
  | { readonly because: 'no-room'; readonly message: string };

/** Instances that are being created. */
export class CreationStore {
  readonly #session: Session;
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(session: Session) {
    this.#session = session;
    this.#db = session.db;
    this.#now = session.now;
  }

  /** The availability zone of each host. */
  zones(): ReturnType<typeof zonesOfHosts> {
    return zonesOfHosts(this.#db);
  }

  /** Memory that instances which are being created have claimed on a host, with that of migrations. */
  claimedMemoryBytes(hostId: string): Promise<number> {
    return claimedMemoryBytes(this.#db, hostId);
  }

  /** Memory of all instances that belong to a host, whether they use it now or not. */
  instanceMemoryBytes(hostId: string): Promise<number> {
    return instanceMemoryBytes(this.#db, hostId);
  }

  /** Bytes that they and migrations are still to write to a host, by directory. */
  claimedRoom(hostId: string): Promise<ReadonlyMap<string, number>> {
    return claimedRoom(this.#db, hostId);
  }

  /** Names of instances whose creation counts on a base image of a host; one can be left out. */
  async needing(hostId: string, basePath: string, exceptInstanceId: string | null): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('creation_claim')
      .innerJoin('instance', 'instance.id', 'creation_claim.instance_id')
      .select(['instance.id', 'instance.name'])
      .where('creation_claim.host_id', '=', hostId)
      .where('base_path', '=', basePath)
      .execute();
    return rows.filter(({ id }) => id !== exceptInstanceId).map(({ name }) => name);
  }

  /**
   * Takes in all of them with their claims, groups, operations and actions, or none; null: taken in. `whyNotMore`: what
   * keeps their project from having them beside what it has.
   */
  async begin(
    imageId: string,
    creations: readonly NewCreation[],
    whyNotMore: (used: ProjectUsage) => string | null,
  ): Promise<CreationRefused | null> {
    const begin = async (writing: Writing): Promise<CreationRefused | null> => {
      const { tx } = writing;
      // Each reads what the others have claimed and claims more: at the same time only one of them could succeed.
      await alone(tx, 'claim');
      if (!(await isThere(tx, imageId))) return { because: 'image-gone' };
      const projectId = creations[0]?.profile.projectId ?? '';
      const overQuota = whyNotMore(await usageOfProject(tx, projectId));
      if (overQuota !== null) return { because: 'quota', message: overQuota };
      for (const creation of creations) {
        const message = await whyNoRoom(tx, creation);
        // Nothing of those before it must stay.
        if (message !== null) throw new NoRoom(message);
        await this.#insert(writing, creation);
      }
      return null;
    };
    return this.#session.write(begin).catch((error: unknown): CreationRefused => {
      if (error instanceof NoRoom) return { because: 'no-room', message: error.message };
      throw error;
    });
  }

  async #insert({ tx, tell }: Writing, creation: NewCreation): Promise<void> {
    const { instance, claim, operation } = creation;
    const at = this.#now();
    await insertInstance(tx, instance);
    await insertProfile(tx, creation.profile);
    await tx
      .insertInto('instance_devices')
      .values({
        instance_id: instance.id,
        host_id: instance.hostId,
        devices: JSON.stringify(creation.devices),
      })
      .execute();
    for (const group_id of new Set(creation.securityGroupIds))
      await tx.insertInto('instance_security_group').values({ instance_id: instance.id, group_id }).execute();
    if (creation.serverGroup !== null)
      await tx
        .insertInto('server_group_member')
        .values({ instance_id: instance.id, group_id: creation.serverGroup.id })
        .execute();
    await tx
      .insertInto('creation_claim')
      .values({
        instance_id: instance.id,
        operation_id: operation.id,
        host_id: instance.hostId,
        memory_bytes: claim.memoryBytes,
        disk_bytes: claim.diskBytes,
        directory: claim.directory,
        base_path: claim.basePath,
      })
      .execute();
    await insertOperation(tx, operation, at);
    await beginAction(tx, creation.action, at);
    const message = `${instance.name} is created on ${creation.hostName}`;
    await tell({ kind: 'instance.updated', subjectId: instance.id, message });
  }

  /** Whether somebody wants it gone, while it is being created. */
  async isUnwanted(instanceId: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('instance_profile')
      .select('delete_requested_at')
      .where('instance_id', '=', instanceId)
      .executeTakeFirst();
    return row !== undefined && row.delete_requested_at !== null;
  }

  /** It runs: nothing holds it any more, and what it takes its host shows by itself. Doing it twice changes nothing. */
  async finish(operationId: string, instanceId: string): Promise<void> {
    await this.#end(operationId, instanceId, async (tx, at) => {
      await tx
        .updateTable('instance')
        .set({ operation_id: null, task_state: null, vm_state: 'active', power_state: 'running' })
        .where('id', '=', instanceId)
        .execute();
      await tx
        .updateTable('instance_profile')
        .set({ launched_at: at })
        .where('instance_id', '=', instanceId)
        .execute();
      await endActionOf(tx, operationId, null, at);
      return 'power running';
    });
  }

  /**
   * It could not be created, and nothing of it is left on its host. It stays held, so that nothing is done to it but its
   * deletion; where that is wanted already, it is gone. Doing it twice changes nothing.
   */
  async fail(
    operationId: string,
    instanceId: string,
    failure: Omit<CreationFailure, 'at'> & { readonly remedy: string },
  ): Promise<void> {
    await this.#end(operationId, instanceId, async (tx, at) => {
      const { code, message, remedy } = failure;
      await endActionOf(tx, operationId, { message, remedy }, at);
      await tx
        .updateTable('instance')
        .set({ vm_state: 'error', task_state: null })
        .where('id', '=', instanceId)
        .execute();
      await tx
        .updateTable('instance_profile')
        .set({ failure: JSON.stringify({ code, message, at }) })
        .where('instance_id', '=', instanceId)
        .execute();
      const { delete_requested_at: unwanted } = await tx
        .selectFrom('instance_profile')
        .select('delete_requested_at')
        .where('instance_id', '=', instanceId)
        .executeTakeFirstOrThrow();
      if (unwanted !== null) await markDeleted(tx, instanceId, at);
      return unwanted === null ? message : 'deleted';
    });
  }

  /** Of one that has failed: how its clean-up stands now, which can go on for long after it was told as failed. */
  async sayCleanUp(instanceId: string, message: string): Promise<void> {
    await this.#session.write(async ({ tx }) => {
      const profile = await tx
        .selectFrom('instance_profile')
        .select('failure')
        .where('instance_id', '=', instanceId)
        .executeTakeFirst();
      if (profile?.failure == null) return;
      const failure = { ...(JSON.parse(profile.failure) as CreationFailure), message };
      await tx
        .updateTable('instance_profile')
        .set({ failure: JSON.stringify(failure) })
        .where('instance_id', '=', instanceId)
        .execute();
    });
  }

  /** Ends a creation that has not ended yet, with its claim. `work` tells what to say of it. */
  async #end(
    operationId: string,
    instanceId: string,
    work: (tx: Transaction<Schema>, at: string) => Promise<string>,
  ): Promise<void> {
    await this.#session.write(async ({ tx, tell }) => {
      const { numDeletedRows } = await tx
        .deleteFrom('creation_claim')
        .where('instance_id', '=', instanceId)
        .where('operation_id', '=', operationId)
        .executeTakeFirst();
      if (numDeletedRows === 0n) return;
      const message = await work(tx, this.#now());
      await tell({ kind: 'instance.updated', subjectId: instanceId, message });
    });
  }
}

/** Has a transaction leave nothing. */
class NoRoom extends Error {}

/** Whoever deletes the image waits until those that stand on it are there to be seen. */
async function isThere(tx: Transaction<Schema>, imageId: string): Promise<boolean> {
  const query = tx
    .selectFrom('library_image')
    .select('id')
    .where('id', '=', imageId)
    .where('status', '=', 'active');
  return (await (isShared(tx) ? query.forShare() : query).executeTakeFirst()) !== undefined;
}

/** What others have taken since the host was chosen; null when there is still room. */
async function whyNoRoom(
  tx: Transaction<Schema>,
  { instance, claim, serverGroup, hostName }: NewCreation,
): Promise<string | null> {
  if (await isInMaintenance(tx, instance.hostId)) return `${hostName} has gone into maintenance`;
  const memory = await claimedMemoryBytes(tx, instance.hostId);
  if (memory + claim.memoryBytes > claim.memoryLimitBytes)
    return `${hostName} has ${claim.memoryLimitBytes} bytes of memory, of which ${memory} are promised to others`;
  const used = await instanceMemoryBytes(tx, instance.hostId);
  if (used + claim.memoryBytes > claim.memoryInAllBytes)
    return `${hostName} has ${claim.memoryInAllBytes} bytes of memory in all, and its instances have ${used}`;
  const disk = (await claimedRoom(tx, instance.hostId)).get(claim.directory) ?? 0;
  if (disk + claim.diskBytes > claim.diskLimitBytes)
    return `${claim.directory} on ${hostName} has ${claim.diskLimitBytes} bytes, of which ${disk} are promised to others`;
  if (serverGroup === null) return null;
  const others: readonly GroupMember[] = await membersOf(tx, serverGroup.id);
  const placement = groupPlacement(serverGroup, others, instance.hostId, (id) => id);
  return placement.kind === 'refused' ? placement.because : null;
}
