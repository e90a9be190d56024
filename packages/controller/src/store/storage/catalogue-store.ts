import {
  isSamePlace,
  type Volume,
  type VolumeAttachment,
  type VolumePlace,
  type VolumeState,
} from '@ferry/model';
import type { Insertable, Kysely, Selectable, Transaction, Updateable } from 'kysely';
import { alone, byLocks } from '../database/atomically.ts';
import type { Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';
import type { VolumeTable, VolumeAttachmentTable } from '../schema/volume-schema.ts';

/** How the registration of a volume ended. */
export type VolumeAdded =
  | { readonly added: true }
  /** Another is at that place. */
  | { readonly added: false; readonly there: Volume };

/** What may change of a volume. */
export type VolumeChange = Partial<
  Pick<
    Volume,
    'name' | 'description' | 'place' | 'hostIds' | 'format' | 'sizeBytes' | 'state' | 'fault' | 'metadata'
  >
>;

/** A volume, and which instances have it. */
export interface VolumeRecord {
  readonly volume: Volume;
  readonly attachments: readonly VolumeAttachment[];
}

/** The catalogue of volumes. */
export class CatalogueStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
  }

  /** Newest first, as Cinder lists them; of one project, or of all. */
  async list(projectId: string | null = null): Promise<VolumeRecord[]> {
    let query = this.#db.selectFrom('volume').selectAll();
    if (projectId !== null) query = query.where('project_id', '=', projectId);
    return this.#records(await query.orderBy('created_at', 'desc').orderBy('id', 'desc').execute());
  }

  async byId(id: string): Promise<VolumeRecord | null> {
    const rows = await this.#db.selectFrom('volume').selectAll().where('id', '=', id).execute();
    return (await this.#records(rows))[0] ?? null;
  }

  /** Of one instance, by the names that the guest has for them. */
  async ofInstance(instanceId: string): Promise<VolumeRecord[]> {
    const rows = await this.#db
      .selectFrom('volume')
      .innerJoin('volume_attachment', 'volume_attachment.volume_id', 'volume.id')
      .selectAll('volume')
      .where('instance_id', '=', instanceId)
      .orderBy('target')
      .execute();
    return this.#records(rows);
  }

  /** Registers a volume, unless another is at its place on one of its hosts. */
  async add(volume: Volume): Promise<VolumeAdded> {
    return byLocks(this.#db, async (tx): Promise<VolumeAdded> => {
      await alone(tx, 'volume');
      const all = (await tx.selectFrom('volume').selectAll().execute()).map(readVolume);
      const there = all.find(
        (other) => isSamePlace(other.place, volume.place) && mayMeet(other.hostIds, volume.hostIds),
      );
      if (there !== undefined) return { added: false, there };
      await tx.insertInto('volume').values(writeVolume(volume)).execute();
      return { added: true };
    });
  }

  /** False when it is gone. */
  async change(id: string, change: VolumeChange): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('volume')
      .set({ ...columns(change), updated_at: this.#now() })
      .where('id', '=', id)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** From here on nobody is given it; as it was, when an instance or an operation has it and nothing is changed. */
  async beginDeletion(id: string): Promise<VolumeRecord | null> {
    return byLocks(this.#db, async (tx) => {
      const volume = await lockVolume(tx, id);
      if (volume === null) return null;
      const attachments = await attachmentsOf(tx, id);
      if (attachments.length > 0 || volume.operationId !== null) return { volume, attachments };
      const state: VolumeState = 'deleting';
      await tx.updateTable('volume').set({ state }).where('id', '=', id).execute();
      return { volume: { ...volume, state }, attachments };
    });
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom('volume').where('id', '=', id).execute();
  }

  async #records(rows: readonly Selectable<VolumeTable>[]): Promise<VolumeRecord[]> {
    if (rows.length === 0) return [];
    const attachments = await this.#db
      .selectFrom('volume_attachment')
      .selectAll()
      .where(
        'volume_id',
        'in',
        rows.map(({ id }) => id),
      )
      .orderBy('created_at')
      .execute();
    return rows.map((row) => ({
      volume: readVolume(row),
      attachments: attachments.filter((one) => one.volume_id === row.id).map(readAttachment),
    }));
  }
}

/** A volume that nobody else changes until the transaction is done. */
export async function lockVolume(tx: Transaction<Schema>, id: string): Promise<Volume | null> {
  // A write locks it in both databases, and waits for whoever has it.
  await tx.updateTable('volume').set({ id }).where('id', '=', id).execute();
  const row = await tx.selectFrom('volume').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : readVolume(row);
}

export async function attachmentsOf(tx: Transaction<Schema>, volumeId: string): Promise<VolumeAttachment[]> {
  const rows = await tx
    .selectFrom('volume_attachment')
    .selectAll()
    .where('volume_id', '=', volumeId)
    .orderBy('created_at')
    .execute();
  return rows.map(readAttachment);
}

/** Disks on the network are the same from everywhere; of pools, other hosts have others. */
function mayMeet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === 0 || other.length === 0 || one.some((id) => other.includes(id));
}

export function readVolume(row: Selectable<VolumeTable>): Volume {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    projectId: row.project_id,
    userId: row.user_id,
    place: JSON.parse(row.place) as VolumePlace,
    hostIds: JSON.parse(row.host_ids) as string[],
    format: row.format,
    sizeBytes: row.size_bytes,
    made: row.made !== 0,
    shareable: row.shareable !== 0,
    metadata: JSON.parse(row.metadata) as Record<string, string>,
    typeId: row.type_id,
    state: row.state as VolumeState,
    fault: row.fault,
    operationId: row.operation_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function writeVolume(volume: Volume): Insertable<VolumeTable> {
  return {
    id: volume.id,
    name: volume.name,
    description: volume.description,
    project_id: volume.projectId,
    user_id: volume.userId,
    place: JSON.stringify(volume.place),
    host_ids: JSON.stringify(volume.hostIds),
    format: volume.format,
    size_bytes: volume.sizeBytes,
    made: volume.made ? 1 : 0,
    shareable: volume.shareable ? 1 : 0,
    metadata: JSON.stringify(volume.metadata),
    type_id: volume.typeId,
    state: volume.state,
    fault: volume.fault,
    operation_id: volume.operationId,
    created_at: volume.createdAt,
    updated_at: volume.updatedAt,
  };
}

/** Only what changes. */
export function columns({
  place,
  hostIds,
  sizeBytes,
  metadata,
  ...plain
}: VolumeChange): Updateable<VolumeTable> {
  return {
    ...plain,
    ...(place === undefined ? {} : { place: JSON.stringify(place) }),
    ...(hostIds === undefined ? {} : { host_ids: JSON.stringify(hostIds) }),
    ...(sizeBytes === undefined ? {} : { size_bytes: sizeBytes }),
    ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }),
  };
}

function readAttachment(row: Selectable<VolumeAttachmentTable>): VolumeAttachment {
  return {
    id: row.id,
    volumeId: row.volume_id,
    instanceId: row.instance_id,
    target: row.target,
    tag: row.tag,
    deleteOnTermination: row.delete_on_termination !== 0,
    state: row.state as VolumeAttachment['state'],
    found: row.found !== 0,
    createdAt: row.created_at,
  };
}

export function writeAttachment(
  attachment: VolumeAttachment,
  operationId: string | null,
): VolumeAttachmentTable {
  return {
    id: attachment.id,
    volume_id: attachment.volumeId,
    instance_id: attachment.instanceId,
    operation_id: operationId,
    target: attachment.target,
    tag: attachment.tag,
    delete_on_termination: attachment.deleteOnTermination ? 1 : 0,
    state: attachment.state,
    found: attachment.found ? 1 : 0,
    created_at: attachment.createdAt,
  };
}
