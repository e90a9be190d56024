import { type Kysely, sql, type Transaction } from 'kysely';
import { atomically } from './database/atomically.ts';
import { forgetInstances, keepFormerHost } from './hosts/hosts-that-had.ts';
import type { Schema } from './schema/schema.ts';

/** What is looked at and taken away in one transaction: others are at the database meanwhile. */
const batch = 200;

/** Takes what has happened long ago out of the database, and never what something that goes on may look up. */
export class RetentionStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** Events from before a time, and the oldest of more than `most`; how many. Whoever follows goes on with those that are there. */
  async removeEvents(before: string, most: number): Promise<number> {
    const newest = await this.#db
      .selectFrom('event')
      .select('sequence')
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst();
    const { numDeletedRows } = await this.#db
      .deleteFrom('event')
      .where((where) =>
        where.or([where('at', '<', before), where('sequence', '<=', (newest?.sequence ?? 0) - most)]),
      )
      // The last one stays: by its number followers know where they are.
      .where('sequence', '<', newest?.sequence ?? 0)
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  /** Operations of before a time that are closed and that nothing rests on, with the log of their steps; how many. */
  async removeOperations(before: string): Promise<number> {
    return this.#inBatches(async (tx) => {
      const rows = await tx
        .selectFrom('operation')
        .leftJoin('migration', 'migration.id', 'operation.id')
        .select('operation.id')
        .where('operation.state', '=', 'closed')
        .where('operation.created_at', '<', before)
        .where((where) =>
          where.or([
            where('migration.id', 'is', null),
            where.and([where('migration.finished_at', '<', before), isOver]),
          ]),
        )
        .where(restsOn('operation.id'))
        .limit(batch)
        .execute();
      return removeOperations(
        tx,
        rows.map(({ id }) => id),
      );
    });
  }

  /** Migrations that ended before a time, and the oldest of more than `most`, as long as nothing rests on them; how many. */
  async removeMigrations(before: string, most: number): Promise<number> {
    const { last } = await this.#db
      .selectFrom('migration')
      .select((select) => select.fn.max<number | null>('sequence').as('last'))
      .executeTakeFirstOrThrow();
    return this.#inBatches(async (tx) => {
      const rows = await tx
        .selectFrom('migration')
        .leftJoin('operation', 'operation.id', 'migration.id')
        .select(['migration.id', 'instance_id', 'source_host_id', 'target_host_id'])
        .where('migration.finished_at', 'is not', null)
        .where((where) =>
          where.or([
            where('migration.finished_at', '<', before),
            where('migration.sequence', '<=', (last ?? 0) - most),
          ]),
        )
        .where((where) =>
          where.or([where('operation.id', 'is', null), where('operation.state', '=', 'closed')]),
        )
        .where(isOver)
        .where(restsOn('migration.id'))
        .limit(batch)
        .execute();
      const ids = rows.map(({ id }) => id);
      await removeOperations(tx, ids);
      // A host that had an instance is believed to have it, and not for as long as its migrations are kept.
      for (const { instance_id: instanceId, source_host_id: source, target_host_id: target } of rows)
        for (const hostId of [source, target]) await keepFormerHost(tx, instanceId, hostId);
      if (ids.length > 0) {
        await tx.deleteFrom('migration_record').where('migration_id', 'in', ids).execute();
        await tx.deleteFrom('migration_progress').where('migration_id', 'in', ids).execute();
        await tx.deleteFrom('migration_forecast').where('migration_id', 'in', ids).execute();
        await tx.deleteFrom('migration').where('id', 'in', ids).execute();
      }
      return ids.length;
    });
  }

  /** What was done to instances and was over before a time; how much. */
  async removeActions(before: string): Promise<number> {
    return this.#inBatches(async (tx) => {
      const rows = await tx
        .selectFrom('instance_action')
        .select('sequence')
        .where('updated_at', '<', before)
        .where(
          sql<boolean>`not exists (select 1 from instance_action_event as part
            where part.action_sequence = instance_action.sequence and part.finished_at is null)`,
        )
        .limit(batch)
        .execute();
      const numbers = rows.map(({ sequence }) => sequence);
      if (numbers.length === 0) return 0;
      await tx.deleteFrom('instance_action_event').where('action_sequence', 'in', numbers).execute();
      await tx.deleteFrom('instance_action').where('sequence', 'in', numbers).execute();
      return numbers.length;
    });
  }

  /** Instances that were deleted before a time and that no migration names; how many. */
  async removeDeletedInstances(before: string): Promise<number> {
    return this.#inBatches(async (tx) => {
      const rows = await tx
        .selectFrom('instance')
        .select('id')
        .where('deleted_at', '<', before)
        .where(sql<boolean>`not exists (select 1 from migration where migration.instance_id = instance.id)`)
        .limit(batch)
        .execute();
      await forgetInstances(
        tx,
        rows.map(({ id }) => id),
      );
      return rows.length;
    });
  }

  async #inBatches(remove: (tx: Transaction<Schema>) => Promise<number>): Promise<number> {
    for (let removed = 0; ; ) {
      const some = await atomically(this.#db, remove);
      removed += some;
      if (some < batch) return removed;
    }
  }
}

async function removeOperations(tx: Transaction<Schema>, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  await tx.deleteFrom('operation_record').where('operation_id', 'in', ids).execute();
  await tx.deleteFrom('operation').where('id', 'in', ids).execute();
  return ids.length;
}

/** Not of one that waits for a decision, nor of an evacuation whose source may come back with what it held. */
const isOver = sql<boolean>`not (migration.held = 1 and migration.status = 'finished')
  and not (migration.kind = 'evacuation' and migration.status = 'done')`;

/** Nothing names it: no claim, no instance that it has, no volume or base image that it brought. */
function restsOn(id: 'operation.id' | 'migration.id'): ReturnType<typeof sql<boolean>> {
  const named = sql.ref(id);
  return sql<boolean>`not exists (select 1 from claim where claim.migration_id = ${named})
    and not exists (select 1 from instance where instance.operation_id = ${named})
    and not exists (select 1 from brought_volume where brought_volume.migration_id = ${named})
    and not exists (select 1 from base_image where base_image.brought_by = ${named})
    and not exists (select 1 from creation_claim where creation_claim.operation_id = ${named})
    and not exists (select 1 from volume_attachment where volume_attachment.operation_id = ${named})
    and not exists (select 1 from volume where volume.operation_id = ${named})`;
}
