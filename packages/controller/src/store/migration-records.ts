import { firstProject, firstUser, type Migration } from '@ferry/model';
import type { Kysely } from 'kysely';
import { readMigration, rowsWithProgress } from './migration-row.ts';
import type { ProgressRecorder } from './progress-recorder.ts';
import type { Schema } from './schema.ts';

/** A migration as the compute API tells it: with a small number, and whose instance it moves. */
export interface MigrationRecord {
  readonly migration: Migration;
  readonly number: number;
  readonly projectId: string;
  readonly userId: string;
}

/** Which migrations, newest first. Lists: one of them. Null: no matter. */
export interface MigrationQuery {
  readonly projectIds: readonly string[] | null;
  readonly userIds: readonly string[] | null;
  readonly instanceId: string | null;
  /** Name of its source or its target. */
  readonly host: string | null;
  readonly sourceHost: string | null;
  readonly statuses: readonly string[] | null;
  /** In Nova's words: `live-migration`, `migration`, `resize`, `evacuation`. */
  readonly types: readonly string[] | null;
  readonly changedSince: string | null;
  readonly changedBefore: string | null;
  /** Id of the last migration of the page before. */
  readonly marker: string | null;
  readonly limit: number;
}

/** Migrations as the compute API lists them. */
export class MigrationRecords {
  readonly #db: Kysely<Schema>;
  readonly #progress: ProgressRecorder;

  constructor(db: Kysely<Schema>, progress: ProgressRecorder) {
    this.#db = db;
    this.#progress = progress;
  }

  /** All of one instance. */
  async of(instanceId: string): Promise<readonly MigrationRecord[]> {
    const rows = await rowsOf(this.#db).where('migration.instance_id', '=', instanceId).execute();
    return rows.map((row) => readRecord(row, this.#progress));
  }

  /** One page; `no-marker` when there is no migration of the marker's id. */
  async page(query: MigrationQuery): Promise<readonly MigrationRecord[] | 'no-marker'> {
    let rows = rowsOf(this.#db).limit(query.limit);
    if (query.marker !== null) {
      const marker = await this.#db
        .selectFrom('migration')
        .select('sequence')
        .where('id', '=', query.marker)
        .executeTakeFirst();
      if (marker === undefined) return 'no-marker';
      rows = rows.where('migration.sequence', '<', marker.sequence);
    }
    if (query.projectIds !== null) rows = rows.where('project_id', 'in', query.projectIds);
    if (query.userIds !== null) rows = rows.where('user_id', 'in', query.userIds);
    if (query.instanceId !== null) rows = rows.where('migration.instance_id', '=', query.instanceId);
    if (query.sourceHost !== null) rows = rows.where('source_host', '=', query.sourceHost);
    if (query.statuses !== null) rows = rows.where('migration.status', 'in', query.statuses);
    const { types } = query;
    if (types !== null)
      rows = rows.where((where) =>
        where.or([
          where('kind', 'in', types.filter((type) => type !== 'migration' && type !== 'resize').concat('')),
          ...(types.includes('migration')
            ? [where.and([where('kind', '=', 'cold-migration'), where('resize', 'is', null)])]
            : []),
          ...(types.includes('resize')
            ? [where.and([where('kind', '=', 'cold-migration'), where('resize', 'is not', null)])]
            : []),
        ]),
      );
    if (query.changedSince !== null) rows = rows.where('migration.updated_at', '>=', query.changedSince);
    if (query.changedBefore !== null) rows = rows.where('migration.updated_at', '<=', query.changedBefore);
    const { host } = query;
    if (host !== null)
      rows = rows.where((where) =>
        where.or([where('source_host', '=', host), where('target_host', '=', host)]),
      );
    return (await rows.execute()).map((row) => readRecord(row, this.#progress));
  }
}

function rowsOf(db: Kysely<Schema>) {
  return rowsWithProgress(db)
    .leftJoin('instance_profile', 'instance_profile.instance_id', 'migration.instance_id')
    .select(['instance_profile.project_id', 'instance_profile.user_id'])
    .orderBy('migration.sequence', 'desc');
}

function readRecord(
  row: Awaited<ReturnType<ReturnType<typeof rowsOf>['execute']>>[number],
  progress: ProgressRecorder,
): MigrationRecord {
  return {
    migration: readMigration(row, progress),
    number: row.sequence,
    projectId: row.project_id ?? firstProject.id,
    userId: row.user_id ?? firstUser.id,
  };
}
