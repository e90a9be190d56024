import { Kysely, type Logger, PostgresDialect, SqliteDialect } from 'kysely';
import { Pool, types } from 'pg';
import { ImpatientClient } from './impatient-client.ts';
import { openNodeSqlite } from './node-sqlite.ts';
import type { Schema } from '../schema/schema.ts';
import { DatabaseSync } from 'node:sqlite';

/** Object identifiers of PostgreSQL's own types (pg_type.oid). */
const int8 = 20;
const numeric = 1700;
const connectionsAtMost = 10;
const connectMs = 10_000;
/** The server ends a transaction that waits for its client for so long: rows that it has locked are free again. */
const idleTransactionMs = 10_000;
/** Who waits longer for a lock is told so, and tries again: a server that says this is not silent. */
const lockMs = 5_000;
const keepAliveMs = 10_000;

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
  const pool = new Pool({
    connectionString: where,
    max: connectionsAtMost,
    connectionTimeoutMillis: connectMs,
    idle_in_transaction_session_timeout: idleTransactionMs,
    lock_timeout: lockMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    Client: ImpatientClient,
    application_name: 'ferry',
    types: {
      getTypeParser: (oid, format) => (asNumber.has(oid) ? Number : types.getTypeParser(oid, format)),
    },
  });
  // A connection that breaks while nobody uses it is replaced; whoever uses one is told by the query itself. Without
  // these two, either would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely({ dialect: new PostgresDialect({ pool }), log });
}

/** Counts of bytes and sequence numbers stay far below 2^53; pg gives both as text else. */
const asNumber: ReadonlySet<number> = new Set([int8, numeric]);

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
