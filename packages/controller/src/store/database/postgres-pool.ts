import { Pool, types } from 'pg';
import { ImpatientClient } from './impatient-client.ts';

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

/** Counts of bytes and sequence numbers stay far below 2^53; pg gives both as text else. */
const asNumber: ReadonlySet<number> = new Set([int8, numeric]);

/** Connections to a PostgreSQL database. Nothing is asked of it yet. */
export function postgresPool(where: string): Pool {
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
  return pool;
}
