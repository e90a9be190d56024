import { type ProjectRole, type RoleAssignment, type RoleTarget, withIncludedRoles } from '@ferry/model';
import type { Kysely, Selectable, Transaction } from 'kysely';
import { atomically } from '../database/atomically.ts';
import type { RoleAssignmentTable } from '../schema/identity-schema.ts';
import type { Schema } from '../schema/schema.ts';
import { endTokens } from './token-store.ts';

/** Who has which role where. */
export class RoleAssignmentStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async list(of: { readonly userId?: string; readonly target?: RoleTarget } = {}): Promise<RoleAssignment[]> {
    let rows = this.#db.selectFrom('role_assignment').selectAll();
    if (of.userId !== undefined) rows = rows.where('user_id', '=', of.userId);
    if (of.target !== undefined)
      rows = rows.where('target_kind', '=', of.target.kind).where('target_id', '=', targetId(of.target));
    const found = await rows.orderBy('user_id').orderBy('target_id').orderBy('role').execute();
    return found.map(readAssignment);
  }

  /** The roles of a user in one target; no user, project or system is looked at. */
  async rolesOf(userId: string, target: RoleTarget): Promise<ProjectRole[]> {
    return (await this.list({ userId, target })).map(({ role }) => role);
  }

  /** Gives a role; nothing changes for one who has it. */
  async add({ userId, target, role }: RoleAssignment): Promise<void> {
    await this.#db
      .insertInto('role_assignment')
      .values({ user_id: userId, target_kind: target.kind, target_id: targetId(target), role })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /**
   * Takes a role away, and with it the user's tokens for that target and the application credentials that rest on the
   * role. False when they did not have it.
   */
  async remove({ userId, target, role }: RoleAssignment): Promise<boolean> {
    return atomically(this.#db, async (tx) => {
      const { numDeletedRows } = await tx
        .deleteFrom('role_assignment')
        .where('user_id', '=', userId)
        .where('target_kind', '=', target.kind)
        .where('target_id', '=', targetId(target))
        .where('role', '=', role)
        .executeTakeFirst();
      if (numDeletedRows === 0n) return false;
      await endTokens(tx, { userId, targetKind: target.kind, targetId: targetId(target) });
      if (target.kind === 'project') await endCredentials(tx, userId, target.id);
      return true;
    });
  }
}

/** Takes away the application credentials with a role that their owner does not hold in their project any more. */
async function endCredentials(tx: Transaction<Schema>, userId: string, projectId: string): Promise<void> {
  const rows = await tx
    .selectFrom('role_assignment')
    .select('role')
    .where('user_id', '=', userId)
    .where('target_kind', '=', 'project')
    .where('target_id', '=', projectId)
    .execute();
  const held = withIncludedRoles(rows.map(({ role }) => role as ProjectRole));
  const credentials = await tx
    .selectFrom('application_credential')
    .select(['id', 'roles'])
    .where('user_id', '=', userId)
    .where('project_id', '=', projectId)
    .execute();
  for (const { id, roles } of credentials) {
    if ((JSON.parse(roles) as ProjectRole[]).every((role) => held.includes(role))) continue;
    await tx.deleteFrom('application_credential').where('id', '=', id).execute();
  }
}

/** What the column holds: '' for what there is one of. */
export function targetId(target: RoleTarget): string {
  return target.kind === 'project' ? target.id : '';
}

function readAssignment(row: Selectable<RoleAssignmentTable>): RoleAssignment {
  return {
    userId: row.user_id,
    target: readTarget(row.target_kind, row.target_id),
    role: row.role as ProjectRole,
  };
}

/** The two columns of a target, read. */
export function readTarget(kind: string, id: string): RoleTarget {
  return kind === 'project' ? { kind, id } : { kind: kind === 'system' ? 'system' : 'domain' };
}
