import type { Kysely } from 'kysely';

/** What holds an instance is any operation, and was never a migration alone. */
export async function renameOperationOfInstance(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('instance').renameColumn('migration_id', 'operation_id').execute();
}
