import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, PostgresAdapter, sql, type Transaction } from 'kysely';
import { sqlStateOf } from './sql-state.ts';

/** serialization_failure and deadlock_detected: nothing was changed, and another try may go through. */
const worthAnotherTry: ReadonlySet<string> = new Set(['40001', '40P01']);
/** Under load many are in each other's way, and each try lets at least one through: those that wait are patient. */
const patienceMs = 20_000;
const longestPauseMs = 200;

/** Whether several controllers may work on this database. */
export function isShared<Schema>(db: Kysely<Schema>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}

/**
 * Does all of the work or nothing of it, as if nobody else were at the database. SQLite has one writer at a time; in
 * PostgreSQL transactions that cannot be put into an order fail and are done again from the start, so that work must
 * do nothing but read and write by its transaction.
 */
export async function atomically<Schema, T>(
  db: Kysely<Schema>,
  work: (tx: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  if (!isShared(db)) return db.transaction().execute(work);
  const end = performance.now() + patienceMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().setIsolationLevel('serializable').execute(work);
    } catch (error) {
      if (!worthAnotherTry.has(sqlStateOf(error) ?? '') || performance.now() > end) throw error;
      // Those who were in each other's way must not come back at the same time.
      await sleep(Math.random() * Math.min(2 ** Math.min(tries, 10), longestPauseMs));
    }
  }
}

/**
 * Waits until no other transaction changes a table or wants to, in PostgreSQL; to be the first thing that a transaction
 * does. This takes no snapshot of the database yet: what is read afterwards is what the others have left.
 */
export async function alone<Schema>(tx: Transaction<Schema>, table: keyof Schema & string): Promise<void> {
  if (isShared(tx)) await sql`lock table ${sql.table(table)} in exclusive mode`.execute(tx);
}
