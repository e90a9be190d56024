import type { Flavor } from '@ferry/model';
import type { Kysely, Selectable, Transaction } from 'kysely';
import { atomically, isShared } from '../database/atomically.ts';
import type { FlavorTable } from '../schema/creation-schema.ts';
import type { Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';

/** Sizes that instances are created in. */
export class FlavorStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
  }

  async list(): Promise<Flavor[]> {
    const rows = await this.#db.selectFrom('flavor').selectAll().orderBy('id').execute();
    const access = await this.#db.selectFrom('flavor_access').selectAll().orderBy('project_id').execute();
    return rows.map((row) =>
      readFlavor(
        row,
        access.filter((one) => one.flavor_id === row.id).map((one) => one.project_id),
      ),
    );
  }

  async byId(id: string): Promise<Flavor | null> {
    return (await this.list()).find((flavor) => flavor.id === id) ?? null;
  }

  /** Adds a flavor, or says what of it is taken. */
  async add(flavor: Flavor): Promise<'added' | 'id-taken' | 'name-taken'> {
    return atomically(this.#db, async (tx) => {
      const there = await tx
        .selectFrom('flavor')
        .select('id')
        .where((where) => where.or([where('id', '=', flavor.id), where('name', '=', flavor.name)]))
        .execute();
      if (there.some(({ id }) => id === flavor.id)) return 'id-taken';
      if (there.length > 0) return 'name-taken';
      await tx.insertInto('flavor').values(writeFlavor(flavor)).execute();
      await writeAccess(tx, flavor);
      return 'added';
    });
  }

  /** Changes a flavor as it is now; null when there is none. */
  async change(id: string, change: (flavor: Flavor) => Flavor): Promise<Flavor | null> {
    return atomically(this.#db, async (tx) => {
      const query = tx.selectFrom('flavor').selectAll().where('id', '=', id);
      const row = await (isShared(tx) ? query.forUpdate() : query).executeTakeFirst();
      if (row === undefined) return null;
      const access = await tx.selectFrom('flavor_access').selectAll().where('flavor_id', '=', id).execute();
      const before = readFlavor(
        row,
        access.map((one) => one.project_id),
      );
      const after = { ...change(before), updatedAt: this.#now() };
      await tx.updateTable('flavor').set(writeFlavor(after)).where('id', '=', id).execute();
      await tx.deleteFrom('flavor_access').where('flavor_id', '=', id).execute();
      await writeAccess(tx, after);
      return after;
    });
  }

  /** False when there is none. */
  async remove(id: string): Promise<boolean> {
    return atomically(this.#db, async (tx) => {
      await tx.deleteFrom('flavor_access').where('flavor_id', '=', id).execute();
      const { numDeletedRows } = await tx.deleteFrom('flavor').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }
}

async function writeAccess(tx: Transaction<Schema>, { id, access }: Flavor): Promise<void> {
  for (const project_id of new Set(access))
    await tx.insertInto('flavor_access').values({ flavor_id: id, project_id }).execute();
}

function readFlavor(row: Selectable<FlavorTable>, access: readonly string[]): Flavor {
  return {
    id: row.id,
    name: row.name,
    vcpus: row.vcpus,
    memoryMib: row.memory_mib,
    rootGib: row.root_gib,
    ephemeralGib: row.ephemeral_gib,
    swapMib: row.swap_mib,
    rxtxFactor: Number(row.rxtx_factor),
    isPublic: row.public !== 0,
    description: row.description,
    extraSpecs: JSON.parse(row.extra_specs) as Record<string, string>,
    access,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function writeFlavor(flavor: Flavor): FlavorTable {
  return {
    id: flavor.id,
    name: flavor.name,
    vcpus: flavor.vcpus,
    memory_mib: flavor.memoryMib,
    root_gib: flavor.rootGib,
    ephemeral_gib: flavor.ephemeralGib,
    swap_mib: flavor.swapMib,
    rxtx_factor: String(flavor.rxtxFactor),
    public: flavor.isPublic ? 1 : 0,
    description: flavor.description,
    extra_specs: JSON.stringify(flavor.extraSpecs),
    created_at: flavor.createdAt,
    updated_at: flavor.updatedAt,
  };
}
