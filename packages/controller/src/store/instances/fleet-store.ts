import {
  type GuestNeeds,
  guestNeeds,
  type Instance,
  type InstanceDevices,
  type MemoryMeasurement,
  type Migration,
  type ServerGroup,
} from '@ferry/model';
import type { Kysely } from 'kysely';
import { openSealed } from '../database/sealed-text.ts';
import type { Schema } from '../schema/schema.ts';
import type { KeptDomain } from './definition-backup-store.ts';
import { readInstance } from './instance-store.ts';

/** An instance with what the records tell that decides where it can be. */
export interface FleetInstance {
  readonly instance: Instance;
  readonly projectId: string | null;
  readonly zone: string | null;
  readonly networks: readonly string[];
  /** Null: its definition was not read on that host yet. */
  readonly needs: GuestNeeds | null;
}

/** Some hosts with all that is on them, and some instances wherever they are. Neither is empty. */
export interface FleetPart {
  readonly hostIds: ReadonlySet<string>;
  readonly instanceIds: ReadonlySet<string>;
}

/** A migration that has not ended. */
export type OpenMigration = Pick<
  Migration,
  'id' | 'kind' | 'instanceId' | 'sourceHostId' | 'targetHostId' | 'status'
>;

/** How a migration ends whose guest is elsewhere then. */
const moved = ['completed', 'confirmed'];

/** So many rows are read at a time of those that are large. */
const atOnce = 500;

/** All of the fleet at once, for plans: read from the database alone, and little of each. */
export class FleetStore {
  readonly #db: Kysely<Schema>;
  /** What definitions ask, as they were read: they are sealed, large, and change seldom. */
  readonly #needs = new Map<string, { readonly seenAt: string; readonly needs: GuestNeeds }>();

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** All of them, or those of some hosts and some others. */
  async instances(part: FleetPart | null = null): Promise<FleetInstance[]> {
    let query = this.#db
      .selectFrom('instance')
      .leftJoin('instance_profile', 'instance_profile.instance_id', 'instance.id')
      .leftJoin('instance_devices', 'instance_devices.instance_id', 'instance.id')
      .selectAll('instance')
      .select([
        'instance_profile.project_id',
        'instance_profile.availability_zone',
        'instance_devices.devices',
      ])
      .where('instance.deleted_at', 'is', null);
    if (part !== null)
      query = query.where((where) =>
        where.or([
          where('instance.host_id', 'in', [...part.hostIds]),
          where('instance.id', 'in', [...part.instanceIds]),
        ]),
      );
    const rows = await query.orderBy('instance.id').execute();
    const needs = await this.#currentNeeds(part);
    return rows.map((row) => ({
      instance: readInstance(row),
      projectId: row.project_id,
      zone: row.availability_zone,
      networks:
        row.devices === null
          ? []
          : (JSON.parse(row.devices) as InstanceDevices).interfaces.map(({ network }) => network),
      needs: needs.get(`${row.id}/${row.host_id}`) ?? null,
    }));
  }

  /** Of each instance that was measured, the last time. */
  async measurements(): Promise<ReadonlyMap<string, MemoryMeasurement>> {
    const rows = await this.#db
      .selectFrom('memory_measurement')
      .innerJoin(
        this.#db
          .selectFrom('memory_measurement')
          .select((select) => ['instance_id as id', select.fn.max('at').as('newest')])
          .groupBy('instance_id')
          .as('last'),
        (join) =>
          join
            .onRef('last.id', '=', 'memory_measurement.instance_id')
            .onRef('last.newest', '=', 'memory_measurement.at'),
      )
      .select(['memory_measurement.instance_id', 'memory_measurement.measurement'])
      .execute();
    return new Map(rows.map((row) => [row.instance_id, JSON.parse(row.measurement) as MemoryMeasurement]));
  }

  /** What definitions need of hosts, of all instances. */
  async needs(): Promise<readonly GuestNeeds[]> {
    return [...(await this.#currentNeeds(null)).values()];
  }

  /** By instance: when it last came to where it is, of those that moved since then. */
  async movedSince(since: string): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#db
      .selectFrom('migration')
      .select((select) => ['instance_id', select.fn.max('finished_at').as('last')])
      .where('finished_at', '>=', since)
      .where('status', 'in', moved)
      .groupBy('instance_id')
      .execute();
    return new Map(rows.map((row) => [row.instance_id, row.last ?? since]));
  }

  /** By directory: hosts that were seen to share it. */
  async sharing(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const rows = await this.#db
      .selectFrom('shared_directory')
      .select(['host_id', 'peer_id', 'directory'])
      .execute();
    const sharing = new Map<string, Set<string>>();
    for (const { host_id: host, peer_id: peer, directory } of rows)
      sharing.set(directory, (sharing.get(directory) ?? new Set()).add(host).add(peer));
    return sharing;
  }

  /** Memory that is promised to what comes, by host; not that of these migrations. */
  async claimed(except: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
    const claims = await this.#db
      .selectFrom('claim')
      .select(['host_id', 'memory_bytes', 'migration_id'])
      .execute();
    const creations = await this.#db
      .selectFrom('creation_claim')
      .select(['host_id', 'memory_bytes'])
      .execute();
    const sums = new Map<string, number>();
    for (const { host_id: host, memory_bytes: bytes } of [
      ...claims.filter((one) => !except.has(one.migration_id)),
      ...creations,
    ])
      sums.set(host, (sums.get(host) ?? 0) + bytes);
    return sums;
  }

  /** The best that was seen to go out of or into a host where nothing held it back, bytes a second. */
  async ports(): Promise<ReadonlyMap<string, number>> {
    const ports = new Map<string, number>();
    for (const side of ['source_host_id', 'target_host_id'] as const) {
      const rows = await this.#db
        .selectFrom('migration_forecast')
        .select((select) => [
          `${side} as host`,
          select.fn.max<number | string | null>('link_bytes_per_second').as('best'),
        ])
        .where('link_bytes_per_second', 'is not', null)
        .groupBy(side)
        .execute();
      for (const { host, best } of rows) ports.set(host, Math.max(ports.get(host) ?? 0, Number(best ?? 0)));
    }
    return ports;
  }

  /** Groups whose members are placed with regard to each other, with the ids of those. */
  async serverGroups(): Promise<
    { group: Pick<ServerGroup, 'id' | 'name' | 'policy' | 'maxPerHost'>; instanceIds: string[] }[]
  > {
    const rows = await this.#db
      .selectFrom('server_group_member')
      .innerJoin('server_group', 'server_group.id', 'server_group_member.group_id')
      .select(['server_group.id', 'server_group.name', 'policy', 'max_per_host', 'instance_id'])
      .orderBy('server_group.id')
      .orderBy('instance_id')
      .execute();
    const groups = new Map<string, Awaited<ReturnType<FleetStore['serverGroups']>>[number]>();
    for (const row of rows) {
      const policy = row.policy as ServerGroup['policy'];
      const group = { id: row.id, name: row.name, policy, maxPerHost: row.max_per_host };
      const found = groups.get(row.id) ?? { group, instanceIds: [] };
      found.instanceIds.push(row.instance_id);
      groups.set(row.id, found);
    }
    return [...groups.values()];
  }

  /** All migrations that have not ended. */
  async openMigrations(): Promise<OpenMigration[]> {
    const rows = await this.#db
      .selectFrom('migration')
      .select(['id', 'kind', 'instance_id', 'source_host_id', 'target_host_id', 'status'])
      .where('finished_at', 'is', null)
      .orderBy('sequence')
      .execute();
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind as OpenMigration['kind'],
      instanceId: row.instance_id,
      sourceHostId: row.source_host_id,
      targetHostId: row.target_host_id,
      status: row.status as OpenMigration['status'],
    }));
  }

  /** By instance and host. Only definitions that were read anew are opened. */
  async #currentNeeds(part: FleetPart | null): Promise<ReadonlyMap<string, GuestNeeds>> {
    let query = this.#db.selectFrom('kept_definition').select(['instance_id', 'host_id', 'seen_at']);
    if (part !== null)
      query = query.where((where) =>
        where.or([
          where('host_id', 'in', [...part.hostIds]),
          where('instance_id', 'in', [...part.instanceIds]),
        ]),
      );
    const stamps = await query.execute();
    const stale = stamps.filter(
      ({ instance_id: id, seen_at: seenAt }) => this.#needs.get(id)?.seenAt !== seenAt,
    );
    for (let next = 0; next < stale.length; next += atOnce) {
      const ids = stale.slice(next, next + atOnce).map(({ instance_id: id }) => id);
      const rows = await this.#db
        .selectFrom('kept_definition')
        .select(['instance_id', 'seen_at', 'domain'])
        .where('instance_id', 'in', ids)
        .execute();
      for (const { instance_id: id, seen_at: seenAt, domain } of rows) {
        const text = openSealed(this.#db, 'kept_definition.domain', id, domain);
        const { asks = null, ...facts } = JSON.parse(text) as KeptDomain;
        this.#needs.set(id, { seenAt, needs: guestNeeds(facts, asks) });
      }
    }
    const there = new Set(stamps.map(({ instance_id: id }) => id));
    if (part === null) for (const id of this.#needs.keys()) if (!there.has(id)) this.#needs.delete(id);
    const needs = new Map<string, GuestNeeds>();
    for (const { instance_id: id, host_id: host } of stamps) {
      const known = this.#needs.get(id);
      if (known !== undefined) needs.set(`${id}/${host}`, known.needs);
    }
    return needs;
  }
}
