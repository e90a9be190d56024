import type { InstanceDevices } from '@ferry/model';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema/schema.ts';

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

  /** Names of instances that nothing holds, and those that their host showed last of their domains. */
  async names(): Promise<
    {
      readonly instanceId: string;
      readonly hostId: string;
      readonly name: string;
      readonly domainName: string;
    }[]
  > {
    const rows = await this.#db
      .selectFrom('instance')
      .innerJoin('instance_devices', 'instance_devices.instance_id', 'instance.id')
      .select(['instance.id', 'instance.host_id', 'instance.name', 'instance_devices.devices'])
      .whereRef('instance_devices.host_id', '=', 'instance.host_id')
      .where('instance.deleted_at', 'is', null)
      .where('instance.operation_id', 'is', null)
      .execute();
    return rows.map(({ id, host_id, name, devices }) => {
      const { domainName } = JSON.parse(devices) as InstanceDevices;
      return { instanceId: id, hostId: host_id, name, domainName };
    });
  }

  /** What it has shown is read anew. */
  async forget(instanceId: string): Promise<void> {
    await this.#db.deleteFrom('instance_devices').where('instance_id', '=', instanceId).execute();
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
