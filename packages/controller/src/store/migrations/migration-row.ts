import type {
  FileCopy,
  Finding,
  KeptFile,
  Migration,
  MigrationFailure,
  MigrationKind,
  MigrationResult,
  MigrationStatus,
  Resize,
  TransferPlan,
  TransferProgress,
} from '@ferry/model';
import type { Kysely } from 'kysely';
import type { ProgressRecorder } from './progress-recorder.ts';
import type { MigrationRow, NewMigrationRow, Schema } from '../schema/schema.ts';

/** A row of the migration table, with the last sample of its progress that was written where that was asked for. */
export type MigrationRowWithProgress = MigrationRow & { readonly latest_progress?: string | null };

/** Rows of migrations with the last written samples of their progress. */
export function rowsWithProgress(db: Kysely<Schema>) {
  return db
    .selectFrom('migration')
    .leftJoin('migration_progress', 'migration_progress.migration_id', 'migration.id')
    .selectAll('migration')
    .select('migration_progress.progress as latest_progress');
}

/** A row of the migration table as the model's noun; of one that goes on, with the newest sample in memory. */
export function readMigration(
  row: MigrationRowWithProgress,
  recorder: ProgressRecorder | null = null,
): Migration {
  const newest = recorder?.latest(row.id);
  return {
    id: row.id,
    kind: row.kind as MigrationKind,
    instanceId: row.instance_id,
    instanceName: row.instance_name,
    sourceHostId: row.source_host_id,
    sourceHost: row.source_host,
    targetHostId: row.target_host_id,
    targetHost: row.target_host,
    status: row.status as MigrationStatus,
    phase: row.phase,
    plan: parse(row.plan) as TransferPlan | null,
    copies: parse(row.copies) as FileCopy[],
    kept: parse(row.kept) as KeptFile[],
    findings: (parse(row.findings) as Finding[] | null) ?? [],
    progress:
      newest === undefined ? (parse(row.latest_progress ?? row.progress) as TransferProgress | null) : newest,
    result: readResult(row.result),
    error: parse(row.error) as MigrationFailure | null,
    abortRequested: row.abort_requested !== 0,
    held: row.held !== 0,
    resize: parse(row.resize) as Resize | null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at,
  };
}

/** The noun as a row. */
export function writeMigration(migration: Migration): NewMigrationRow {
  return {
    id: migration.id,
    kind: migration.kind,
    instance_id: migration.instanceId,
    instance_name: migration.instanceName,
    source_host_id: migration.sourceHostId,
    source_host: migration.sourceHost,
    target_host_id: migration.targetHostId,
    target_host: migration.targetHost,
    status: migration.status,
    phase: migration.phase,
    plan: print(migration.plan),
    copies: JSON.stringify(migration.copies),
    kept: JSON.stringify(migration.kept),
    findings: JSON.stringify(migration.findings),
    progress: print(migration.progress),
    result: print(migration.result),
    error: print(migration.error),
    abort_requested: migration.abortRequested ? 1 : 0,
    held: migration.held ? 1 : 0,
    resize: print(migration.resize),
    created_at: migration.createdAt,
    updated_at: migration.updatedAt,
    finished_at: migration.finishedAt,
  };
}

/** Results of older versions know nothing of connectivity. */
function readResult(text: string | null): MigrationResult | null {
  const result = parse(text) as MigrationResult | null;
  return result === null ? null : { ...result, connectivity: result.connectivity ?? null };
}

const parse = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
const print = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
