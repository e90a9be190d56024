import { type BaseImage, digestKind } from '@ferry/model';
import type { Kysely, Selectable } from 'kysely';
import type { Session } from '../database/session.ts';
import type { BaseImageTable, Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';

/** A file at a path of a host, and what tells that it is still the same. */
export type ImageIdentity = Pick<BaseImage, 'hostId' | 'path' | 'lengthBytes' | 'changedAt'>;

/** What is known of base images: digests, so that a file is read once, and which of them Ferry brought. */
export class BaseImageStore {
  readonly #session: Session;
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(session: Session) {
    this.#session = session;
    this.#db = session.db;
    this.#now = session.now;
  }

  async list(hostId: string): Promise<BaseImage[]> {
    const rows = await this.#db
      .selectFrom('base_image')
      .selectAll()
      .where('host_id', '=', hostId)
      .orderBy('path')
      .execute();
    return rows.map(readImage);
  }

  /** What is known of that very file; null when it is another one by now, or its host does not tell when it changed. */
  async known(file: ImageIdentity): Promise<BaseImage | null> {
    const row = await this.#row(this.#db, file);
    const image = row === undefined ? null : readImage(row);
    return image !== null && isSame(image, file) ? image : null;
  }

  /** Tells that a file stays where it would have been removed, and why. */
  async tellKept({ hostId, path }: Pick<ImageIdentity, 'hostId' | 'path'>, because: string): Promise<void> {
    const message = `${path} stays: ${because}`;
    await this.#session.writeAlone(({ tell }) => tell({ kind: 'host.updated', subjectId: hostId, message }));
  }

  /** Keeps the digest of a file. That it was brought is kept with it as long as it is that file. */
  async keepDigest(file: ImageIdentity, digest: string): Promise<void> {
    await this.#session.writeAlone(async ({ tx }) => {
      const row = await this.#row(tx, file);
      const before = row === undefined ? null : readImage(row);
      const brought = before !== null && isSame(before, file) ? before.brought : null;
      await this.#write(tx, { ...file, digest, brought });
    });
  }

  /** Writes down that a migration brought a file. The same once more changes nothing. */
  async keepBrought(file: ImageIdentity, digest: string | null, migrationId: string): Promise<void> {
    await this.#session.writeAlone(async ({ tx, tell }) => {
      const row = await this.#row(tx, file);
      const before = row === undefined ? null : readImage(row);
      const same = before !== null && isSame(before, file) ? before : null;
      if (same?.brought?.migrationId === migrationId) return;
      const brought = { migrationId, at: this.#now() };
      await this.#write(tx, { ...file, digest: digest ?? same?.digest ?? null, brought });
      const message = `base image ${file.path} was brought by migration ${migrationId}`;
      await tell({ kind: 'host.updated', subjectId: file.hostId, message });
    });
  }

  /** Tells that a base image is about to be removed, and why. */
  async tellRemoval({ hostId, path }: Pick<BaseImage, 'hostId' | 'path'>, why: string): Promise<void> {
    const message = `base image ${path} is removed: ${why}`;
    await this.#session.writeAlone(({ tell }) => tell({ kind: 'host.updated', subjectId: hostId, message }));
  }

  /** There is no such file any more. */
  async forget({ hostId, path }: Pick<BaseImage, 'hostId' | 'path'>): Promise<void> {
    await this.#db.deleteFrom('base_image').where('host_id', '=', hostId).where('path', '=', path).execute();
  }

  #row(
    db: Kysely<Schema>,
    { hostId, path }: Pick<BaseImage, 'hostId' | 'path'>,
  ): Promise<Selectable<BaseImageTable> | undefined> {
    return db
      .selectFrom('base_image')
      .selectAll()
      .where('host_id', '=', hostId)
      .where('path', '=', path)
      .executeTakeFirst();
  }

  async #write(db: Kysely<Schema>, image: BaseImage): Promise<void> {
    const row = writeImage(image);
    await db
      .insertInto('base_image')
      .values(row)
      .onConflict((conflict) => conflict.columns(['host_id', 'path']).doUpdateSet(row))
      .execute();
  }
}

/** A file whose host does not tell when it changed may be another one each time. */
function isSame(one: ImageIdentity, other: ImageIdentity): boolean {
  return one.changedAt !== null && one.changedAt === other.changedAt && one.lengthBytes === other.lengthBytes;
}

function readImage(row: Selectable<BaseImageTable>): BaseImage {
  const { brought_by: migrationId, brought_at: at } = row;
  return {
    hostId: row.host_id,
    path: row.path,
    lengthBytes: row.length_bytes,
    changedAt: row.changed_at,
    // A digest of another kind, from an earlier version, compares with nothing.
    digest: row.digest_kind === digestKind ? row.digest : null,
    brought: migrationId === null || at === null ? null : { migrationId, at },
  };
}

function writeImage({ brought, ...image }: BaseImage): BaseImageTable {
  return {
    host_id: image.hostId,
    path: image.path,
    length_bytes: image.lengthBytes,
    changed_at: image.changedAt,
    digest: image.digest,
    digest_kind: image.digest === null ? null : digestKind,
    brought_by: brought?.migrationId ?? null,
    brought_at: brought?.at ?? null,
  };
}
