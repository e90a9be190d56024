import { Kysely, type Logger, PostgresDialect, type PostgresPool, SqliteDialect } from 'kysely';
import { openNodeSqlite } from './node-sqlite.ts';
import type { Schema } from '../schema/schema.ts';
import { DatabaseSync } from 'node:sqlite';

/**
 * Opens a database: `postgres://…` for several controllers, else the path of an SQLite file (`:memory:` for tests).
 * Nothing is asked of it yet. `took` is told of each statement.
 */
export function openDatabase(
  where: string,
  took: (seconds: number, failed: boolean) => void = () => undefined,
): Kysely<Schema> {
  const log: Logger = ({ level, queryDurationMillis }) => took(queryDurationMillis / 1000, level === 'error');
  if (!isPostgres(where))
    return new Kysely({ dialect: new SqliteDialect({ database: openNodeSqlite(where) }), log });
  // Its driver is loaded by those who have one.
  const pool = async (): Promise<PostgresPool> => (await import('./postgres-pool.ts')).postgresPool(where);
  return new Kysely({ dialect: new PostgresDialect({ pool }), log });
}

/** Whether it is the URL of a PostgreSQL database. */
function isPostgres(where: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(where);
}

/** The database as people may read it: without the password. */
export function databaseName(where: string): string {
  if (!isPostgres(where)) return where;
  const url = URL.parse(where);
  if (url === null) return 'the PostgreSQL database';
  url.password = '';
  return url.href;
}

/** Held while a controller runs on a data directory. */
export interface DatabaseLock {
  release(): void;
}

/**
 * Takes the data directory for this process, or says that another has it.
 * An exclusive SQLite transaction on a file of its own: the kernel frees it with the process, also after SIGKILL,
 * so that no stale lock ever keeps a controller from starting.
 */
export function takeDatabaseLock(path: string): DatabaseLock | 'taken' {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    // SQLITE_BUSY: https://www.sqlite.org/rescode.html#busy
    if (error instanceof Error && 'errcode' in error && error.errcode === 5) return 'taken';
    throw error;
  }
  return { release: () => database.close() };
}
