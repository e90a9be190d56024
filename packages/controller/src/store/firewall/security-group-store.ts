import {
  busyWith,
  type InstanceFirewall,
  type SecurityGroup,
  type SecurityGroupRule,
  type TaskState,
  type VmState,
} from '@ferry/model';
import type { Session, Writing } from '../database/session.ts';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { SecurityGroupTable, Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';

/** How putting groups before an instance ended. */
export type GroupsSet = { readonly set: true } | { readonly set: false; readonly holder: string | null };

/**
 * Security groups, and which instances have which. A change of either writes down, in the same transaction, the hosts
 * that are to learn of it: what a host does not take now it is told later.
 */
export class SecurityGroupStore {
  readonly #session: Session;
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(session: Session) {
    this.#session = session;
    this.#db = session.db;
    this.#now = session.now;
  }

  async list(): Promise<SecurityGroup[]> {
    const rows = await this.#db.selectFrom('security_group').selectAll().orderBy('name').execute();
    return rows.map(readGroup);
  }

  async byNameOrId(name: string): Promise<SecurityGroup | null> {
    const row = await this.#db
      .selectFrom('security_group')
      .selectAll()
      .where((where) => where.or([where('name', '=', name), where('id', '=', name)]))
      .executeTakeFirst();
    return row === undefined ? null : readGroup(row);
  }

  /** Adds a group, or says that its name is taken. */
  async add(group: SecurityGroup): Promise<'added' | 'name-taken'> {
    const added = await this.#session.writeAlone(async ({ tx, tell }) => {
      const there = await tx
        .selectFrom('security_group')
        .select('id')
        .where('name', '=', group.name)
        .executeTakeFirst();
      if (there !== undefined) return false;
      const { rules, ...rest } = group;
      const row = { ...rest, rules: JSON.stringify(rules), created_at: this.#now() };
      await tx.insertInto('security_group').values(row).execute();
      await tellOf(tell, group.id, `${group.name} added`);
      return true;
    });
    return added ? 'added' : 'name-taken';
  }

  /** Removes a group that no instance has; else gives the names of those that do. */
  async remove(id: string): Promise<readonly string[]> {
    return this.#session.writeAlone(async ({ tx, tell }) => {
      const rows = await tx
        .selectFrom('instance_security_group')
        .innerJoin('instance', 'instance.id', 'instance_security_group.instance_id')
        .select('instance.name')
        .where('group_id', '=', id)
        .orderBy('instance.name')
        .execute();
      if (rows.length > 0) return rows.map((row) => row.name);
      await tx.deleteFrom('security_group').where('id', '=', id).execute();
      await tellOf(tell, id, 'removed');
      return [];
    });
  }

  /** Changes a group's rules; null when there is no such group. */
  async changeRules(
    id: string,
    change: (rules: readonly SecurityGroupRule[]) => readonly SecurityGroupRule[],
  ): Promise<SecurityGroup | null> {
    return this.#session.writeAlone(async ({ tx, tell }) => {
      const row = await tx.selectFrom('security_group').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) return null;
      const group = readGroup(row);
      const after = { ...group, rules: change(group.rules) };
      const rules = JSON.stringify(after.rules);
      await tx.updateTable('security_group').set({ rules }).where('id', '=', id).execute();
      const users = await tx
        .selectFrom('instance_security_group')
        .select('instance_id')
        .where('group_id', '=', id)
        .execute();
      for (const user of users) await this.#owe(tx, user.instance_id);
      await tellOf(tell, id, `rules of ${group.name} changed`);
      return after;
    });
  }

  /** What stands before an instance. */
  async of(instanceId: string): Promise<InstanceFirewall> {
    const rows = await this.#db
      .selectFrom('instance_security_group')
      .innerJoin('security_group', 'security_group.id', 'instance_security_group.group_id')
      .selectAll('security_group')
      .where('instance_id', '=', instanceId)
      .orderBy('security_group.name')
      .execute();
    const row = await this.#db
      .selectFrom('instance_addresses')
      .select('addresses')
      .where('instance_id', '=', instanceId)
      .executeTakeFirst();
    const addresses = row === undefined ? [] : (JSON.parse(row.addresses) as string[]);
    return { groups: rows.map(readGroup), addresses };
  }

  /**
   * Puts groups before an instance, in place of those it has. Not while a migration holds it; and a migration whose
   * checks have seen the old ones does not get it (its generation is another then).
   */
  async set(
    instanceId: string,
    groupIds: readonly string[],
    addresses: readonly string[],
  ): Promise<GroupsSet> {
    return this.#session.writeAlone(async ({ tx, tell }): Promise<GroupsSet> => {
      const { numUpdatedRows } = await tx
        .updateTable('instance')
        .set((set) => ({ generation: set('generation', '+', 1) }))
        .where('id', '=', instanceId)
        .where('operation_id', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) {
        const row = await tx
          .selectFrom('instance')
          .select(['operation_id', 'task_state', 'vm_state'])
          .where('id', '=', instanceId)
          .executeTakeFirst();
        if (row === undefined || row.operation_id === null) return { set: false, holder: null };
        const holder = busyWith({
          operationId: row.operation_id,
          taskState: row.task_state as TaskState,
          vmState: row.vm_state as VmState,
        });
        return { set: false, holder };
      }
      await tx.deleteFrom('instance_security_group').where('instance_id', '=', instanceId).execute();
      await tx.deleteFrom('instance_addresses').where('instance_id', '=', instanceId).execute();
      for (const group_id of new Set(groupIds)) {
        await tx
          .insertInto('instance_security_group')
          .values({ instance_id: instanceId, group_id })
          .execute();
      }
      await tx
        .insertInto('instance_addresses')
        .values({ instance_id: instanceId, addresses: JSON.stringify(addresses) })
        .execute();
      await this.#owe(tx, instanceId);
      await tell({
        kind: 'instance.updated',
        subjectId: instanceId,
        message: 'security groups changed',
      });
      return { set: true };
    });
  }

  /**
   * Ids of the instances whose filters a host must have: those that belong to it, and those that a migration brings
   * there or takes from there. One migration can be left out: the one that cleans up.
   */
  async wantedOn(hostId: string, without: string | null = null): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('instance')
      .leftJoin('migration', 'migration.id', 'instance.operation_id')
      .where('instance.deleted_at', 'is', null)
      .select(['instance.id', 'instance.host_id', 'migration.id as migration'])
      .select(['migration.source_host_id as source', 'migration.target_host_id as target'])
      .execute();
    return rows
      .filter(
        (row) =>
          row.host_id === hostId ||
          (row.migration !== null &&
            row.migration !== without &&
            (row.source === hostId || row.target === hostId)),
      )
      .map((row) => row.id);
  }

  /** Hosts that are to learn of changes, with a number that grows by each change. */
  async debts(): Promise<{ hostId: string; serial: number }[]> {
    const rows = await this.#db.selectFrom('firewall_debt').selectAll().execute();
    return rows.map((row) => ({ hostId: row.host_id, serial: row.serial }));
  }

  /** A host has learnt of all changes up to this number. */
  async paid({ hostId, serial }: { hostId: string; serial: number }): Promise<void> {
    await this.#db
      .deleteFrom('firewall_debt')
      .where('host_id', '=', hostId)
      .where('serial', '=', serial)
      .execute();
  }

  /** The hosts of an instance: its own, and those of a migration that holds it. */
  async #owe(tx: Transaction<Schema>, instanceId: string): Promise<void> {
    const row = await tx
      .selectFrom('instance')
      .leftJoin('migration', 'migration.id', 'instance.operation_id')
      .select([
        'instance.host_id',
        'migration.source_host_id as source',
        'migration.target_host_id as target',
      ])
      .where('instance.id', '=', instanceId)
      .executeTakeFirstOrThrow();
    const hosts = new Set([row.host_id, row.source, row.target].filter((id) => id !== null));
    await markHostsStale(tx, hosts);
  }
}

function tellOf(tell: Writing['tell'], subjectId: string, message: string): Promise<void> {
  return tell({ kind: 'security-group.updated', subjectId, message });
}

function readGroup(row: Selectable<SecurityGroupTable>): SecurityGroup {
  const { id, name, description } = row;
  return { id, name, description, rules: JSON.parse(row.rules) as SecurityGroupRule[] };
}

/** Hosts between which an instance went by other ways than a migration are to learn of its packet filters, if it has any. */
export async function markFiltersStale(
  tx: Transaction<Schema>,
  instanceId: string,
  hostIds: readonly string[],
): Promise<void> {
  const grouped = await tx
    .selectFrom('instance_security_group')
    .select('group_id')
    .where('instance_id', '=', instanceId)
    .executeTakeFirst();
  if (grouped !== undefined) await markHostsStale(tx, hostIds);
}

/** Writes down that hosts are to learn of a change of packet filters. */
async function markHostsStale(tx: Transaction<Schema>, hostIds: Iterable<string>): Promise<void> {
  for (const host_id of hostIds) {
    await tx
      .insertInto('firewall_debt')
      .values({ host_id, serial: 1 })
      .onConflict((conflict) =>
        conflict.column('host_id').doUpdateSet((set) => ({ serial: set('firewall_debt.serial', '+', 1) })),
      )
      .execute();
  }
}
