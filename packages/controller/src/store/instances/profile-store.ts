import {
  type CreationFailure,
  type FlavorSnapshot,
  firstProject,
  firstUser,
  type InstanceProfile,
} from '@ferry/model';
import type { Kysely, Selectable, Transaction } from 'kysely';
import { atomically } from '../database/atomically.ts';
import type { InstanceProfileTable, Schema } from '../schema/schema.ts';
import { openSealed, seal } from '../database/sealed-text.ts';
import type { Now } from '../database/clock.ts';

/** Profiles of instances, one each. */
export class ProfileStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
  }

  async of(instanceId: string): Promise<InstanceProfile | null> {
    const row = await this.#db
      .selectFrom('instance_profile')
      .selectAll()
      .where('instance_id', '=', instanceId)
      .executeTakeFirst();
    return row === undefined ? null : readProfile(this.#db, row);
  }

  /** Tags and metadata of all instances that are there. */
  async labels(): Promise<Pick<InstanceProfile, 'tags' | 'metadata'>[]> {
    const rows = await this.#db
      .selectFrom('instance_profile')
      .innerJoin('instance', 'instance.id', 'instance_profile.instance_id')
      .where('instance.deleted_at', 'is', null)
      .where((where) => where.or([where('metadata', '!=', '{}'), where('tags', '!=', '[]')]))
      .select(['tags', 'metadata'])
      .execute();
    return rows.map(({ tags, metadata }) => ({
      tags: JSON.parse(tags) as string[],
      metadata: JSON.parse(metadata) as Record<string, string>,
    }));
  }

  /** Changes a profile; null when the instance has none. */
  async change(
    instanceId: string,
    change: (profile: InstanceProfile) => Partial<Omit<InstanceProfile, 'instanceId' | 'createdAt'>>,
  ): Promise<InstanceProfile | null> {
    return atomically(this.#db, async (tx) => {
      const row = await tx
        .selectFrom('instance_profile')
        .selectAll()
        .where('instance_id', '=', instanceId)
        .executeTakeFirst();
      if (row === undefined) return null;
      const before = readProfile(tx, row);
      const after = { ...before, updatedAt: this.#now(), ...change(before) };
      await tx
        .updateTable('instance_profile')
        .set(writeProfile(tx, after))
        .where('instance_id', '=', instanceId)
        .execute();
      return after;
    });
  }
}

/** The profile of an instance that was adopted as it was. */
export function adoptedProfile(instanceId: string, at: string, runs: boolean): InstanceProfile {
  return {
    instanceId,
    projectId: firstProject.id,
    userId: firstUser.id,
    createdAt: at,
    updatedAt: at,
    launchedAt: runs ? at : null,
    description: null,
    metadata: {},
    tags: [],
    lockedBy: null,
    lockedReason: null,
    imageId: null,
    flavor: null,
    keyName: null,
    availabilityZone: null,
    hostname: null,
    userData: null,
    configDrive: false,
    failure: null,
    deleteRequestedAt: null,
    accessIpv4: null,
    accessIpv6: null,
    reservationId: null,
  };
}

/** Writes the profile of an instance that is added in the same transaction. */
export async function insertProfile(tx: Transaction<Schema>, profile: InstanceProfile): Promise<void> {
  await tx.insertInto('instance_profile').values(writeProfile(tx, profile)).execute();
}

/** All of a profile's row. */
export const profileColumns = [
  'instance_id',
  'project_id',
  'user_id',
  'created_at',
  'updated_at',
  'launched_at',
  'description',
  'metadata',
  'tags',
  'locked_by',
  'locked_reason',
  'image_id',
  'flavor',
  'key_name',
  'availability_zone',
  'hostname',
  'user_data',
  'config_drive',
  'failure',
  'delete_requested_at',
  'access_ipv4',
  'access_ipv6',
  'reservation_id',
] as const satisfies readonly (keyof InstanceProfileTable)[];

/** A row of the profile table as the model's noun. */
export function readProfile(db: Kysely<Schema>, row: Selectable<InstanceProfileTable>): InstanceProfile {
  return {
    instanceId: row.instance_id,
    projectId: row.project_id,
    userId: row.user_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    launchedAt: row.launched_at,
    description: row.description,
    metadata: row.metadata === '{}' ? {} : (JSON.parse(row.metadata) as Record<string, string>),
    tags: row.tags === '[]' ? [] : (JSON.parse(row.tags) as string[]),
    lockedBy: row.locked_by as InstanceProfile['lockedBy'],
    lockedReason: row.locked_reason,
    imageId: row.image_id,
    flavor: row.flavor === null ? null : (JSON.parse(row.flavor) as FlavorSnapshot),
    keyName: row.key_name,
    availabilityZone: row.availability_zone,
    hostname: row.hostname,
    userData:
      row.user_data === null
        ? null
        : openSealed(db, 'instance_profile.user_data', row.instance_id, row.user_data),
    configDrive: row.config_drive === 1,
    failure: row.failure === null ? null : (JSON.parse(row.failure) as CreationFailure),
    deleteRequestedAt: row.delete_requested_at,
    accessIpv4: row.access_ipv4,
    accessIpv6: row.access_ipv6,
    reservationId: row.reservation_id,
  };
}

function writeProfile(db: Kysely<Schema>, profile: InstanceProfile): InstanceProfileTable {
  return {
    instance_id: profile.instanceId,
    project_id: profile.projectId,
    user_id: profile.userId,
    created_at: profile.createdAt,
    updated_at: profile.updatedAt,
    launched_at: profile.launchedAt,
    description: profile.description,
    metadata: JSON.stringify(profile.metadata),
    tags: JSON.stringify(profile.tags),
    locked_by: profile.lockedBy,
    locked_reason: profile.lockedReason,
    image_id: profile.imageId,
    flavor: profile.flavor === null ? null : JSON.stringify(profile.flavor),
    key_name: profile.keyName,
    availability_zone: profile.availabilityZone,
    hostname: profile.hostname,
    user_data:
      profile.userData === null
        ? null
        : seal(db, 'instance_profile.user_data', profile.instanceId, profile.userData),
    config_drive: profile.configDrive ? 1 : 0,
    failure: profile.failure === null ? null : JSON.stringify(profile.failure),
    delete_requested_at: profile.deleteRequestedAt,
    access_ipv4: profile.accessIpv4,
    access_ipv6: profile.accessIpv6,
    reservation_id: profile.reservationId,
  };
}
