import type { InstanceDevices } from '@ferry/model';
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** What hosts showed last of the definitions of instances. */
export class DeviceStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** Writes down what a host shows, in place of what was there. */
  async set(instanceId: string, hostId: string, devices: InstanceDevices): Promise<void> {
    const shown = { host_id: hostId, devices: JSON.stringify(devices) };
    await this.#db
      .insertInto('instance_devices')
      .values({ instance_id: instanceId, ...shown })
      .onConflict((conflict) => conflict.column('instance_id').doUpdateSet(shown))
      .execute();
  }

  /** Ids of instances that their host has shown nothing of since they are there. */
  async missing(limit: number): Promise<{ instanceId: string; hostId: string }[]> {
    const rows = await this.#db
      .selectFrom('instance')
      .leftJoin('instance_devices', 'instance_devices.instance_id', 'instance.id')
      .select(['instance.id', 'instance.host_id'])
      .where('instance.deleted_at', 'is', null)
      .where((where) =>
        where.or([
          where('instance_devices.host_id', 'is', null),
          where('instance_devices.host_id', '!=', where.ref('instance.host_id')),
        ]),
      )
      .limit(limit)
      .execute();
    return rows.map((row) => ({ instanceId: row.id, hostId: row.host_id }));
  }
}
