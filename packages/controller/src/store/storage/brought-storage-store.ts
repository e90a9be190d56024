import type { Kysely } from 'kysely';
import type { Schema } from '../schema/schema.ts';

/** A pool by its name or a secret by its uuid, on a host. */
interface BroughtStorage {
  readonly hostId: string;
  readonly kind: 'pool' | 'secret';
  readonly name: string;
}

/** Which pools and secrets of hosts were brought by migrations: only these are ever taken away again. */
export class BroughtStorageStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async brought(hostId: string): Promise<BroughtStorage[]> {
    const rows = await this.#db
      .selectFrom('brought_volume')
      .selectAll()
      .where('host_id', '=', hostId)
      .orderBy('kind')
      .orderBy('name')
      .execute();
    return rows.map(({ kind, name }) => ({ hostId, kind: kind as BroughtStorage['kind'], name }));
  }

  /** Is written down before it is brought. The same once more changes nothing. */
  async keep({ hostId, kind, name }: BroughtStorage, migrationId: string): Promise<void> {
    await this.#db
      .insertInto('brought_volume')
      .values({ host_id: hostId, kind, name, migration_id: migrationId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** It is gone, or is somebody else's by now. */
  async forget({ hostId, kind, name }: BroughtStorage): Promise<void> {
    await this.#db
      .deleteFrom('brought_volume')
      .where('host_id', '=', hostId)
      .where('kind', '=', kind)
      .where('name', '=', name)
      .execute();
  }
}
