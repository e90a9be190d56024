import type { Finding, Migration, MigrationResult, TransferProgress } from '@ferry/model';
import type { Kysely } from 'kysely';
import type { ProgressRecorder } from './progress-recorder.ts';
import { migrationColumns } from '../schema/migration-columns.ts';
import { readNoun, writeNoun } from '../schema/noun-columns.ts';
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
  const noun = readNoun<Migration>(migrationColumns, row);
  const newest = recorder?.latest(row.id);
  const written = row.latest_progress;
  // A sample in memory is newer than the one that was written, and that than the column of former versions.
  const progress = newest === undefined ? (written == null ? noun.progress : parseProgress(written)) : newest;
  // Findings and results of older versions.
  const { findings, result } = noun as Former;
  return {
    ...noun,
    progress,
    findings: findings ?? [],
    result: result === null ? null : { ...result, connectivity: result.connectivity ?? null },
  };
}

/** Fields that older versions wrote with less. */
interface Former {
  readonly findings: readonly Finding[] | null;
  readonly result: (Omit<MigrationResult, 'connectivity'> & Partial<MigrationResult>) | null;
}

/** The noun as a row. */
export function writeMigration(migration: Migration): NewMigrationRow {
  return writeNoun(migrationColumns, migration);
}

function parseProgress(text: string): TransferProgress | null {
  return JSON.parse(text) as TransferProgress | null;
}
