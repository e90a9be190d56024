import { findRole, type NamedRole, type RoleTarget } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { IdentityServices } from './identity-services.ts';
import { findProject } from './projects.ts';
import { findUser } from './users.ts';

/** One role of one user in one target; the role by its id. */
export interface NamedAssignment {
  readonly userId: string;
  readonly target: RoleTarget;
  readonly roleId: string;
}

/** The role of an id. */
function requireRole(id: string): NamedRole {
  const role = findRole(id);
  if (role === null) throw new Refusal('role-not-found', `Could not find role: ${id}.`);
  return role;
}

/** Gives a user a role. */
export async function grantRole(identity: IdentityServices, assignment: NamedAssignment): Promise<void> {
  const role = await requireAll(identity, assignment);
  const { userId, target } = assignment;
  await identity.store.roleAssignments.add({ userId, target, role: role.name });
  identity.tokens.forget();
}

/** Takes a role away, with the tokens and application credentials that rest on it. */
export async function revokeRole(identity: IdentityServices, assignment: NamedAssignment): Promise<void> {
  const role = await requireAll(identity, assignment);
  const { userId, target } = assignment;
  const removed = await identity.store.roleAssignments.remove({ userId, target, role: role.name });
  identity.tokens.forget();
  if (!removed) throw new Refusal('role-not-found', `The user does not have the role "${role.name}" there.`);
}

/** Whether a user has a role, as it was given: roles that a stronger one includes are not looked for. */
export async function holdsRole(identity: IdentityServices, assignment: NamedAssignment): Promise<boolean> {
  const role = await requireAll(identity, assignment);
  const held = await identity.store.roleAssignments.rolesOf(assignment.userId, assignment.target);
  return held.includes(role.name);
}

async function requireAll(identity: IdentityServices, assignment: NamedAssignment): Promise<NamedRole> {
  const role = requireRole(assignment.roleId);
  await findUser(identity, assignment.userId);
  if (assignment.target.kind === 'project') await findProject(identity, assignment.target.id);
  return role;
}
