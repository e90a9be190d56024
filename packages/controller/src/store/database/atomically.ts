import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, PostgresAdapter, sql, type Transaction } from 'kysely';

/** The five letters by which PostgreSQL names an error; null for an error of another kind. */
export function sqlStateOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null;
}

/** PostgreSQL's unique_violation. */
const uniqueViolation = '23505';
/** SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY. */
const sqliteCodes: ReadonlySet<unknown> = new Set([2067, 1555]);

/** Whether a write failed because there is a row with that name or key. */
export function isUniqueViolation(error: unknown): boolean {
  if (sqlStateOf(error) === uniqueViolation) return true;
  return error instanceof Error && 'errcode' in error && sqliteCodes.has(error.errcode);
}

/** serialization_failure, deadlock_detected and lock_not_available: nothing was changed, and another try may go through. */
const worthAnotherTry: ReadonlySet<string> = new Set(['40001', '40P01', '55P03']);
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
export function atomically<Schema, T>(
  db: Kysely<Schema>,
  work: (tx: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  return again(db, 'serializable', work);
}

/**
 * The same for work that locks whatever it decides on before it reads it (`alone`, `requireLease`, `for update`): in
 * PostgreSQL it waits for its turn, and is never done again for having read what others have changed since. For the
 * transactions that operations are full of: with hundreds at once, serializable ones hardly ever get through.
 */
export function byLocks<Schema, T>(
  db: Kysely<Schema>,
  work: (tx: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  return again(db, 'read committed', work);
}

async function again<Schema, T>(
  db: Kysely<Schema>,
  isolation: 'serializable' | 'read committed',
  work: (tx: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  if (!isShared(db)) return db.transaction().execute(work);
  const end = performance.now() + patienceMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().setIsolationLevel(isolation).execute(work);
    } catch (error) {
      if (!worthAnotherTry.has(sqlStateOf(error) ?? '') || performance.now() > end) throw error;
      // Those who were in each other's way must not come back at the same time.
      await sleep(Math.random() * Math.min(2 ** Math.min(tries, 10), longestPauseMs));
    }
  }
}

/**
 * Waits until no other transaction changes a table, and keeps others from it until this one is done, in PostgreSQL; to
 * be the first thing that it does.
 */
export async function alone<Schema>(tx: Transaction<Schema>, table: keyof Schema & string): Promise<void> {
  if (isShared(tx)) await sql`lock table ${sql.table(table)} in exclusive mode`.execute(tx);
}
