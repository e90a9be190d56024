import type { Instance, InstanceFault, InstanceProfile, PowerState, TaskState, VmState } from '@ferry/model';
import { touchProfile } from '../operations/action-store.ts';
import { insertAudit, ownAudit } from '../operations/audit-store.ts';
import type { Session } from '../database/session.ts';
import type { Kysely, Selectable, Transaction } from 'kysely';
import { hostsThatHad, keepFormerHost } from '../hosts/hosts-that-had.ts';
import { markFiltersStale } from '../firewall/security-group-store.ts';
import { adoptedProfile, insertProfile } from './profile-store.ts';
import type { InstanceTable, Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';

/** What hosts show of an instance. */
export interface SeenInstance {
  readonly powerState: PowerState;
  readonly vmState: VmState;
  /**
   * Nothing is written while a migration that had it, and failed, has still to clear away what it left: between the look
   * at hosts and this writing one may have begun and failed.
   */
  readonly notWhileOwed?: boolean;
}

/** What a watch over all instances needs to know of one to see that all is well with it. */
export type InstanceOutline = Pick<Instance, 'id' | 'hostId' | 'powerState' | 'generation'> & {
  readonly hasFault: boolean;
};

/** Instances that Ferry looks after. One changes its host through MigrationStore, or by `settle` when hosts show that it has. */
export class InstanceStore {
  readonly #session: Session;
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(session: Session) {
    this.#session = session;
    this.#db = session.db;
    this.#now = session.now;
  }

  async list(): Promise<Instance[]> {
    const rows = await this.#db
      .selectFrom('instance')
      .selectAll()
      .where('deleted_at', 'is', null)
      .orderBy('name')
      .orderBy('id')
      .execute();
    return rows.map(readInstance);
  }

  /** Hosts that each was ever on or was to move to, as far as is recorded. */
  hostsThatHad(ids: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    return hostsThatHad(this.#db, ids);
  }

  /** Those that no operation holds. There may be many thousands: this reads little of each, and keeps words once. */
  async outlines(): Promise<InstanceOutline[]> {
    const rows = await this.#db
      .selectFrom('instance')
      .select(['id', 'host_id', 'power_state', 'generation'])
      .select((eb) => eb('fault', 'is not', null).as('has_fault'))
      .where('deleted_at', 'is', null)
      .where('operation_id', 'is', null)
      .execute();
    const words = new Map<string, string>();
    const once = <Word extends string>(word: Word): Word => {
      const known = words.get(word);
      if (known === undefined) words.set(word, word);
      return (known ?? word) as Word;
    };
    return rows.map((row) => ({
      id: row.id,
      hostId: once(row.host_id),
      powerState: once(row.power_state as PowerState),
      generation: row.generation,
      // SQLite has numbers for it.
      hasFault: Boolean(row.has_fault),
    }));
  }

  /** Those of these that are there. */
  async byIds(ids: readonly string[]): Promise<Instance[]> {
    const rows = await this.#db
      .selectFrom('instance')
      .selectAll()
      .where('id', 'in', ids)
      .where('deleted_at', 'is', null)
      .execute();
    return rows.map(readInstance);
  }

  async byId(id: string): Promise<Instance | null> {
    const row = await this.#db
      .selectFrom('instance')
      .selectAll()
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
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
      .where('deleted_at', 'is', null)
      .orderBy('id')
      .execute();
    return rows.map(readInstance);
  }

  /** Adds an instance with its profile: the usual one of an adopted one, unless it is told. */
  async add(
    instance: Instance,
    profile?: InstanceProfile,
  ): Promise<{ added: true } | { added: false; there: Instance }> {
    return this.#session.writeAlone(async ({ tx, tell }) => {
      const there = await tx
        .selectFrom('instance')
        .selectAll()
        .where('id', '=', instance.id)
        .executeTakeFirst();
      if (there !== undefined && there.deleted_at === null)
        return { added: false as const, there: readInstance(there) };
      if (there === undefined) await insertInstance(tx, instance);
      else {
        // One that was deleted, with its definition and not with its disks, was defined again and is taken in anew.
        const row = { ...writeInstance(instance), generation: there.generation + 1 };
        await tx.updateTable('instance').set(row).where('id', '=', instance.id).execute();
        await tx.deleteFrom('instance_profile').where('instance_id', '=', instance.id).execute();
      }
      await insertProfile(
        tx,
        profile ?? adoptedProfile(instance.id, this.#now(), instance.powerState === 'running'),
      );
      await tell({
        kind: 'instance.adopted',
        subjectId: instance.id,
        message: `${instance.name} adopted`,
      });
      return { added: true as const };
    });
  }

  /**
   * Writes down what hosts show of an instance: its power and what is wrong with it. False when a migration holds it, or
   * it is no longer as its reader saw it: nothing is written then. Tells of it only when something changed.
   */
  async saw(
    instance: Instance,
    seen: SeenInstance & { fault: InstanceFault | null },
    message?: string,
  ): Promise<boolean> {
    const fault = faultJson(seen.fault);
    const result = await this.#session.writeAlone(async ({ tx, tell }) => {
      const before = await unchangedRow(tx, instance);
      if (before === undefined || (await isLeftAlone(tx, instance, seen))) return 'not-free' as const;
      const samePower = before.power_state === seen.powerState && before.vm_state === seen.vmState;
      if (samePower && before.fault === fault) return 'as-before' as const;
      await tx
        .updateTable('instance')
        .set({ power_state: seen.powerState, vm_state: seen.vmState, fault })
        .where('id', '=', instance.id)
        .execute();
      await touchProfile(tx, instance.id, this.#now());
      const usual =
        before.fault === fault
          ? `power ${seen.powerState}`
          : (seen.fault?.message ?? `well again: power ${seen.powerState}`);
      await tell({
        kind: 'instance.updated',
        subjectId: instance.id,
        message: message ?? usual,
      });
      if (driftOf(before.fault) !== driftOf(fault)) await this.#auditDrift(tx, before, seen.fault);
      return 'changed' as const;
    });
    return result !== 'not-free';
  }

  /**
   * The instance belongs to a host that it was seen on, and nothing is wrong with it any more. False when a migration
   * holds it, or it is no longer as its reader saw it: nothing is written then.
   */
  async settle(
    instance: Instance,
    seen: SeenInstance & { hostId: string },
    message: string,
  ): Promise<boolean> {
    return this.#session.writeAlone(async ({ tx, tell }) => {
      const before = await unchangedRow(tx, instance);
      if (before === undefined || (await isLeftAlone(tx, instance, seen))) return false;
      const moved = before.host_id !== seen.hostId;
      await tx
        .updateTable('instance')
        .set({
          host_id: seen.hostId,
          power_state: seen.powerState,
          vm_state: seen.vmState,
          fault: null,
          generation: before.generation + (moved ? 1 : 0),
        })
        .where('id', '=', instance.id)
        .execute();
      await touchProfile(tx, instance.id, this.#now());
      if (moved) {
        await keepFormerHost(tx, instance.id, before.host_id);
        await markFiltersStale(tx, instance.id, [before.host_id, seen.hostId]);
      }
      await tell({ kind: 'instance.updated', subjectId: instance.id, message });
      if (moved || driftOf(before.fault) !== null)
        await this.#auditDrift(tx, { ...before, host_id: seen.hostId }, null);
      return true;
    });
  }

  /** What hosts show that does not fit the record, and that it fits again: nobody asked for either. */
  async #auditDrift(
    tx: Transaction<Schema>,
    { id, host_id: host }: Pick<Selectable<InstanceTable>, 'id' | 'host_id'>,
    fault: InstanceFault | null,
  ): Promise<void> {
    const action =
      fault === null || fault.kind === 'unreachable'
        ? 'ferry:instance.settled'
        : `ferry:instance.fault-${fault.kind}`;
    const result = action === 'ferry:instance.settled' ? 'done' : 'failed';
    await insertAudit(tx, ownAudit({ action, target: { instance: id, host }, result }), this.#now());
  }

  /** Gives an instance another name; the hypervisor's own name of its domain stays. */
  async rename(id: string, name: string): Promise<void> {
    await this.#session.writeAlone(async ({ tx, tell }) => {
      const { numUpdatedRows } = await tx
        .updateTable('instance')
        .set({ name })
        .where('id', '=', id)
        .where('name', '!=', name)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return;
      await tell({ kind: 'instance.updated', subjectId: id, message: `named ${name}` });
    });
  }

  /** Sets what it is meant to be, as a person says. False while something is being done to it: nothing is written then. */
  async setVmState(id: string, vmState: VmState): Promise<boolean> {
    return this.#session.writeAlone(async ({ tx, tell }) => {
      const { numUpdatedRows } = await tx
        .updateTable('instance')
        .set({ vm_state: vmState, task_state: null })
        .where('id', '=', id)
        .where('operation_id', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await touchProfile(tx, id, this.#now());
      await tell({
        kind: 'instance.updated',
        subjectId: id,
        message: `a person has set its state to ${vmState}`,
      });
      return true;
    });
  }
}

/** The kind of what does not fit; a host that does not answer is no such thing, and comes and goes. */
function driftOf(fault: string | null): InstanceFault['kind'] | null {
  const kind = readFault(fault)?.kind ?? null;
  return kind === 'unreachable' ? null : kind;
}

/** The row of an instance that nobody holds and that is as its reader saw it. */
async function unchangedRow(
  tx: Transaction<Schema>,
  { id, generation, fault }: Instance,
): Promise<Selectable<InstanceTable> | undefined> {
  const row = await tx
    .selectFrom('instance')
    .selectAll()
    .where('id', '=', id)
    .where('generation', '=', generation)
    .where('operation_id', 'is', null)
    .executeTakeFirst();
  return row !== undefined && faultJson(readFault(row.fault)) === faultJson(fault) ? row : undefined;
}

async function isLeftAlone(
  tx: Transaction<Schema>,
  { id }: Instance,
  { notWhileOwed = false }: SeenInstance,
): Promise<boolean> {
  if (!notWhileOwed) return false;
  const owed = await tx
    .selectFrom('migration')
    .innerJoin('operation', 'operation.id', 'migration.id')
    .select('migration.id')
    .where('migration.instance_id', '=', id)
    .where('operation.state', '=', 'open')
    .executeTakeFirst();
  return owed !== undefined;
}

/** What is wrong with an instance, as its row has it; rows of before call what is not conclusive `untold`. */
function readFault(fault: string | null): InstanceFault | null {
  if (fault === null) return null;
  const read = JSON.parse(fault) as
    | InstanceFault
    | (Omit<InstanceFault, 'kind'> & { readonly kind: 'untold' });
  return read.kind === 'untold' ? { ...read, kind: 'ambiguous' } : read;
}

function faultJson(fault: InstanceFault | null): string | null {
  return fault === null ? null : JSON.stringify(fault);
}

/** Adds the row of an instance; the caller adds its profile in the same transaction. */
export async function insertInstance(tx: Transaction<Schema>, instance: Instance): Promise<void> {
  await tx.insertInto('instance').values(writeInstance(instance)).execute();
}

/** All of an instance's row. */
export const instanceColumns = [
  'id',
  'name',
  'host_id',
  'power_state',
  'vm_state',
  'task_state',
  'memory_bytes',
  'vcpus',
  'generation',
  'operation_id',
  'fault',
  'deleted_at',
] as const satisfies readonly (keyof InstanceTable)[];

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
    operationId: row.operation_id,
    fault: readFault(row.fault),
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
    operation_id: instance.operationId,
    fault: faultJson(instance.fault),
    deleted_at: null,
  };
}
