import type { Role } from '../check/check-input.ts';
import type { Caller, ProjectRole } from './caller.ts';

/** Keystone's implied roles: who has one has all after it. */
const strongestFirst: readonly ProjectRole[] = ['admin', 'manager', 'member', 'reader'];

/** Whether the caller has a role of that strength, by name or by a stronger one. */
export function hasRole(caller: Pick<Caller, 'roles'>, needed: ProjectRole): boolean {
  const enough = strongestFirst.slice(0, strongestFirst.indexOf(needed) + 1);
  return caller.roles.some((role) => (enough as readonly string[]).includes(role.toLowerCase()));
}

/** What the caller counts as where Ferry's own roles are asked for: a manager moves instances, a member does not. */
export function ferryRole(caller: Pick<Caller, 'roles'>): Role {
  if (hasRole(caller, 'admin')) return 'admin';
  return hasRole(caller, 'manager') ? 'operator' : 'reader';
}

/** The roles that a token of Ferry's own has in a project. */
export function projectRoles(role: Role): readonly ProjectRole[] {
  switch (role) {
    case 'admin':
      return ['admin', 'manager', 'member', 'reader'];
    case 'operator':
      return ['manager', 'member', 'reader'];
    case 'reader':
      return ['reader'];
  }
}
