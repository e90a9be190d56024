import { sql } from 'kysely';
import { openDatabase } from './open-database.ts';

/** What the database still holds for migrations; all of it is empty when nothing is left to do. */
export interface HeldInDatabase {
  readonly openOperations: readonly string[];
  /** Migrations that claim room on a host. */
  readonly claims: readonly string[];
  /** Instances that a migration holds. */
  readonly instances: readonly string[];
}

/** Reads the database beside its controller. `where`: the URL of a PostgreSQL database, or an SQLite file. */
export async function heldInDatabase(where: string): Promise<HeldInDatabase> {
  const db = openDatabase(where);
  try {
    const operations = await db.selectFrom('operation').select('id').where('state', '=', 'open').execute();
    const claims = await db.selectFrom('claim').select('migration_id').execute();
    const instances = await db
      .selectFrom('instance')
      .select('name')
      .where((or) => or.or([or('operation_id', 'is not', null), or('task_state', 'is not', null)]))
      .execute();
    return {
      openOperations: operations.map(({ id }) => id),
      claims: claims.map((row) => row.migration_id),
      instances: instances.map(({ name }) => name),
    };
  } finally {
    await db.destroy();
  }
}

/** Rows that were added, changed and removed in all tables of a PostgreSQL database, as its statistics count them. */
export async function rowsWritten(url: string): Promise<number> {
  const db = openDatabase(url);
  try {
    const { rows } = await sql<{ rows: string }>`
      select sum(n_tup_ins + n_tup_upd + n_tup_del) as rows from pg_stat_user_tables`.execute(db);
    return Number(rows[0]?.rows ?? 0);
  } finally {
    await db.destroy();
  }
}

/** What `ferry migration abort` writes, while the controller that would write it is halted. */
export async function abortInDatabase(where: string, migrationId: string): Promise<void> {
  const db = openDatabase(where);
  try {
    await db
      .updateTable('migration')
      .set({ abort_requested: 1 })
      .where('id', '=', migrationId)
      .executeTakeFirstOrThrow();
  } finally {
    await db.destroy();
  }
}
