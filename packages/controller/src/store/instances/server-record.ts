import type { FlavorSnapshot, Instance, InstanceDevices, InstanceProfile, InstanceSize } from '@ferry/model';
import type { Transaction } from 'kysely';
import type { InstanceTable, Schema } from '../schema/schema.ts';

/** All that is told of an instance as a server of the compute API, as the database has it: no host is asked. */
export interface ServerRecord {
  readonly instance: Instance;
  readonly profile: InstanceProfile;
  /** Null until a host has shown them. */
  readonly devices: InstanceDevices | null;
  /** When it was deleted; null while there is one. */
  readonly deletedAt: string | null;
  /** Addresses that it was given, for its interfaces all together. */
  readonly addresses: readonly string[];
  readonly securityGroups: readonly string[];
  /** Id of the server group that it is in; null: none. */
  readonly serverGroupId: string | null;
  /** Volumes of the catalogue that it has, by the names that its guest has for them. */
  readonly volumes: readonly ServerVolumeRecord[];
  readonly host: ServerHost;
  /** Of a move that holds it, 0 to 100; 0 without one. */
  readonly progressPercent: number;
}

/** A volume that a server has. */
interface ServerVolumeRecord {
  readonly volumeId: string;
  readonly deleteOnTermination: boolean;
}

/** The host of a server. */
interface ServerHost {
  readonly name: string;
  readonly zone: string;
  /** Whether it answers, and what an operator says of it. */
  readonly state: 'up' | 'down';
  readonly enabled: boolean;
  readonly forcedDown: boolean;
}

/** What servers can be sorted by. */
export type ServerSortKey =
  | 'id'
  | 'name'
  | 'created_at'
  | 'updated_at'
  | 'launched_at'
  | 'host'
  | 'vm_state'
  | 'task_state'
  | 'power_state'
  | 'project_id'
  | 'user_id'
  | 'availability_zone'
  | 'image_ref'
  | 'key_name'
  | 'hostname'
  | 'locked_by'
  | 'config_drive';

/** States of instances, by `vm_state`; see the model's `statesOfStatus`. */
interface States {
  readonly vmState: string;
  readonly tasks: readonly string[] | null;
  readonly not: readonly string[];
}

/** Which servers, in what order, and how many. Lists: one of them. Null: no matter. */
export interface ServerQuery {
  readonly projectIds: readonly string[] | null;
  readonly userIds: readonly string[] | null;
  readonly ids: readonly string[] | null;
  readonly hosts: readonly string[] | null;
  readonly vmStates: readonly string[] | null;
  readonly taskStates: readonly string[] | null;
  readonly images: readonly string[] | null;
  readonly states: readonly States[] | null;
  readonly locked: boolean | null;
  /** A text that names have in them, in any case of letters; `_` stands for any letter. */
  readonly nameContains: string | null;
  /** Those that there are, those that were deleted, or both. */
  readonly lives: 'living' | 'deleted' | 'all';
  /** UTC ISO 8601, as they are stored. */
  readonly changedSince: string | null;
  readonly changedBefore: string | null;
  readonly sort: readonly { readonly key: ServerSortKey; readonly descending: boolean }[];
  /** Id of the last server of the page before. */
  readonly marker: string | null;
  readonly limit: number;
  /** What the database is not asked for. */
  readonly keep: ((server: ServerRecord) => boolean) | null;
}

/** What instances of a project take. */
export interface ProjectUsage {
  readonly instances: number;
  readonly vcpus: number;
  readonly memoryBytes: number;
}

/** What of an instance's row tells its size; nothing where it keeps the one it has. */
export function sizeColumns(
  size: InstanceSize | null,
): Partial<Pick<InstanceTable, 'memory_bytes' | 'vcpus'>> {
  return size === null ? {} : { memory_bytes: size.memoryBytes, vcpus: size.vcpus };
}

/** The flavor that an instance has from now on; null: none, as one that was adopted. */
export async function setFlavor(
  tx: Transaction<Schema>,
  instanceId: string,
  flavor: FlavorSnapshot | null,
  at: string,
): Promise<void> {
  await tx
    .updateTable('instance_profile')
    .set({ flavor: flavor === null ? null : JSON.stringify(flavor), updated_at: at })
    .where('instance_id', '=', instanceId)
    .execute();
}
