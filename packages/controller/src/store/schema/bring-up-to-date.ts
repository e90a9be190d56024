import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs';
import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { isShared } from '../database/atomically.ts';
import { databaseName } from '../database/open-database.ts';
import type { Schema } from './schema.ts';
import { schemaMigrations } from './schema-migrations.ts';

/** Kysely's own table of the versions that a database has been brought to. */
const versionTable = 'kysely_migration';

/**
 * Brings a database to this version of the schema; one that is there already is only asked. Throws for a database that
 * a newer version of Ferry has been at: what that wrote is not understood here.
 */
export async function bringUpToDate(db: Kysely<Schema>, where: string): Promise<void> {
  const there = await versionsOf(db);
  const known = await schemaMigrations.getMigrations();
  const unknown = there.filter((name) => !(name in known));
  if (unknown.length > 0)
    throw new Error(
      `The database ${databaseName(where)} was brought to a newer version of Ferry: it has ${unknown.join(', ')}; this version knows up to ${Object.keys(known).at(-1)}. Run the newer version, or go back to a copy of the database from before.`,
    );
  if (there.length === Object.keys(known).length) return;
  if (there.length > 0) await keepFormer(db, where, there.at(-1) ?? '');
  const { error } = await new Migrator({ db, provider: schemaMigrations }).migrateToLatest();
  if (error !== undefined)
    throw new Error(`The database ${databaseName(where)} could not be brought to this version of Ferry`, {
      cause: error,
    });
}

/**
 * Copies a database of a former version before it is changed, beside it: the way back to that version. A copy that is
 * there is of the same version, by a start that did not come to its end. On PostgreSQL whoever upgrades has a copy.
 */
async function keepFormer(db: Kysely<Schema>, where: string, newest: string): Promise<void> {
  if (isShared(db) || where === ':memory:') return;
  const copy = `${where}.before-upgrade-from-${newest}`;
  if (existsSync(copy)) return;
  // It has its name once it is whole: a start that is cut off must not leave half of it for the way back.
  const unfinished = `${copy}.unfinished`;
  rmSync(unfinished, { force: true });
  await sql`vacuum into ${unfinished}`.execute(db);
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, copy);
}

async function versionsOf(db: Kysely<Schema>): Promise<string[]> {
  const table = isShared(db)
    ? sql`select 1 from pg_tables where schemaname = any (current_schemas(false)) and tablename = ${versionTable}`
    : sql`select 1 from sqlite_master where type = 'table' and name = ${versionTable}`;
  if ((await table.execute(db)).rows.length === 0) return [];
  const names = sql<{ name: string }>`select name from ${sql.table(versionTable)} order by name`;
  return (await names.execute(db)).rows.map(({ name }) => name);
}
