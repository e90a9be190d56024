import {
  type Finding,
  type Migration,
  type MigrationResult,
  type TransferProgress,
  claimedRoom as claimedByMigrations,
} from '@ferry/model';
import type { Kysely } from 'kysely';
import type { ProgressRecorder } from './recording-store.ts';
import { migrationColumns, readNoun, writeNoun } from '../schema/noun-columns.ts';
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

/** Memory that migrations, and instances that are being created, have claimed on a host. */
export async function claimedMemoryBytes(db: Kysely<Schema>, hostId: string): Promise<number> {
  const sums = await Promise.all(
    (['claim', 'creation_claim'] as const).map((table) =>
      db
        .selectFrom(table)
        .select((select) => select.fn.sum<number | string | null>('memory_bytes').as('bytes'))
        .where('host_id', '=', hostId)
        .executeTakeFirst(),
    ),
  );
  return sums.reduce((sum, row) => sum + Number(row?.bytes ?? 0), 0);
}

/** Bytes that they are still to write to a host, by directory. */
export async function claimedRoom(db: Kysely<Schema>, hostId: string): Promise<ReadonlyMap<string, number>> {
  const migrations = await db
    .selectFrom('migration')
    .innerJoin('claim', 'claim.migration_id', 'migration.id')
    .selectAll('migration')
    .where('claim.host_id', '=', hostId)
    .execute();
  const room = new Map(claimedByMigrations(migrations.map((row) => readMigration(row))));
  const creations = await db
    .selectFrom('creation_claim')
    .select(['directory', 'disk_bytes'])
    .where('host_id', '=', hostId)
    .execute();
  for (const { directory, disk_bytes } of creations)
    room.set(directory, (room.get(directory) ?? 0) + disk_bytes);
  return room;
}

/** Memory of all instances that belong to a host, whether they use it now or not. */
export async function instanceMemoryBytes(db: Kysely<Schema>, hostId: string): Promise<number> {
  const row = await db
    .selectFrom('instance')
    .select((select) => select.fn.sum<number | string | null>('memory_bytes').as('bytes'))
    .where('host_id', '=', hostId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return Number(row?.bytes ?? 0);
}
