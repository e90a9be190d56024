import { type Kysely, sql } from 'kysely';
import { databaseName } from './open-database.ts';
import type { Schema } from './schema.ts';
import { schemaMigrations } from './schema-migrations.ts';

/** Kysely's own table of the versions that a database has been brought to. */
const versionTable = 'kysely_migration';

/** Throws for a database that a newer version of Ferry has been at: what that wrote is not understood here. */
export async function requireKnownSchema(db: Kysely<Schema>, where: string): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === versionTable)) return;
  const { rows } = await sql<{
    name: string;
  }>`select name from ${sql.table(versionTable)} order by name`.execute(db);
  const known = await schemaMigrations.getMigrations();
  const unknown = rows.map(({ name }) => name).filter((name) => !(name in known));
  if (unknown.length === 0) return;
  throw new Error(
    `The database ${databaseName(where)} was brought to a newer version of Ferry: it has ${unknown.join(', ')}; this version knows up to ${Object.keys(known).at(-1)}. Run the newer version, or go back to a copy of the database from before.`,
  );
}
