import { usageOfProject } from './usage-store.ts';
import type { InstanceDevices, TransferProgress } from '@ferry/model';
import {
  type CompiledQuery,
  type Expression,
  type ExpressionBuilder,
  type InferResult,
  type Kysely,
  type RawBuilder,
  sql,
  type SqlBool,
} from 'kysely';
import { isShared } from '../database/atomically.ts';
import { instanceColumns, readInstance } from './instance-store.ts';
import { profileColumns, readProfile } from './profile-store.ts';
import type { Schema } from '../schema/schema.ts';
import { ServerPage, type ServerReader } from './server-page.ts';
import type { ProjectUsage, ServerQuery, ServerRecord, ServerSortKey } from './server-record.ts';
import { defaultZone } from '../hosts/host-services.ts';

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

/** Stands for the ids until they are known. */
const theIds = Object.freeze({ kind: 'ids' });

/** So many are looked at at a time where what is wanted cannot be said in SQL. */
const chunk = 1000;

/** Instances as servers of the compute API: one by one query, pages of them by one for the ids and one for each hundred, without any host. */
export class ServerStore {
  readonly #db: Kysely<Schema>;
  /** Put together once: that takes as long as asking them. */
  readonly #some: CompiledQuery<ServerRow>;
  /**
   * Of one id alone: PostgreSQL keeps the plan of a statement that is kept ready where it is no dearer than one made for
   * the values that come, as it is for a single id. For a list of one it would plan ten tables anew each time.
   */
  readonly #one: CompiledQuery<ServerRow>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
    const some = isShared(db)
      ? sql<SqlBool>`instance.id = any(${theIds})`
      : sql<SqlBool>`instance.id in (select value from json_each(${theIds}))`;
    this.#some = serverRows(db).where(some).compile();
    this.#one = serverRows(db).where(sql<SqlBool>`instance.id = ${theIds}`).compile();
  }

  async byId(id: string): Promise<ServerRecord | null> {
    const [row] = await this.#rows(this.#one, id);
    return row === undefined || row.deleted_at !== null ? null : readServer(this.#db, row);
  }

  /** Those that there are, deleted ones too, in the order of their ids. */
  async byIds(ids: readonly string[]): Promise<readonly ServerRecord[]> {
    const rows = await this.#rows(this.#some, isShared(this.#db) ? ids : JSON.stringify(ids));
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => {
      const row = byId.get(id);
      return row === undefined ? [] : [readServer(this.#db, row)];
    });
  }

  async #rows(query: CompiledQuery<ServerRow>, ids: unknown): Promise<ServerRow[]> {
    const parameters = query.parameters.map((one) => (one === theIds ? ids : one));
    const { rows } = await this.#db.executeQuery<ServerRow>({ ...query, parameters });
    return rows;
  }

  /** One page; `no-marker` when there is no server of the marker's id. */
  async page(query: ServerQuery): Promise<ServerPage | 'no-marker'> {
    const reader: ServerReader = {
      idsAfter: (marker, most) => this.#idsAfter(query, marker, most),
      byIds: (ids) => this.byIds(ids),
    };
    return (await ServerPage.of(reader, query, chunk)) ?? 'no-marker';
  }

  /** What instances of a project take. */
  usageOf(projectId: string): Promise<ProjectUsage> {
    return usageOfProject(this.#db, projectId);
  }

  async #idsAfter(
    query: ServerQuery,
    marker: string | null,
    most: number,
  ): Promise<readonly string[] | null> {
    let rows = this.#db
      .selectFrom('instance')
      .innerJoin('instance_profile', 'instance_profile.instance_id', 'instance.id')
      .innerJoin('host', 'host.id', 'instance.host_id')
      .select('instance.id')
      .where((where) => where.and(conditions(where, query)));
    const sort = [...query.sort, { key: 'id', descending: query.sort[0]?.descending ?? true } as const];
    if (marker !== null) {
      const values = await this.#sortValues(marker, sort);
      if (values === null) return null;
      rows = rows.where(() => after(sort, values));
    }
    for (const { key, descending } of sort)
      rows = rows.orderBy(sortColumns[key], descending ? 'desc' : 'asc');
    return (await rows.limit(most).execute()).map(({ id }) => id);
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
}

/** Everything that a server is told from, one row each. */
function serverRows(db: Kysely<Schema>) {
  return (
    db
      .selectFrom('instance')
      .innerJoin('instance_profile', 'instance_profile.instance_id', 'instance.id')
      .innerJoin('host', 'host.id', 'instance.host_id')
      .leftJoin('instance_devices', 'instance_devices.instance_id', 'instance.id')
      .leftJoin('instance_addresses', 'instance_addresses.instance_id', 'instance.id')
      .leftJoin('migration', 'migration.id', 'instance.operation_id')
      .leftJoin('migration_progress', 'migration_progress.migration_id', 'migration.id')
      .leftJoin('server_group_member', 'server_group_member.instance_id', 'instance.id')
      // By their names: a statement that is kept ready stays good when a newer controller adds columns.
      .select(instanceColumns.map((column) => `instance.${column}` as const))
      .select(profileColumns.map((column) => `instance_profile.${column}` as const))
      .select(['instance_devices.devices', 'instance_addresses.addresses', 'migration.progress'])
      .select('migration_progress.progress as latest_progress')
      .select('server_group_member.group_id as server_group_id')
      .select(['host.name as host_name', 'host.state', 'host.status', 'host.maintenance', 'host.forced_down'])
      .select([zoneOfHost.as('zone'), groupsOf(db).as('security_groups'), volumesOf(db).as('volumes')])
  );
}

type ServerRow = InferResult<ReturnType<typeof serverRows>>[number];

/** Of an aggregate that the host is in; they name no two. */
const zoneOfHost = sql<string | null>`(select aggregate.availability_zone from aggregate_host
  inner join aggregate on aggregate.number = aggregate_host.aggregate_number
  where aggregate_host.host_id = instance.host_id and aggregate.availability_zone is not null
  order by aggregate.number desc limit 1)`;

/** Names of the security groups of an instance, as JSON; null or an empty list: none. */
function groupsOf(db: Kysely<Schema>): RawBuilder<string | null> {
  const name = sql`security_group.name`;
  return sql`(select ${listOf(db, name, name)} from instance_security_group
    inner join security_group on security_group.id = instance_security_group.group_id
    where instance_security_group.instance_id = instance.id)`;
}

/** Volumes that are attached to an instance, or are being detached: pairs of id and flag, as JSON. */
function volumesOf(db: Kysely<Schema>): RawBuilder<string | null> {
  const pair = sql`${sql.raw(isShared(db) ? 'json_build_array' : 'json_array')}(volume_id, delete_on_termination)`;
  return sql`(select ${listOf(db, pair, sql`target`)} from volume_attachment
    where volume_attachment.instance_id = instance.id)`;
}

function listOf(db: Kysely<Schema>, items: RawBuilder<unknown>, by: RawBuilder<unknown>): RawBuilder<string> {
  return isShared(db)
    ? sql`json_agg(${items} order by ${by})::text`
    : sql`json_group_array(${items} order by ${by})`;
}

function readServer(db: Kysely<Schema>, row: ServerRow): ServerRecord {
  return {
    instance: readInstance(row),
    profile: readProfile(db, row),
    devices: row.devices === null ? null : (JSON.parse(row.devices) as InstanceDevices),
    deletedAt: row.deleted_at,
    addresses: readList<string>(row.addresses),
    securityGroups: readList<string>(row.security_groups),
    serverGroupId: row.server_group_id,
    volumes: readList<[string, number]>(row.volumes).map(([volumeId, flag]) => ({
      volumeId,
      deleteOnTermination: flag !== 0,
    })),
    host: {
      name: row.host_name,
      zone: row.zone ?? defaultZone,
      state: row.state as 'up' | 'down',
      enabled: row.status === 'enabled' && row.maintenance === null,
      forcedDown: row.forced_down !== 0,
    },
    progressPercent: percentOf(row.latest_progress ?? row.progress),
  };
}

/** Of most servers most lists are empty, which needs no reading. */
function readList<T>(json: string | null): T[] {
  return json === null || json === '[]' ? [] : (JSON.parse(json) as T[]);
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
