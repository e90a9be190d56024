import { usageOfProject } from './usage-of-project.ts';
import type { InstanceDevices, TransferProgress } from '@ferry/model';
import {
  type Expression,
  type ExpressionBuilder,
  type Kysely,
  type RawBuilder,
  sql,
  type SqlBool,
} from 'kysely';
import { readInstance } from './instance-store.ts';
import { readProfile } from './profile-store.ts';
import type { Schema } from './schema.ts';
import type { ProjectUsage, ServerQuery, ServerRecord, ServerSortKey } from './server-record.ts';
import { zonesOfHosts } from './zones-of-hosts.ts';

/** What each sort key is in the database; a missing value comes before all others. */
const sortColumns: Readonly<Record<ServerSortKey, RawBuilder<string | number>>> = {
  id: sql`instance.id`,
  name: sql`instance.name`,
  created_at: sql`instance_profile.created_at`,
  updated_at: sql`instance_profile.updated_at`,
  launched_at: sql`coalesce(instance_profile.launched_at, '')`,
  host: sql`host.name`,
  vm_state: sql`instance.vm_state`,
  task_state: sql`coalesce(instance.task_state, '')`,
  power_state: sql`instance.power_state`,
  project_id: sql`instance_profile.project_id`,
  user_id: sql`instance_profile.user_id`,
  availability_zone: sql`coalesce(instance_profile.availability_zone, '')`,
  image_ref: sql`coalesce(instance_profile.image_id, '')`,
  key_name: sql`coalesce(instance_profile.key_name, '')`,
  hostname: sql`coalesce(instance_profile.hostname, '')`,
  locked_by: sql`coalesce(instance_profile.locked_by, '')`,
  config_drive: sql`instance_profile.config_drive`,
};

/** So many rows are read at a time where what is wanted cannot be said in SQL. */
const chunk = 1000;

/** Instances as servers of the compute API: pages of them by one query each, without any host. */
export class ServerStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async byId(id: string): Promise<ServerRecord | null> {
    const row = await serverRows(this.#db)
      .where('instance.id', '=', id)
      .where('instance.deleted_at', 'is', null)
      .executeTakeFirst();
    if (row === undefined) return null;
    const [record] = await this.#records([row]);
    return record ?? null;
  }

  /** One page; `no-marker` when there is no server of the marker's id. */
  async page(query: ServerQuery): Promise<readonly ServerRecord[] | 'no-marker'> {
    let marker = query.marker;
    const found: ServerRecord[] = [];
    const size = query.keep === null ? query.limit : chunk;
    for (;;) {
      const records = await this.#pageAfter(query, marker, size);
      if (records === 'no-marker') return records;
      found.push(...(query.keep === null ? records : records.filter(query.keep)));
      const last = records.at(-1);
      if (records.length < size || found.length >= query.limit || last === undefined)
        return found.slice(0, query.limit);
      marker = last.instance.id;
    }
  }

  /** What instances of a project take. */
  usageOf(projectId: string): Promise<ProjectUsage> {
    return usageOfProject(this.#db, projectId);
  }

  async #pageAfter(
    query: ServerQuery,
    marker: string | null,
    size: number,
  ): Promise<readonly ServerRecord[] | 'no-marker'> {
    let rows = serverRows(this.#db).where((where) => where.and(conditions(where, query)));
    const sort = [...query.sort, { key: 'id', descending: query.sort[0]?.descending ?? true } as const];
    if (marker !== null) {
      const values = await this.#sortValues(marker, sort);
      if (values === null) return 'no-marker';
      rows = rows.where(() => after(sort, values));
    }
    for (const { key, descending } of sort)
      rows = rows.orderBy(sortColumns[key], descending ? 'desc' : 'asc');
    return this.#records(await rows.limit(size).execute());
  }

  /** What the marker has for each sort key; null when it is not there. */
  async #sortValues(id: string, sort: ServerQuery['sort']): Promise<(string | number)[] | null> {
    const row = await this.#db
      .selectFrom('instance')
      .innerJoin('instance_profile', 'instance_profile.instance_id', 'instance.id')
      .innerJoin('host', 'host.id', 'instance.host_id')
      .select(sort.map(({ key }, index) => sortColumns[key].as(`v${index}`)))
      .where('instance.id', '=', id)
      .executeTakeFirst();
    return row === undefined ? null : sort.map((_, index) => row[`v${index}`] ?? '');
  }

  async #records(
    rows: Awaited<ReturnType<ReturnType<typeof serverRows>['execute']>>,
  ): Promise<ServerRecord[]> {
    const ids = rows.map(({ id }) => id);
    const [zones, groups, volumes] = await Promise.all([
      zonesOfHosts(this.#db),
      this.#groups(ids),
      this.#volumes(ids),
    ]);
    return rows.map((row) => ({
      instance: readInstance(row),
      profile: readProfile(this.#db, row),
      devices: row.devices === null ? null : (JSON.parse(row.devices) as InstanceDevices),
      deletedAt: row.deleted_at,
      addresses: row.addresses === null ? [] : (JSON.parse(row.addresses) as string[]),
      securityGroups: groups.get(row.id) ?? [],
      serverGroupId: row.server_group_id,
      volumes: volumes.get(row.id) ?? [],
      host: {
        name: row.host_name,
        zone: zones.of(row.host_id),
        state: row.state as 'up' | 'down',
        enabled: row.status === 'enabled',
        forcedDown: row.forced_down !== 0,
      },
      progressPercent: percentOf(row.latest_progress ?? row.progress),
    }));
  }

  /** Volumes that are attached, or are being detached, by instance. */
  async #volumes(ids: readonly string[]): Promise<ReadonlyMap<string, ServerRecord['volumes']>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom('volume_attachment')
      .select(['instance_id', 'volume_id', 'delete_on_termination'])
      .where('instance_id', 'in', ids)
      .orderBy('target')
      .execute();
    return Map.groupBy(
      rows.map((row) => ({
        instanceId: row.instance_id,
        volumeId: row.volume_id,
        deleteOnTermination: row.delete_on_termination !== 0,
      })),
      ({ instanceId }) => instanceId,
    );
  }

  /** Names of security groups, by instance. */
  async #groups(ids: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
    const groups = new Map<string, string[]>();
    if (ids.length === 0) return groups;
    const rows = await this.#db
      .selectFrom('instance_security_group')
      .innerJoin('security_group', 'security_group.id', 'instance_security_group.group_id')
      .select(['instance_id', 'security_group.name'])
      .where('instance_id', 'in', ids)
      .orderBy('security_group.name')
      .execute();
    for (const row of rows) {
      const names = groups.get(row.instance_id) ?? [];
      names.push(row.name);
      groups.set(row.instance_id, names);
    }
    return groups;
  }
}

/** Everything that a server is told from, one row each. */
function serverRows(db: Kysely<Schema>) {
  return db
    .selectFrom('instance')
    .innerJoin('instance_profile', 'instance_profile.instance_id', 'instance.id')
    .innerJoin('host', 'host.id', 'instance.host_id')
    .leftJoin('instance_devices', 'instance_devices.instance_id', 'instance.id')
    .leftJoin('instance_addresses', 'instance_addresses.instance_id', 'instance.id')
    .leftJoin('migration', 'migration.id', 'instance.migration_id')
    .leftJoin('migration_progress', 'migration_progress.migration_id', 'migration.id')
    .leftJoin('server_group_member', 'server_group_member.instance_id', 'instance.id')
    .selectAll('instance')
    .selectAll('instance_profile')
    .select(['instance_devices.devices', 'instance_addresses.addresses', 'migration.progress'])
    .select('migration_progress.progress as latest_progress')
    .select('server_group_member.group_id as server_group_id')
    .select(['host.name as host_name', 'host.state', 'host.status', 'host.forced_down']);
}

type Where = ExpressionBuilder<
  Pick<Schema, 'instance' | 'instance_profile' | 'host'>,
  'instance' | 'instance_profile' | 'host'
>;

function conditions(builder: unknown, query: ServerQuery): Expression<SqlBool>[] {
  // The builder knows more tables than these, and would be of another type for each join.
  const where = builder as Where;
  const among = {
    'instance_profile.project_id': query.projectIds,
    'instance_profile.user_id': query.userIds,
    'instance_profile.image_id': query.images,
    'instance.id': query.ids,
    'instance.vm_state': query.vmStates,
    'instance.task_state': query.taskStates,
    'host.name': query.hosts,
  } as const;
  const all: Expression<SqlBool>[] = [];
  for (const [column, values] of Object.entries(among))
    if (values !== null) all.push(where(column as keyof typeof among, 'in', values));
  if (query.lives !== 'all')
    all.push(where('instance.deleted_at', query.lives === 'living' ? 'is' : 'is not', null));
  if (query.locked !== null)
    all.push(where('instance_profile.locked_by', query.locked ? 'is not' : 'is', null));
  if (query.nameContains !== null)
    all.push(sql<SqlBool>`lower(instance.name) like ${`%${query.nameContains.toLowerCase()}%`}`);
  if (query.changedSince !== null) all.push(where('instance_profile.updated_at', '>=', query.changedSince));
  if (query.changedBefore !== null) all.push(where('instance_profile.updated_at', '<=', query.changedBefore));
  if (query.states !== null) all.push(where.or(query.states.map((states) => statesFit(where, states))));
  return all;
}

function statesFit(
  where: Where,
  { vmState, tasks, not }: NonNullable<ServerQuery['states']>[number],
): Expression<SqlBool> {
  const isVmState = where('instance.vm_state', '=', vmState);
  if (tasks !== null) return where.and([isVmState, where('instance.task_state', 'in', tasks)]);
  if (not.length === 0) return isVmState;
  return where.and([
    isVmState,
    where.or([where('instance.task_state', 'is', null), where('instance.task_state', 'not in', not)]),
  ]);
}

/** What comes after those values in the order: it agrees in the first keys, and in the next one it is further. */
function after(sort: ServerQuery['sort'], values: readonly (string | number)[]): RawBuilder<SqlBool> {
  const ways = sort.map(({ key, descending }, index) => {
    const before = sort.slice(0, index).map((one, at) => sql`${sortColumns[one.key]} = ${values[at]}`);
    const further = descending
      ? sql`${sortColumns[key]} < ${values[index]}`
      : sql`${sortColumns[key]} > ${values[index]}`;
    return sql`(${sql.join([...before, further], sql` and `)})`;
  });
  return sql<SqlBool>`(${sql.join(ways, sql` or `)})`;
}

function percentOf(json: string | null): number {
  if (json === null) return 0;
  const progress = JSON.parse(json) as TransferProgress | null;
  if (progress === null) return 0;
  const { doneBytes, totalBytes } = progress;
  return totalBytes > 0 ? Math.min(100, Math.floor((doneBytes / totalBytes) * 100)) : 0;
}
