import { isSamePlace, type Volume, type VolumeState } from '@ferry/model';
import type { Kysely, Transaction } from 'kysely';
import { alone } from '../database/atomically.ts';
import type { Session } from '../database/session.ts';
import { attachmentsOf, lockVolume, readVolume, type VolumeRecord, writeVolume } from './catalogue-store.ts';
import { insertOperation, type NewOperation } from '../operations/take-instance.ts';
import type { Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';

const gibibyte = 1024 ** 3;

/** What a project has of volumes. */
export interface VolumeUsage {
  readonly volumes: number;
  /** Whole GiB, each volume rounded up, as clients are told them. */
  readonly gigabytes: number;
}

/** What may keep a volume from being made or grown, looked at while nobody else makes or grows one. */
export interface VolumeBounds {
  /** Why its project may not have so much more; null: it may. */
  readonly whyNotMore: (used: VolumeUsage) => string | null;
  /** Bytes that its pool has in all; null: not known. */
  readonly capacityBytes: number | null;
}

/** How the beginning of work on a volume ended. */
export type VolumeTaken =
  | { readonly kind: 'taken' }
  | { readonly kind: 'over-quota'; readonly message: string }
  /** Others have been promised what is left of the pool. */
  | { readonly kind: 'no-room'; readonly promisedBytes: number }
  /** It is gone, or not as it was when it was looked at. */
  | { readonly kind: 'changed' };

/** What is done to volumes by operations: each takes its volume, and gives it free with what has come of it. */
export class VolumeWorkStore {
  readonly #session: Session;
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(session: Session) {
    this.#session = session;
    this.#db = session.db;
    this.#now = session.now;
  }

  async usageOf(projectId: string): Promise<VolumeUsage> {
    return usageIn(this.#db, projectId);
  }

  /** Sizes of the volumes that Ferry made in a pool of a host. */
  async promisedBytes(pool: string, hostId: string): Promise<number> {
    return promisedIn(this.#db, pool, hostId);
  }

  /** Takes a volume in that is to be made, with the operation that makes it. */
  async beginCreate(volume: Volume, operation: NewOperation, bounds: VolumeBounds): Promise<VolumeTaken> {
    return this.#session.write(async ({ tx }): Promise<VolumeTaken> => {
      await alone(tx, 'volume');
      const refused = await whyNot(tx, volume, volume.sizeBytes ?? 0, bounds);
      if (refused !== null) return refused;
      await insertOperation(tx, operation, this.#now());
      await tx
        .insertInto('volume')
        .values(writeVolume({ ...volume, operationId: operation.id }))
        .execute();
      return { kind: 'taken' };
    });
  }

  /** Takes a volume that is as it was looked at, for it to become larger by so much. */
  async beginExtend(
    volume: Volume,
    moreBytes: number,
    operation: NewOperation,
    bounds: VolumeBounds,
  ): Promise<VolumeTaken> {
    return this.#session.write(async ({ tx }): Promise<VolumeTaken> => {
      await alone(tx, 'volume');
      const now = await lockVolume(tx, volume.id);
      if (now === null || !isAsItWas(now, volume) || (await attachmentsOf(tx, volume.id)).length > 0)
        return { kind: 'changed' };
      const refused = await whyNot(tx, volume, moreBytes, bounds);
      if (refused !== null) return refused;
      await this.#take(tx, volume.id, 'extending', operation);
      return { kind: 'taken' };
    });
  }

  /** Takes a volume that is to go; one that an instance or another operation has is told as it is, and stays. */
  async beginDelete(id: string, operation: NewOperation): Promise<VolumeRecord | 'taken' | null> {
    return this.#session.write(async ({ tx }) => {
      const volume = await lockVolume(tx, id);
      if (volume === null) return null;
      const attachments = await attachmentsOf(tx, id);
      if (attachments.length > 0 || volume.operationId !== null) return { volume, attachments };
      await this.#take(tx, id, 'deleting', operation);
      return 'taken';
    });
  }

  /** Its operation is over, and has left it like this. Doing it twice changes nothing. */
  async end(
    operationId: string,
    end: {
      readonly state: VolumeState;
      readonly fault: string | null;
      readonly sizeBytes?: number;
      /** Nothing of it is left that Ferry made. */
      readonly nothingMade?: boolean;
      /** What it did is not taken back everywhere yet: it keeps the volume. */
      readonly stays?: boolean;
    },
  ): Promise<void> {
    await this.#session.write(async ({ tx }) => {
      await tx
        .updateTable('volume')
        .set({
          state: end.state,
          fault: end.fault,
          updated_at: this.#now(),
          ...(end.sizeBytes === undefined ? {} : { size_bytes: end.sizeBytes }),
          ...(end.nothingMade === true ? { made: 0 } : {}),
          ...(end.stays === true ? {} : { operation_id: null }),
        })
        .where('operation_id', '=', operationId)
        .execute();
    });
  }

  /** The volume of a deletion is gone. Doing it twice changes nothing. */
  async endDeleted(operationId: string): Promise<void> {
    await this.#session.write(async ({ tx }) => {
      await tx.deleteFrom('volume').where('operation_id', '=', operationId).execute();
    });
  }

  async #take(
    tx: Transaction<Schema>,
    id: string,
    state: VolumeState,
    operation: NewOperation,
  ): Promise<void> {
    const at = this.#now();
    await insertOperation(tx, operation, at);
    await tx
      .updateTable('volume')
      .set({ state, fault: null, operation_id: operation.id, updated_at: at })
      .where('id', '=', id)
      .execute();
  }
}

function isAsItWas(now: Volume, before: Volume): boolean {
  return (
    now.operationId === null &&
    now.state === before.state &&
    now.sizeBytes === before.sizeBytes &&
    isSamePlace(now.place, before.place)
  );
}

async function whyNot(
  tx: Transaction<Schema>,
  { projectId, place, hostIds }: Volume,
  moreBytes: number,
  { whyNotMore, capacityBytes }: VolumeBounds,
): Promise<VolumeTaken | null> {
  const message = whyNotMore(await usageIn(tx, projectId));
  if (message !== null) return { kind: 'over-quota', message };
  if (place.kind !== 'pool' || capacityBytes === null) return null;
  const promisedBytes = await promisedIn(tx, place.pool, hostIds[0] ?? '');
  return promisedBytes + moreBytes > capacityBytes ? { kind: 'no-room', promisedBytes } : null;
}

async function usageIn(db: Kysely<Schema>, projectId: string): Promise<VolumeUsage> {
  const rows = await db
    .selectFrom('volume')
    .select('size_bytes')
    .where('project_id', '=', projectId)
    .execute();
  const gigabytes = rows.reduce((sum, row) => sum + Math.ceil((row.size_bytes ?? 0) / gibibyte), 0);
  return { volumes: rows.length, gigabytes };
}

async function promisedIn(db: Kysely<Schema>, pool: string, hostId: string): Promise<number> {
  const rows = await db.selectFrom('volume').selectAll().where('made', '=', 1).execute();
  return rows
    .map(readVolume)
    .filter(({ place, hostIds }) => place.kind === 'pool' && place.pool === pool && hostIds.includes(hostId))
    .reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
}
