import { claimedRoom as claimedByMigrations } from '@ferry/model';
import type { Kysely } from 'kysely';
import { readMigration } from './migration-row.ts';
import type { Schema } from '../schema/schema.ts';

/** Memory that migrations, and instances that are being created, have claimed on a host. */
export async function claimedMemoryBytes(db: Kysely<Schema>, hostId: string): Promise<number> {
  const sums = await Promise.all(
    (['claim', 'creation_claim'] as const).map((table) =>
      db
        .selectFrom(table)
        .select((select) => select.fn.sum<number | string | null>('memory_bytes').as('bytes'))
        .where('host_id', '=', hostId)
        .executeTakeFirst(),
    ),
  );
  return sums.reduce((sum, row) => sum + Number(row?.bytes ?? 0), 0);
}

/** Bytes that they are still to write to a host, by directory. */
export async function claimedRoom(db: Kysely<Schema>, hostId: string): Promise<ReadonlyMap<string, number>> {
  const migrations = await db
    .selectFrom('migration')
    .innerJoin('claim', 'claim.migration_id', 'migration.id')
    .selectAll('migration')
    .where('claim.host_id', '=', hostId)
    .execute();
  const room = new Map(claimedByMigrations(migrations.map((row) => readMigration(row))));
  const creations = await db
    .selectFrom('creation_claim')
    .select(['directory', 'disk_bytes'])
    .where('host_id', '=', hostId)
    .execute();
  for (const { directory, disk_bytes } of creations)
    room.set(directory, (room.get(directory) ?? 0) + disk_bytes);
  return room;
}

/** Memory of all instances that belong to a host, whether they use it now or not. */
export async function instanceMemoryBytes(db: Kysely<Schema>, hostId: string): Promise<number> {
  const row = await db
    .selectFrom('instance')
    .select((select) => select.fn.sum<number | string | null>('memory_bytes').as('bytes'))
    .where('host_id', '=', hostId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return Number(row?.bytes ?? 0);
}
