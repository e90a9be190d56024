import type { VolumeType } from '@ferry/model';
import type { Kysely, Selectable } from 'kysely';
import { alone, byLocks, isUniqueViolation } from '../database/atomically.ts';
import type { Schema } from '../schema/schema.ts';
import type { VolumeTypeTable } from '../schema/volume-schema.ts';

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
