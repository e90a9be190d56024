import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The newest versions of the schema, oldest first, each by the name that a database keeps. */
export const versionsSince0030: Record<string, Migration> = {
  '0030-operation-of-instance': { up: renameOperationOfInstance },
  '0031-rehearsals': { up: addRehearsals },
};

/** What holds an instance is any operation, and was never a migration alone. */
async function renameOperationOfInstance(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('instance').renameColumn('migration_id', 'operation_id').execute();
}

/** What a rehearsal found stands with it. */
async function addRehearsals(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('migration').addColumn('rehearsal', 'text').execute();
}
