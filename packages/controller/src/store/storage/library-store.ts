import { digestKind, type ImageContent, type LibraryImage } from '@ferry/model';
import type { Kysely, Selectable, Transaction } from 'kysely';
import { atomically, isShared } from '../database/atomically.ts';
import type { LibraryImageTable } from '../schema/creation-schema.ts';
import type { Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';

/** How a change of an image ended. */
export type ImageChanged =
  | { readonly changed: true; readonly image: LibraryImage }
  | { readonly changed: false; readonly image: LibraryImage | null };

/** An instance whose disk stands on an image. */
export interface ImageUser {
  readonly id: string;
  readonly name: string;
}

/** Images of the library. Their bytes are files, kept by whoever calls. */
export class LibraryStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
  }

  /** Newest first, as Glance lists them. */
  async list(): Promise<LibraryImage[]> {
    const rows = await this.#db
      .selectFrom('library_image')
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute();
    return rows.map(readImage);
  }

  async byId(id: string): Promise<LibraryImage | null> {
    const row = await this.#db
      .selectFrom('library_image')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? null : readImage(row);
  }

  /** Adds an image; not when its id is that of another one, or was: whoever has noted it down would get other bytes. */
  async add(image: LibraryImage): Promise<'added' | 'taken' | 'was-taken'> {
    return atomically(this.#db, async (tx) => {
      if ((await this.#row(tx, image.id)) !== undefined) return 'taken';
      const deleted = tx.selectFrom('deleted_image').select('id').where('id', '=', image.id);
      if ((await deleted.executeTakeFirst()) !== undefined) return 'was-taken';
      await tx.insertInto('library_image').values(writeImage(image)).execute();
      return 'added';
    });
  }

  /** Changes an image as it is now; not when `change` gives null, or there is none. */
  async change(id: string, change: (image: LibraryImage) => LibraryImage | null): Promise<ImageChanged> {
    return atomically(this.#db, async (tx): Promise<ImageChanged> => {
      const row = await this.#row(tx, id);
      if (row === undefined) return { changed: false, image: null };
      const before = readImage(row);
      const after = change(before);
      if (after === null) return { changed: false, image: before };
      const image = { ...after, updatedAt: this.#now() };
      await tx.updateTable('library_image').set(writeImage(image)).where('id', '=', id).execute();
      return { changed: true, image };
    });
  }

  /** Removes an image, unless instances stand on it: those are told. */
  async remove(id: string): Promise<readonly ImageUser[]> {
    return atomically(this.#db, async (tx) => {
      if ((await this.#row(tx, id)) === undefined) return [];
      const users = await tx
        .selectFrom('instance_profile')
        .innerJoin('instance', 'instance.id', 'instance_profile.instance_id')
        .select(['instance.id', 'instance.name'])
        .where('image_id', '=', id)
        .where('deleted_at', 'is', null)
        .orderBy('instance.name')
        .execute();
      if (users.length > 0) return users;
      await tx.deleteFrom('library_image').where('id', '=', id).execute();
      await tx.insertInto('deleted_image').values({ id, deleted_at: this.#now() }).execute();
      return [];
    });
  }

  /** Whether any image has these bytes. */
  async hasContent(sha256: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('library_image')
      .select('id')
      .where('sha256', '=', sha256)
      .executeTakeFirst();
    return row !== undefined;
  }

  #row(tx: Transaction<Schema>, id: string): Promise<Selectable<LibraryImageTable> | undefined> {
    const query = tx.selectFrom('library_image').selectAll().where('id', '=', id);
    return (isShared(tx) ? query.forUpdate() : query).executeTakeFirst();
  }
}

function readImage(row: Selectable<LibraryImageTable>): LibraryImage {
  return {
    id: row.id,
    name: row.name,
    status: row.status as LibraryImage['status'],
    visibility: row.visibility as LibraryImage['visibility'],
    projectId: row.project_id,
    isProtected: row.protected !== 0,
    isHidden: row.hidden !== 0,
    tags: JSON.parse(row.tags) as string[],
    diskFormat: row.disk_format,
    containerFormat: row.container_format,
    minDiskGib: row.min_disk_gib,
    minMemoryMib: row.min_memory_mib,
    properties: JSON.parse(row.properties) as Record<string, string>,
    content: readContent(row),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function readContent(row: Selectable<LibraryImageTable>): ImageContent | null {
  const { sha256, sha512, md5, digest, length_bytes: lengthBytes } = row;
  if (sha256 === null || sha512 === null || md5 === null || lengthBytes === null) return null;
  return {
    sha256,
    sha512,
    md5,
    // One of another kind, from an earlier version, compares with nothing.
    digest: row.digest_kind === digestKind ? digest : null,
    lengthBytes,
    virtualBytes: row.virtual_bytes,
  };
}

function writeImage(image: LibraryImage): LibraryImageTable {
  const { content } = image;
  return {
    id: image.id,
    name: image.name,
    status: image.status,
    visibility: image.visibility,
    project_id: image.projectId,
    protected: image.isProtected ? 1 : 0,
    hidden: image.isHidden ? 1 : 0,
    tags: JSON.stringify(image.tags),
    disk_format: image.diskFormat,
    container_format: image.containerFormat,
    min_disk_gib: image.minDiskGib,
    min_memory_mib: image.minMemoryMib,
    properties: JSON.stringify(image.properties),
    sha256: content?.sha256 ?? null,
    sha512: content?.sha512 ?? null,
    md5: content?.md5 ?? null,
    digest: content?.digest ?? null,
    digest_kind: content?.digest == null ? null : digestKind,
    length_bytes: content?.lengthBytes ?? null,
    virtual_bytes: content?.virtualBytes ?? null,
    created_at: image.createdAt,
    updated_at: image.updatedAt,
  };
}
