import type { HostUse } from '@ferry/model';
import type { Kysely, Transaction } from 'kysely';
import type { Schema } from '../schema/schema.ts';

const none: HostUse = { instances: 0, migrations: 0 };

/** What is recorded on each host that has anything, by the host's id: instances, and migrations that are not over. */
export async function hostUses(db: Kysely<Schema> | Transaction<Schema>): Promise<Map<string, HostUse>> {
  const instances = await db
    .selectFrom('instance')
    .select(['host_id', ({ fn }) => fn.countAll().as('count')])
    .where('deleted_at', 'is', null)
    .groupBy('host_id')
    .execute();
  const uses = new Map<string, HostUse>(
    instances.map(({ host_id, count }) => [host_id, { ...none, instances: Number(count) }]),
  );
  const migrations = await db
    .selectFrom('migration')
    .leftJoin('operation', 'operation.id', 'migration.id')
    .select(['source_host_id', 'target_host_id'])
    .where((where) => where.or([where('finished_at', 'is', null), where('operation.state', '=', 'open')]))
    .execute();
  for (const { source_host_id, target_host_id } of migrations) {
    for (const id of new Set([source_host_id, target_host_id])) {
      const use = uses.get(id) ?? none;
      uses.set(id, { ...use, migrations: use.migrations + 1 });
    }
  }
  return uses;
}
