import type { Host, HostMaintenance } from '@ferry/model';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Session } from '../database/session.ts';
import { forgetInstances } from './hosts-that-had.ts';
import { readHost } from './host-store.ts';
import type { HostTable, Schema } from '../schema/schema.ts';

/** A host as the compute API tells it: as a service and as a hypervisor, with what is on it. */
export interface HostRecord {
  readonly host: Host;
  /** By which clients before microversion 2.53 name it. */
  readonly number: number;
  readonly zone: string;
  readonly disabledReason: string | null;
  readonly forcedDown: boolean;
  readonly load: HostLoad;
}

/** What instances take of a host. */
interface HostLoad {
  readonly instances: number;
  readonly running: number;
  /** Those that something is being done to. */
  readonly busy: number;
  readonly vcpus: number;
  readonly memoryBytes: number;
}

/** What an operator says of a host; what is absent stays. */
export interface ServiceChange {
  readonly status?: 'enabled' | 'disabled';
  readonly disabledReason?: string | null;
  readonly forcedDown?: boolean;
}

/** Why a host is not let go. */
export type HostKept =
  | { readonly because: 'instances'; readonly names: readonly string[] }
  | { readonly because: 'migrations'; readonly count: number };

/** What is known of a host alone, and goes with it. */
const ownTables = [
  'aggregate_host',
  'host_number',
  'base_image',
  'firewall_debt',
  'brought_volume',
  'kept_definition',
  'shared_directory',
  'doctor_report',
] as const;

const none: HostLoad = { instances: 0, running: 0, busy: 0, vcpus: 0, memoryBytes: 0 };

/** Hosts as services and hypervisors. */
export class HostServices {
  readonly #session: Session;
  readonly #db: Kysely<Schema>;

  constructor(session: Session) {
    this.#session = session;
    this.#db = session.db;
  }

  /** All of them, in the order in which they came. */
  async list(): Promise<HostRecord[]> {
    const [rows, zones, loads] = await Promise.all([
      this.#db
        .selectFrom('host')
        .innerJoin('host_number', 'host_number.host_id', 'host.id')
        .selectAll('host')
        .select('host_number.number')
        .where('host.removed_at', 'is', null)
        .orderBy('host_number.number')
        .execute(),
      zonesOfHosts(this.#db),
      this.#loads(),
    ]);
    return rows.map((row) => ({
      host: readHost(row),
      number: row.number,
      zone: zones.of(row.id),
      disabledReason: reasonTold(row),
      forcedDown: row.forced_down !== 0,
      load: loads.get(row.id) ?? none,
    }));
  }

  /** Instances of a host: their ids, and the hypervisor's names of them. */
  async instancesOf(hostId: string): Promise<{ id: string; domainName: string }[]> {
    const rows = await this.#db
      .selectFrom('instance')
      .leftJoin('instance_devices', 'instance_devices.instance_id', 'instance.id')
      .select(['instance.id', 'instance.name', 'instance_devices.devices'])
      .where('instance.host_id', '=', hostId)
      .where('instance.deleted_at', 'is', null)
      .orderBy('instance.name')
      .orderBy('instance.id')
      .execute();
    return rows.map(({ id, name, devices }) => ({
      id,
      domainName: devices === null ? name : (JSON.parse(devices) as { domainName: string }).domainName,
    }));
  }

  /** Writes down what an operator says of a host. */
  async change(hostId: string, change: ServiceChange): Promise<void> {
    await this.#session.writeAlone(async ({ tx, tell }) => {
      await tx
        .updateTable('host')
        .set({
          ...(change.status === undefined ? {} : { status: change.status }),
          ...(change.disabledReason === undefined ? {} : { disabled_reason: change.disabledReason }),
          ...(change.forcedDown === undefined ? {} : { forced_down: change.forcedDown ? 1 : 0 }),
        })
        .where('id', '=', hostId)
        .execute();
      await tell({ kind: 'host.updated', subjectId: hostId, message: told(change) });
    });
  }

  /** Lets go of a host that nothing is on and that no record names; else says what keeps it. */
  async remove(hostId: string): Promise<HostKept | null> {
    return this.#session.writeAlone(async ({ tx, tell }): Promise<HostKept | null> => {
      const there = await tx
        .selectFrom('instance')
        .select('name')
        .where('host_id', '=', hostId)
        .where('deleted_at', 'is', null)
        .orderBy('name')
        .execute();
      if (there.length > 0) return { because: 'instances', names: there.map(({ name }) => name) };
      const { count } = await tx
        .selectFrom('migration')
        .select((select) => select.fn.countAll<number | string>().as('count'))
        .where((where) =>
          where.or([where('source_host_id', '=', hostId), where('target_host_id', '=', hostId)]),
        )
        .executeTakeFirstOrThrow();
      if (Number(count) > 0) return { because: 'migrations', count: Number(count) };
      await forgetDeleted(tx, hostId);
      for (const table of ownTables) await tx.deleteFrom(table).where('host_id', '=', hostId).execute();
      await tx.deleteFrom('shared_directory').where('peer_id', '=', hostId).execute();
      await tx.deleteFrom('host').where('id', '=', hostId).execute();
      await tell({ kind: 'host.removed', subjectId: hostId, message: 'removed' });
      return null;
    });
  }

  async #loads(): Promise<ReadonlyMap<string, HostLoad>> {
    const rows = await this.#db
      .selectFrom('instance')
      .select((select) => [
        'host_id',
        select.fn.countAll<number | string>().as('instances'),
        select.fn.sum<number | string>('vcpus').as('vcpus'),
        select.fn.sum<number | string>('memory_bytes').as('memory_bytes'),
        sql<number | string>`sum(case when power_state = 'running' then 1 else 0 end)`.as('running'),
        sql<number | string>`sum(case when task_state is null then 0 else 1 end)`.as('busy'),
      ])
      .where('deleted_at', 'is', null)
      .groupBy('host_id')
      .execute();
    return new Map(
      rows.map((row) => [
        row.host_id,
        {
          instances: Number(row.instances),
          running: Number(row.running),
          busy: Number(row.busy),
          vcpus: Number(row.vcpus),
          memoryBytes: Number(row.memory_bytes),
        },
      ]),
    );
  }
}

/** Instances that were on a host when they were deleted are forgotten with it; no migration names them. */
async function forgetDeleted(tx: Transaction<Schema>, hostId: string): Promise<void> {
  const gone = await tx
    .selectFrom('instance')
    .select('id')
    .where('host_id', '=', hostId)
    .where('deleted_at', 'is not', null)
    .execute();
  await forgetInstances(
    tx,
    gone.map(({ id }) => id),
  );
}

/** Why it takes no instance: a maintenance is told before what was said with a disabling. */
function reasonTold({ maintenance, disabled_reason }: Selectable<HostTable>): string | null {
  if (maintenance === null) return disabled_reason;
  const { reason } = JSON.parse(maintenance) as HostMaintenance;
  return reason === '' ? 'maintenance' : `maintenance: ${reason}`;
}

function told({ status, disabledReason, forcedDown }: ServiceChange): string {
  const parts = [
    ...(status === undefined ? [] : [status]),
    ...(disabledReason === undefined || disabledReason === null ? [] : [`because: ${disabledReason}`]),
    ...(forcedDown === undefined ? [] : [forcedDown ? 'said to be down' : 'no more said to be down']),
  ];
  return parts.join(', ');
}

/** The zone of hosts that no aggregate names one for; Nova's own word. */
export const defaultZone = 'nova';

/** The availability zone of each host: that of an aggregate it is in. */
export async function zonesOfHosts(db: Kysely<Schema>): Promise<{ of(hostId: string): string }> {
  const rows = await db
    .selectFrom('aggregate_host')
    .innerJoin('aggregate', 'aggregate.number', 'aggregate_host.aggregate_number')
    .select(['host_id', 'availability_zone'])
    .where('availability_zone', 'is not', null)
    .execute();
  const zones = new Map(rows.map((row) => [row.host_id, row.availability_zone ?? defaultZone]));
  return { of: (hostId) => zones.get(hostId) ?? defaultZone };
}

/**
 * Whether a host takes no instance by any way, asked in the transaction that would put one there: maintenance may have
 * begun since the checks.
 */
export async function isInMaintenance(tx: Transaction<Schema>, hostId: string): Promise<boolean> {
  const row = await tx.selectFrom('host').select('maintenance').where('id', '=', hostId).executeTakeFirst();
  return row !== undefined && row.maintenance !== null;
}
