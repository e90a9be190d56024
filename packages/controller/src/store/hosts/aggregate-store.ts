import { randomUUID } from 'node:crypto';
import type { Kysely, Selectable, Transaction } from 'kysely';
import { atomically } from '../database/atomically.ts';
import type { AggregateTable, Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';

/** A set of hosts with what is said of it; one with a zone names that of its hosts. */
export interface Aggregate {
  readonly number: number;
  readonly uuid: string;
  readonly name: string;
  readonly availabilityZone: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Names of its hosts, in order. */
  readonly hosts: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string | null;
}

/** How a change of an aggregate ended. */
export type AggregateChanged =
  | { readonly kind: 'changed'; readonly aggregate: Aggregate }
  | { readonly kind: 'no-aggregate' }
  | { readonly kind: 'name-taken' }
  /** A host would be in two zones. */
  | { readonly kind: 'two-zones'; readonly host: string; readonly zone: string }
  | { readonly kind: 'there-already' }
  | { readonly kind: 'not-there' };

/** Aggregates of hosts. */
export class AggregateStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
  }

  async list(): Promise<Aggregate[]> {
    const rows = await this.#db.selectFrom('aggregate').selectAll().orderBy('number').execute();
    const members = await membersOf(this.#db);
    return rows.map((row) => readAggregate(row, members.get(row.number) ?? []));
  }

  async byNumber(number: number): Promise<Aggregate | null> {
    return (await this.list()).find((one) => one.number === number) ?? null;
  }

  async add(name: string, availabilityZone: string | null): Promise<AggregateChanged> {
    return atomically(this.#db, async (tx) => {
      if (await isTaken(tx, name, null)) return { kind: 'name-taken' };
      const { number } = await tx
        .insertInto('aggregate')
        .values({
          uuid: randomUUID(),
          name,
          availability_zone: availabilityZone,
          metadata: '{}',
          created_at: this.#now(),
          updated_at: null,
        })
        .returning('number')
        .executeTakeFirstOrThrow();
      return changed(tx, number);
    });
  }

  /** Changes name, zone or metadata, from what they are. */
  async change(
    number: number,
    changeOf: (aggregate: Aggregate) => Partial<Pick<Aggregate, 'name' | 'availabilityZone' | 'metadata'>>,
  ): Promise<AggregateChanged> {
    return atomically(this.#db, async (tx) => {
      const before = await read(tx, number);
      if (before === null) return { kind: 'no-aggregate' };
      const after = { ...before, ...changeOf(before) };
      if (await isTaken(tx, after.name, number)) return { kind: 'name-taken' };
      if (after.availabilityZone !== null) {
        for (const host of before.hosts) {
          const zone = await otherZone(tx, host, number);
          if (zone !== null && zone !== after.availabilityZone) return { kind: 'two-zones', host, zone };
        }
      }
      await tx
        .updateTable('aggregate')
        .set({
          name: after.name,
          availability_zone: after.availabilityZone,
          metadata: JSON.stringify(after.metadata),
          updated_at: this.#now(),
        })
        .where('number', '=', number)
        .execute();
      return changed(tx, number);
    });
  }

  async addHost(number: number, hostId: string): Promise<AggregateChanged> {
    return atomically(this.#db, async (tx) => {
      const before = await read(tx, number);
      if (before === null) return { kind: 'no-aggregate' };
      const host = await nameOf(tx, hostId);
      if (before.hosts.includes(host)) return { kind: 'there-already' };
      const zone = await otherZone(tx, host, number);
      if (before.availabilityZone !== null && zone !== null && zone !== before.availabilityZone)
        return { kind: 'two-zones', host, zone };
      await tx.insertInto('aggregate_host').values({ aggregate_number: number, host_id: hostId }).execute();
      return changed(tx, number);
    });
  }

  async removeHost(number: number, hostId: string): Promise<AggregateChanged> {
    return atomically(this.#db, async (tx) => {
      if ((await read(tx, number)) === null) return { kind: 'no-aggregate' };
      const { numDeletedRows } = await tx
        .deleteFrom('aggregate_host')
        .where('aggregate_number', '=', number)
        .where('host_id', '=', hostId)
        .executeTakeFirst();
      return numDeletedRows === 0n ? { kind: 'not-there' } : changed(tx, number);
    });
  }

  /** False when it has hosts, or is not there. */
  async remove(number: number): Promise<boolean> {
    return atomically(this.#db, async (tx) => {
      const there = await read(tx, number);
      if (there === null || there.hosts.length > 0) return false;
      await tx.deleteFrom('aggregate').where('number', '=', number).execute();
      return true;
    });
  }
}

async function changed(tx: Transaction<Schema>, number: number): Promise<AggregateChanged> {
  const aggregate = await read(tx, number);
  return aggregate === null ? { kind: 'no-aggregate' } : { kind: 'changed', aggregate };
}

async function read(tx: Transaction<Schema>, number: number): Promise<Aggregate | null> {
  const row = await tx.selectFrom('aggregate').selectAll().where('number', '=', number).executeTakeFirst();
  if (row === undefined) return null;
  return readAggregate(row, (await membersOf(tx)).get(number) ?? []);
}

/** Names of hosts, by the number of their aggregate. */
async function membersOf(db: Kysely<Schema>): Promise<Map<number, string[]>> {
  const rows = await db
    .selectFrom('aggregate_host')
    .innerJoin('host', 'host.id', 'aggregate_host.host_id')
    .select(['aggregate_number', 'host.name'])
    .orderBy('host.name')
    .execute();
  const members = new Map<number, string[]>();
  for (const { aggregate_number: number, name } of rows)
    members.set(number, [...(members.get(number) ?? []), name]);
  return members;
}

async function isTaken(tx: Transaction<Schema>, name: string, own: number | null): Promise<boolean> {
  const row = await tx.selectFrom('aggregate').select('number').where('name', '=', name).executeTakeFirst();
  return row !== undefined && row.number !== own;
}

/** The zone that another aggregate names for a host. */
async function otherZone(tx: Transaction<Schema>, host: string, number: number): Promise<string | null> {
  const row = await tx
    .selectFrom('aggregate_host')
    .innerJoin('aggregate', 'aggregate.number', 'aggregate_host.aggregate_number')
    .innerJoin('host', 'host.id', 'aggregate_host.host_id')
    .select('availability_zone')
    .where('host.name', '=', host)
    .where('aggregate.number', '!=', number)
    .where('availability_zone', 'is not', null)
    .executeTakeFirst();
  return row?.availability_zone ?? null;
}

async function nameOf(tx: Transaction<Schema>, hostId: string): Promise<string> {
  const { name } = await tx
    .selectFrom('host')
    .select('name')
    .where('id', '=', hostId)
    .executeTakeFirstOrThrow();
  return name;
}

function readAggregate(row: Selectable<AggregateTable>, hosts: readonly string[]): Aggregate {
  return {
    number: row.number,
    uuid: row.uuid,
    name: row.name,
    availabilityZone: row.availability_zone,
    metadata: JSON.parse(row.metadata) as Record<string, string>,
    hosts,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
