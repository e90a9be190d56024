import type { MemoryMeasurement } from '@ferry/model';
import type { Kysely } from 'kysely';
import { byLocks } from '../database/atomically.ts';
import type { Schema } from '../schema/schema.ts';

/** So many of an instance are read for its profile: weeks of them, and no more than a forecast looks at. */
const maxRead = 1_000;

/** An instance whose guest may be measured now. */
export interface DueInstance {
  readonly instanceId: string;
  readonly hostId: string;
}

/** What was measured of guests. */
export class MeasurementStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async add(instanceId: string, measurement: MemoryMeasurement): Promise<void> {
    const text = JSON.stringify(measurement);
    await this.#db
      .insertInto('memory_measurement')
      .values({ instance_id: instanceId, at: measurement.at, measurement: text })
      .onConflict((conflict) => conflict.columns(['instance_id', 'at']).doUpdateSet({ measurement: text }))
      .execute();
  }

  /** Newest first. */
  async of(instanceId: string): Promise<MemoryMeasurement[]> {
    const rows = await this.#db
      .selectFrom('memory_measurement')
      .select('measurement')
      .where('instance_id', '=', instanceId)
      .orderBy('at', 'desc')
      .limit(maxRead)
      .execute();
    return rows.map(({ measurement }) => JSON.parse(measurement) as MemoryMeasurement);
  }

  /** Running instances of these hosts that nothing holds and that were not taken since then, those that wait longest first. */
  async due(hostIds: readonly string[], before: string, limit: number): Promise<DueInstance[]> {
    if (hostIds.length === 0 || limit < 1) return [];
    const rows = await this.#db
      .selectFrom('instance')
      .leftJoin('measurement_attempt', 'measurement_attempt.instance_id', 'instance.id')
      .select(['instance.id', 'instance.host_id'])
      .where('instance.host_id', 'in', hostIds)
      .where('instance.power_state', '=', 'running')
      .where('instance.operation_id', 'is', null)
      .where('instance.deleted_at', 'is', null)
      .where((where) =>
        where.or([where('measurement_attempt.at', 'is', null), where('measurement_attempt.at', '<', before)]),
      )
      .orderBy('measurement_attempt.at', (order) => order.asc().nullsFirst())
      .orderBy('instance.id')
      .limit(limit)
      .execute();
    return rows.map(({ id, host_id }) => ({ instanceId: id, hostId: host_id }));
  }

  /** Takes an instance to be measured; false where another controller has taken it since then. */
  async take(instanceId: string, before: string, at: string): Promise<boolean> {
    return byLocks(this.#db, async (tx) => {
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('measurement_attempt')
        .values({ instance_id: instanceId, at })
        .onConflict((conflict) =>
          conflict.column('instance_id').doUpdateSet({ at }).where('measurement_attempt.at', '<', before),
        )
        .executeTakeFirst();
      return (numInsertedOrUpdatedRows ?? 0n) > 0n;
    });
  }

  /** How many were from before a time, and are gone. */
  async removeBefore(before: string): Promise<number> {
    await this.#db.deleteFrom('measurement_attempt').where('at', '<', before).execute();
    const { numDeletedRows } = await this.#db
      .deleteFrom('memory_measurement')
      .where('at', '<', before)
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
