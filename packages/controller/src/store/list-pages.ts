import type { Instance, Migration } from '@ferry/model';
import type { Expression, ExpressionBuilder, Kysely, SqlBool } from 'kysely';
import { isShared } from './database/atomically.ts';
import { instanceConditions, type InstanceQuery } from './instance-conditions.ts';
import { readInstance } from './instances/instance-store.ts';
import { readMigration, rowsWithProgress } from './migrations/migration-row.ts';
import type { ProgressRecorder } from './migrations/recording-store.ts';
import type { Schema } from './schema/schema.ts';

/** Which migrations, newest first. Undefined: no matter. */
export interface MigrationListQuery {
  /** Name or id. */
  readonly instance?: string | undefined;
  /** Name or id of the source or the target. */
  readonly host?: string | undefined;
  readonly status?: string | undefined;
  readonly kind?: string | undefined;
  readonly open?: boolean | undefined;
  /** Accepted then or later, UTC ISO 8601 with milliseconds. */
  readonly since?: string | undefined;
}

/** Where a page begins (after the entry of that id; null: at the beginning), and how many entries it has at most. */
export interface PageBounds {
  readonly marker: string | null;
  readonly limit: number;
}

/** Entries of a page, and whether there are more. */
export interface StoredPage<T> {
  readonly entries: readonly T[];
  readonly more: boolean;
}

/** Pages of Ferry's own lists, each one statement, and one for its marker. `no-marker`: there is no such entry. */
export class ListPages {
  readonly #db: Kysely<Schema>;
  readonly #progress: ProgressRecorder;

  constructor(db: Kysely<Schema>, progress: ProgressRecorder) {
    this.#db = db;
    this.#progress = progress;
  }

  /** An instance that has been deleted since is still a marker, for as long as its row is kept. */
  async instances(
    query: InstanceQuery,
    { marker, limit }: PageBounds,
  ): Promise<StoredPage<Instance> | 'no-marker'> {
    let rows = this.#db
      .selectFrom('instance')
      .selectAll()
      .where('deleted_at', 'is', null)
      .where((where) => where.and(instanceConditions(where, query, isShared(this.#db))));
    if (marker !== null) {
      const last = await this.#db
        .selectFrom('instance')
        .select(['name', 'id'])
        .where('id', '=', marker)
        .executeTakeFirst();
      if (last === undefined) return 'no-marker';
      rows = rows.where((where) =>
        where.or([
          where('name', '>', last.name),
          where.and([where('name', '=', last.name), where('id', '>', last.id)]),
        ]),
      );
    }
    const found = await rows
      .orderBy('name')
      .orderBy('id')
      .limit(limit + 1)
      .execute();
    return { entries: found.slice(0, limit).map(readInstance), more: found.length > limit };
  }

  /** What is accepted between two pages is newer than both, and changes neither. */
  async migrations(
    query: MigrationListQuery,
    { marker, limit }: PageBounds,
  ): Promise<StoredPage<Migration> | 'no-marker'> {
    let rows = rowsWithProgress(this.#db).where((where) =>
      where.and(migrationConditions(where as MigrationWhere, query)),
    );
    if (marker !== null) {
      const last = await this.#db
        .selectFrom('migration')
        .select('sequence')
        .where('id', '=', marker)
        .executeTakeFirst();
      if (last === undefined) return 'no-marker';
      rows = rows.where('migration.sequence', '<', last.sequence);
    }
    const found = await rows
      .orderBy('migration.sequence', 'desc')
      .limit(limit + 1)
      .execute();
    const entries = found.slice(0, limit).map((row) => readMigration(row, this.#progress));
    return { entries, more: found.length > limit };
  }
}

/** The builder of a left join has columns that may be null, and is of another type for it. */
type MigrationWhere = ExpressionBuilder<Schema, 'migration'>;

function migrationConditions(
  where: MigrationWhere,
  { instance, host, status, kind, open, since }: MigrationListQuery,
): Expression<SqlBool>[] {
  const all: Expression<SqlBool>[] = [];
  if (instance !== undefined)
    all.push(where.or([where('instance_id', '=', instance), where('instance_name', '=', instance)]));
  if (host !== undefined) {
    const columns = ['source_host', 'source_host_id', 'target_host', 'target_host_id'] as const;
    all.push(where.or(columns.map((column) => where(column, '=', host))));
  }
  if (status !== undefined) all.push(where('status', '=', status));
  if (kind !== undefined) all.push(where('kind', '=', kind));
  if (open !== undefined) all.push(where('finished_at', open ? 'is' : 'is not', null));
  if (since !== undefined) all.push(where('created_at', '>=', since));
  return all;
}
