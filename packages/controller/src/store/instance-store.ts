import type { Instance, PowerState, TaskState, VmState } from '@ferry/model';
import { atomically } from './atomically.ts';
import type { Kysely, Selectable } from 'kysely';
import type { EventStore } from './event-store.ts';
import type { InstanceTable, Schema } from './schema.ts';

/** Instances that Ferry looks after. Who owns one changes only through MigrationStore. */
export class InstanceStore {
  readonly #db: Kysely<Schema>;
  readonly #events: EventStore;

  constructor(db: Kysely<Schema>, events: EventStore) {
    this.#db = db;
    this.#events = events;
  }

  async list(): Promise<Instance[]> {
    const rows = await this.#db.selectFrom('instance').selectAll().orderBy('name').orderBy('id').execute();
    return rows.map(readInstance);
  }

  async byId(id: string): Promise<Instance | null> {
    const row = await this.#db.selectFrom('instance').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : readInstance(row);
  }

  /** All that have this id, or else this name: a name need not be unique. */
  async byNameOrId(name: string): Promise<Instance[]> {
    const byId = await this.byId(name);
    if (byId !== null) return [byId];
    const rows = await this.#db
      .selectFrom('instance')
      .selectAll()
      .where('name', '=', name)
      .orderBy('id')
      .execute();
    return rows.map(readInstance);
  }

  async add(instance: Instance): Promise<{ added: true } | { added: false; there: Instance }> {
    const result = await atomically(this.#db, async (tx) => {
      const there = await tx
        .selectFrom('instance')
        .selectAll()
        .where('id', '=', instance.id)
        .executeTakeFirst();
      if (there !== undefined) return { added: false as const, there: readInstance(there) };
      await tx.insertInto('instance').values(writeInstance(instance)).execute();
      await this.#events.write(tx, {
        kind: 'instance.adopted',
        subjectId: instance.id,
        message: `${instance.name} adopted`,
      });
      return { added: true as const };
    });
    if (result.added) this.#events.committed();
    return result;
  }

  /**
   * Writes down the power state that its host shows, unless a migration holds the instance
   * or its ownership has changed since the caller looked (an older generation hits no row).
   */
  async sawPower(seen: {
    id: string;
    generation: number;
    powerState: PowerState;
    vmState: VmState;
  }): Promise<void> {
    const changed = await atomically(this.#db, async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('instance')
        .set({ power_state: seen.powerState, vm_state: seen.vmState })
        .where('id', '=', seen.id)
        .where('generation', '=', seen.generation)
        .where('migration_id', 'is', null)
        .where('power_state', '!=', seen.powerState)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await this.#events.write(tx, {
        kind: 'instance.updated',
        subjectId: seen.id,
        message: `power ${seen.powerState}`,
      });
      return true;
    });
    if (changed) this.#events.committed();
  }
}

/** A row of the instance table as the model's noun. */
export function readInstance(row: Selectable<InstanceTable>): Instance {
  return {
    id: row.id,
    name: row.name,
    hostId: row.host_id,
    powerState: row.power_state as PowerState,
    vmState: row.vm_state as VmState,
    taskState: row.task_state as TaskState,
    memoryBytes: row.memory_bytes,
    vcpus: row.vcpus,
    generation: row.generation,
    migrationId: row.migration_id,
  };
}

function writeInstance(instance: Instance): InstanceTable {
  return {
    id: instance.id,
    name: instance.name,
    host_id: instance.hostId,
    power_state: instance.powerState,
    vm_state: instance.vmState,
    task_state: instance.taskState,
    memory_bytes: instance.memoryBytes,
    vcpus: instance.vcpus,
    generation: instance.generation,
    migration_id: instance.migrationId,
  };
}
