import type { VolumeType } from '@ferry/model';
import type { Kysely, Selectable } from 'kysely';
import { alone, byLocks, isUniqueViolation } from '../database/atomically.ts';
import type { Schema } from '../schema/schema.ts';
import type { VolumeTypeTable } from '../schema/volume-schema.ts';

/** A pool by its name or a secret by its uuid, on a host. */
interface BroughtVolume {
  readonly hostId: string;
  readonly kind: 'pool' | 'secret';
  readonly name: string;
}

/** Which pools and secrets of hosts were brought by migrations: only these are ever taken away again. */
export class VolumeStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async brought(hostId: string): Promise<BroughtVolume[]> {
    const rows = await this.#db
      .selectFrom('brought_volume')
      .selectAll()
      .where('host_id', '=', hostId)
      .orderBy('kind')
      .orderBy('name')
      .execute();
    return rows.map(({ kind, name }) => ({ hostId, kind: kind as BroughtVolume['kind'], name }));
  }

  /** Is written down before it is brought. The same once more changes nothing. */
  async keep({ hostId, kind, name }: BroughtVolume, migrationId: string): Promise<void> {
    await this.#db
      .insertInto('brought_volume')
      .values({ host_id: hostId, kind, name, migration_id: migrationId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** It is gone, or is somebody else's by now. */
  async forget({ hostId, kind, name }: BroughtVolume): Promise<void> {
    await this.#db
      .deleteFrom('brought_volume')
      .where('host_id', '=', hostId)
      .where('kind', '=', kind)
      .where('name', '=', name)
      .execute();
  }
}

/** Pools that an admin named for volumes. At most one is the default. */
export class VolumeTypeStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** By name. */
  async list(): Promise<VolumeType[]> {
    const rows = await this.#db.selectFrom('volume_type').selectAll().orderBy('name').execute();
    return rows.map(readType);
  }

  /** False where another has the name. One that is the default takes that from the one before. */
  async add(type: VolumeType): Promise<boolean> {
    try {
      await byLocks(this.#db, async (tx) => {
        await alone(tx, 'volume_type');
        if (type.isDefault) await tx.updateTable('volume_type').set({ is_default: 0 }).execute();
        await tx.insertInto('volume_type').values(writeType(type)).execute();
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  /** Volumes of it stay, without a type. */
  async remove(id: string): Promise<void> {
    await byLocks(this.#db, async (tx) => {
      await tx.updateTable('volume').set({ type_id: null }).where('type_id', '=', id).execute();
      await tx.deleteFrom('volume_type').where('id', '=', id).execute();
    });
  }
}

function readType(row: Selectable<VolumeTypeTable>): VolumeType {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    pool: row.pool,
    hostIds: JSON.parse(row.host_ids) as string[],
    shared: row.shared !== 0,
    isDefault: row.is_default !== 0,
    createdAt: row.created_at,
  };
}

function writeType(type: VolumeType): VolumeTypeTable {
  return {
    id: type.id,
    name: type.name,
    description: type.description,
    pool: type.pool,
    host_ids: JSON.stringify(type.hostIds),
    shared: type.shared ? 1 : 0,
    is_default: type.isDefault ? 1 : 0,
    created_at: type.createdAt,
  };
}
