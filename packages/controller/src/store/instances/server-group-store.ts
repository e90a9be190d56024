import { type GroupMember, groupPlacement, type ServerGroup } from '@ferry/model';
import type { Kysely, Selectable } from 'kysely';
import { atomically } from '../database/atomically.ts';
import type { ServerGroupTable } from '../schema/creation-schema.ts';
import type { Schema } from '../schema/schema.ts';

/** A member with its id, and where it is. */
export type PlacedMember = GroupMember & { readonly id: string };

/** Groups of instances that are placed with regard to each other. */
export class ServerGroupStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async list(): Promise<ServerGroup[]> {
    const rows = await this.#db
      .selectFrom('server_group')
      .selectAll()
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(readGroup);
  }

  async byId(id: string): Promise<ServerGroup | null> {
    const row = await this.#db.selectFrom('server_group').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : readGroup(row);
  }

  /** The group of an instance; null when it is in none. */
  async ofInstance(instanceId: string): Promise<ServerGroup | null> {
    const row = await this.#db
      .selectFrom('server_group_member')
      .innerJoin('server_group', 'server_group.id', 'server_group_member.group_id')
      .selectAll('server_group')
      .where('instance_id', '=', instanceId)
      .executeTakeFirst();
    return row === undefined ? null : readGroup(row);
  }

  /** Where the members of a group are, those that move at both their hosts. */
  async members(groupId: string): Promise<PlacedMember[]> {
    return membersOf(this.#db, groupId);
  }

  async add(group: ServerGroup): Promise<void> {
    await this.#db
      .insertInto('server_group')
      .values({
        id: group.id,
        name: group.name,
        project_id: group.projectId,
        user_id: group.userId,
        policy: group.policy,
        max_per_host: group.maxPerHost,
        created_at: group.createdAt,
      })
      .execute();
  }

  /** Its members stay, and are placed by themselves from then on. False when there is none. */
  async remove(id: string): Promise<boolean> {
    return atomically(this.#db, async (tx) => {
      await tx.deleteFrom('server_group_member').where('group_id', '=', id).execute();
      const { numDeletedRows } = await tx.deleteFrom('server_group').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }
}

/** The same within a transaction. */
export async function membersOf(db: Kysely<Schema>, groupId: string): Promise<PlacedMember[]> {
  const rows = await db
    .selectFrom('server_group_member')
    .innerJoin('instance', 'instance.id', 'server_group_member.instance_id')
    .leftJoin('migration', 'migration.id', 'instance.operation_id')
    .select(['instance.id', 'instance.name', 'instance.host_id', 'migration.target_host_id as target'])
    .where('group_id', '=', groupId)
    .where('instance.deleted_at', 'is', null)
    .orderBy('instance.name')
    .orderBy('instance.id')
    .execute();
  return rows.map(({ id, name, host_id, target }) => ({
    id,
    name,
    hostIds: target === null || target === host_id ? [host_id] : [host_id, target],
  }));
}

/** Whether the server group of an instance, if it is in one, allows it on a host. `goesWith`: those who follow it there. */
export async function groupAllows(
  db: Kysely<Schema>,
  instanceId: string,
  hostId: string,
  goesWith: readonly string[] = [],
): Promise<boolean> {
  const row = await db
    .selectFrom('server_group_member')
    .innerJoin('server_group', 'server_group.id', 'server_group_member.group_id')
    .selectAll('server_group')
    .where('instance_id', '=', instanceId)
    .executeTakeFirst();
  if (row === undefined) return true;
  const follow = row.policy === 'affinity' ? goesWith : [];
  const others = (await membersOf(db, row.id)).filter(({ id }) => id !== instanceId && !follow.includes(id));
  return groupPlacement(readGroup(row), others, hostId, (id) => id).kind === 'allowed';
}

function readGroup(row: Selectable<ServerGroupTable>): ServerGroup {
  return {
    id: row.id,
    name: row.name,
    projectId: row.project_id,
    userId: row.user_id,
    policy: row.policy as ServerGroup['policy'],
    maxPerHost: row.max_per_host,
    createdAt: row.created_at,
  };
}
