import type { HostStock, Load, ProcessorTimes } from '@ferry/model';
import type { Kysely, Selectable, Transaction } from 'kysely';
import { byLocks } from '../database/atomically.ts';
import type { HostLoadTable } from '../schema/fleet-schema.ts';
import type { Schema } from '../schema/schema.ts';

/** So many rows are written at a time. */
const atOnce = 500;

/** What was seen of a host's load, and the counters by which the next look is compared. */
export interface HostLoad {
  /** Of all that runs there. Null: it was looked at once, and one look tells nothing. */
  readonly load: Load | null;
  /** Of what runs there and is no instance: it stays when instances move. */
  readonly others: Load | null;
  readonly times: ProcessorTimes;
  /** What it has for guests, beside what every host tells of itself. */
  readonly stock: HostStock;
}

/** What hosts and instances have used of processors over time, and what is free of disks. */
export class LoadStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** By host id. */
  async hosts(): Promise<ReadonlyMap<string, HostLoad>> {
    const rows = await this.#db.selectFrom('host_load').selectAll().execute();
    return new Map(rows.map((row) => [row.host_id, readHostLoad(row)]));
  }

  /** By instance id; all of them where none is named. */
  async instances(ids: readonly string[] | null = null): Promise<ReadonlyMap<string, Load>> {
    if (ids?.length === 0) return new Map();
    let query = this.#db.selectFrom('instance_load').select(['instance_id', 'load']);
    if (ids !== null) query = query.where('instance_id', 'in', ids);
    const rows = await query.execute();
    return new Map(rows.map((row) => [row.instance_id, JSON.parse(row.load) as Load]));
  }

  /**
   * Keeps a look at a host and at what runs there; false, and nothing is kept, where another controller has looked since
   * `before` was read.
   */
  async saw(
    hostId: string,
    before: HostLoad | null,
    now: HostLoad,
    instances: ReadonlyMap<string, Load>,
  ): Promise<boolean> {
    return byLocks(this.#db, async (tx) => {
      if (!(await keepHost(tx, hostId, before, now))) return false;
      const rows = [...instances].map(([id, load]) => ({ instance_id: id, load: JSON.stringify(load) }));
      for (let next = 0; next < rows.length; next += atOnce)
        await tx
          .insertInto('instance_load')
          .values(rows.slice(next, next + atOnce))
          .onConflict((conflict) =>
            conflict.column('instance_id').doUpdateSet((row) => ({ load: row.ref('excluded.load') })),
          )
          .execute();
      return true;
    });
  }
}

async function keepHost(
  tx: Transaction<Schema>,
  hostId: string,
  before: HostLoad | null,
  now: HostLoad,
): Promise<boolean> {
  const row = {
    at: now.times.at,
    load: now.load === null ? null : JSON.stringify(now.load),
    others: now.others === null ? null : JSON.stringify(now.others),
    counters: JSON.stringify(now.times.guestsNs),
    free: JSON.stringify(now.stock),
  };
  if (before === null) {
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('host_load')
      .values({ host_id: hostId, ...row })
      .onConflict((conflict) => conflict.column('host_id').doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }
  const { numUpdatedRows } = await tx
    .updateTable('host_load')
    .set(row)
    .where('host_id', '=', hostId)
    .where('at', '=', before.times.at)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

function readHostLoad(row: Selectable<HostLoadTable>): HostLoad {
  return {
    load: row.load === null ? null : (JSON.parse(row.load) as Load),
    others: row.others === null ? null : (JSON.parse(row.others) as Load),
    times: { at: row.at, guestsNs: JSON.parse(row.counters) as Record<string, number> },
    stock: JSON.parse(row.free) as HostStock,
  };
}
