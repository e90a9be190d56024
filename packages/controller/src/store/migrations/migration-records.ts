import {
  firstProject,
  firstUser,
  type Migration,
  type MigrationKind,
  type MigrationStatus,
  type Resize,
} from '@ferry/model';
import type { Expression, ExpressionBuilder, InferResult, Kysely, SqlBool } from 'kysely';
import { readMigration } from './migration-row.ts';
import type { ProgressRecorder } from './recording-store.ts';
import type { Schema } from '../schema/schema.ts';

/** A migration as the compute API tells it: with a small number, and whose instance it moves. */
export interface MigrationRecord {
  readonly migration: Migration;
  readonly number: number;
  readonly projectId: string;
  readonly userId: string;
}

/** What a list tells of one. */
export interface ListedMigration extends Omit<MigrationRecord, 'migration'> {
  readonly migration: Pick<
    Migration,
    | 'id'
    | 'kind'
    | 'instanceId'
    | 'sourceHost'
    | 'targetHost'
    | 'status'
    | 'resize'
    | 'createdAt'
    | 'updatedAt'
  >;
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
    return rows.map((row) => ({ migration: readMigration(row, this.#progress), ...whose(row) }));
  }

  /** One page; `no-marker` when there is no migration of the marker's id. */
  async page(query: MigrationQuery): Promise<readonly ListedMigration[] | 'no-marker'> {
    let rows = listedRows(this.#db).limit(query.limit);
    if (query.marker !== null) {
      const marker = await this.#db
        .selectFrom('migration')
        .select('sequence')
        .where('id', '=', query.marker)
        .executeTakeFirst();
      if (marker === undefined) return 'no-marker';
      rows = rows.where('migration.sequence', '<', marker.sequence);
    }
    return (await rows.where(conditions(query)).execute()).map(readListed);
  }
}

function joined(db: Kysely<Schema>) {
  return (
    db
      .selectFrom('migration')
      .leftJoin('instance_profile', 'instance_profile.instance_id', 'migration.instance_id')
      // Nova has no such thing, and its clients take all that they are told for a move.
      .where('kind', '!=', 'rehearsal')
  );
}

type Where = ExpressionBuilder<
  Pick<Schema, 'migration' | 'instance_profile'>,
  'migration' | 'instance_profile'
>;

function conditions(query: MigrationQuery): (builder: unknown) => Expression<SqlBool> {
  return (builder) => {
    // The builder of a left join has columns that may be null, and is of another type for it.
    const where = builder as Where;
    const among = {
      'instance_profile.project_id': query.projectIds,
      'instance_profile.user_id': query.userIds,
      'migration.status': query.statuses,
    } as const;
    const all: Expression<SqlBool>[] = [];
    for (const [column, values] of Object.entries(among))
      if (values !== null) all.push(where(column as keyof typeof among, 'in', values));
    const { instanceId, sourceHost, host, types, changedSince, changedBefore } = query;
    if (instanceId !== null) all.push(where('migration.instance_id', '=', instanceId));
    if (sourceHost !== null) all.push(where('source_host', '=', sourceHost));
    if (types !== null) all.push(where.or(types.map((type) => isOfType(where, type))));
    if (changedSince !== null) all.push(where('migration.updated_at', '>=', changedSince));
    if (changedBefore !== null) all.push(where('migration.updated_at', '<=', changedBefore));
    if (host !== null) all.push(where.or([where('source_host', '=', host), where('target_host', '=', host)]));
    return where.and(all);
  };
}

/** In Nova's words; those of cold migrations that change the size are resizes. */
function isOfType(where: Where, type: string): Expression<SqlBool> {
  if (type !== 'migration' && type !== 'resize') return where('kind', '=', type);
  return where.and([
    where('kind', '=', 'cold-migration'),
    where('resize', type === 'resize' ? 'is not' : 'is', null),
  ]);
}

function rowsOf(db: Kysely<Schema>) {
  return joined(db)
    .leftJoin('migration_progress', 'migration_progress.migration_id', 'migration.id')
    .selectAll('migration')
    .select('migration_progress.progress as latest_progress')
    .select(['instance_profile.project_id', 'instance_profile.user_id'])
    .orderBy('migration.sequence', 'desc');
}

/** What lists tell: plans, copies and findings are many times as long, and are not read. */
function listedRows(db: Kysely<Schema>) {
  return joined(db)
    .select(['migration.id', 'migration.sequence', 'kind', 'migration.instance_id', 'status', 'resize'])
    .select(['source_host', 'target_host', 'migration.created_at', 'migration.updated_at'])
    .select(['instance_profile.project_id', 'instance_profile.user_id'])
    .orderBy('migration.sequence', 'desc');
}

function readListed(row: InferResult<ReturnType<typeof listedRows>>[number]): ListedMigration {
  return {
    migration: {
      id: row.id,
      kind: row.kind as MigrationKind,
      instanceId: row.instance_id,
      sourceHost: row.source_host,
      targetHost: row.target_host,
      status: row.status as MigrationStatus,
      resize: row.resize === null ? null : (JSON.parse(row.resize) as Resize),
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    },
    ...whose(row),
  };
}

function whose({
  sequence,
  project_id,
  user_id,
}: Pick<InferResult<ReturnType<typeof rowsOf>>[number], 'sequence' | 'project_id' | 'user_id'>): Omit<
  MigrationRecord,
  'migration'
> {
  return { number: sequence, projectId: project_id ?? firstProject.id, userId: user_id ?? firstUser.id };
}
