import type { Kysely } from 'kysely';
import type { Schema } from '../schema/schema.ts';
import type { ProjectUsage } from './server-record.ts';

/** What the instances of a project take, those that are being created included. */
export async function usageOfProject(db: Kysely<Schema>, projectId: string): Promise<ProjectUsage> {
  const row = await db
    .selectFrom('instance')
    .innerJoin('instance_profile', 'instance_profile.instance_id', 'instance.id')
    .select((select) => [
      select.fn.countAll<number | string>().as('instances'),
      select.fn.sum<number | string | null>('vcpus').as('vcpus'),
      select.fn.sum<number | string | null>('memory_bytes').as('memory'),
    ])
    .where('project_id', '=', projectId)
    .where('instance.deleted_at', 'is', null)
    .executeTakeFirstOrThrow();
  return {
    instances: Number(row.instances),
    vcpus: Number(row.vcpus ?? 0),
    memoryBytes: Number(row.memory ?? 0),
  };
}
