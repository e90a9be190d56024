import type { FlavorSnapshot, InstanceLife, Resize } from '@ferry/model';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema/schema.ts';
import type { ProjectUsage } from './server-record.ts';

/** What an instance has taken, for as long as it was there. */
export interface InstanceUsage extends InstanceLife {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly launchedAt: string;
  readonly vmState: string;
  /** Null: it was adopted. */
  readonly flavor: FlavorSnapshot | null;
  readonly vcpus: number;
  readonly memoryBytes: number;
}

/** Instances that were there in a period. Null: no matter. */
export interface UsageQuery {
  readonly projectId: string | null;
  /** UTC ISO 8601. */
  readonly start: string;
  readonly end: string;
  /** Id of the last instance of the page before. */
  readonly marker: string | null;
  readonly limit: number;
}

/** What instances have taken, those that were deleted too. */
export class UsageStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** One page, by project and id; `no-marker` when there was no instance of the marker's id. */
  async page(query: UsageQuery): Promise<readonly InstanceUsage[] | 'no-marker'> {
    let rows = this.#db
      .selectFrom('instance')
      .innerJoin('instance_profile', 'instance_profile.instance_id', 'instance.id')
      .selectAll('instance')
      .select(['project_id', 'launched_at', 'flavor'])
      .where('launched_at', '<', query.end)
      .where((where) => where.or([where('deleted_at', 'is', null), where('deleted_at', '>', query.start)]))
      .orderBy('project_id')
      .orderBy('id')
      .limit(query.limit);
    if (query.projectId !== null) rows = rows.where('project_id', '=', query.projectId);
    const { marker } = query;
    if (marker !== null) {
      const last = await this.#projectOf(marker);
      if (last === null) return 'no-marker';
      rows = rows.where((where) =>
        where.or([
          where('project_id', '>', last),
          where.and([where('project_id', '=', last), where('id', '>', marker)]),
        ]),
      );
    }
    return (await rows.execute()).map((row) => ({
      id: row.id,
      name: row.name,
      projectId: row.project_id,
      // Asked for as earlier than a time: null is not.
      launchedAt: row.launched_at ?? query.end,
      deletedAt: row.deleted_at,
      vmState: row.vm_state,
      flavor: row.flavor === null ? null : (JSON.parse(row.flavor) as FlavorSnapshot),
      vcpus: row.vcpus,
      memoryBytes: row.memory_bytes,
    }));
  }

  async #projectOf(id: string): Promise<string | null> {
    const row = await this.#db
      .selectFrom('instance_profile')
      .select('project_id')
      .where('instance_id', '=', id)
      .executeTakeFirst();
    return row?.project_id ?? null;
  }
}

/**
 * What the instances of a project take, those that are being created included. One that is resized takes the larger of
 * its two sizes until that is over: it may go back.
 */
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
  const resizing = await db
    .selectFrom('migration')
    .innerJoin('instance', 'instance.id', 'migration.instance_id')
    .innerJoin('instance_profile', 'instance_profile.instance_id', 'instance.id')
    .select(['migration.resize', 'instance.vcpus', 'instance.memory_bytes'])
    .where('project_id', '=', projectId)
    .where('instance.deleted_at', 'is', null)
    .where('migration.finished_at', 'is', null)
    .where('migration.resize', 'is not', null)
    .execute();
  const used = {
    instances: Number(row.instances),
    vcpus: Number(row.vcpus ?? 0),
    memoryBytes: Number(row.memory ?? 0),
  };
  for (const { resize, vcpus, memory_bytes: memoryBytes } of resizing) {
    if (resize === null) continue;
    const { from, to } = JSON.parse(resize) as Resize;
    used.vcpus += Math.max(from.vcpus, to.vcpus) - vcpus;
    used.memoryBytes += Math.max(from.memoryBytes, to.memoryBytes) - memoryBytes;
  }
  return used;
}
