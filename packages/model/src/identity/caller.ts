import type { Role } from '../check/check-input.ts';

/** A role that somebody has in a project, in Keystone's words. Each includes those after it. */
export type ProjectRole = 'admin' | 'manager' | 'member' | 'reader';

/** Who calls one of the OpenStack APIs, as a token says. */
export interface Caller {
  readonly userId: string;
  readonly userName: string;
  /** Where the caller works: what is made belongs to it, and without `admin` nothing of others is seen. Null: a token without a project. */
  readonly projectId: string | null;
  readonly projectName: string | null;
  /** Names as the identity service has them, with others that Ferry knows nothing of. */
  readonly roles: readonly string[];
}

/** The project of what was there before there were projects, and of the first administrator. */
export const firstProject = { id: '0fe220000000400080000000000ad317', name: 'admin' } as const;

/** The user that Ferry's own tokens act for. */
export const firstUser = { id: '0fe220000000400080000000000ad31a', name: 'admin' } as const;

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

/**
 * What a caller may do with Ferry's own API, which shows and moves the instances of all projects; null: nothing. An
 * administrator is one everywhere, as with Nova. Weaker roles count when they are held in the system (a token without a
 * project) or in the first project: what somebody may do in a project of their own says nothing of others'.
 */
export function operatorRole(caller: Pick<Caller, 'roles' | 'projectId'>): Role | null {
  if (hasRole(caller, 'admin')) return 'admin';
  const everywhere = caller.projectId === null || caller.projectId === firstProject.id;
  return everywhere && hasRole(caller, 'reader') ? ferryRole(caller) : null;
}

/**
 * Whether a caller may have the consoles of a project's instances: a member of the project may, by the compute API, and
 * operators may have those of all projects, by Ferry's own. `projectId` null: nobody knows whose the instance is.
 */
export function mayOpenConsole(
  caller: Pick<Caller, 'roles' | 'projectId'>,
  projectId: string | null,
): boolean {
  const role = operatorRole(caller);
  if (role === 'admin' || role === 'operator') return true;
  return projectId !== null && projectId === caller.projectId && hasRole(caller, 'member');
}

/** All roles that there are, with ids that never change; the strongest first. */
const roleIds: Readonly<Record<ProjectRole, string>> = {
  admin: '0fe22000000040008000000000000001',
  manager: '0fe22000000040008000000000000002',
  member: '0fe22000000040008000000000000003',
  reader: '0fe22000000040008000000000000004',
};

/** A role with its id. */
export interface NamedRole {
  readonly id: string;
  readonly name: ProjectRole;
}

export const allRoles: readonly NamedRole[] = (Object.keys(roleIds) as ProjectRole[]).map(namedRole);

/** A role by its name. */
export function namedRole(name: ProjectRole): NamedRole {
  return { id: roleIds[name], name };
}

/** The role of an id or a name; null when there is none. */
export function findRole(idOrName: string): NamedRole | null {
  return allRoles.find(({ id, name }) => id === idOrName || name === idOrName) ?? null;
}

/** The same roles and those that they include, the strongest first. */
export function withIncludedRoles(held: readonly ProjectRole[]): readonly ProjectRole[] {
  const strongest = allRoles.findIndex(({ name }) => held.includes(name));
  return strongest === -1 ? [] : allRoles.slice(strongest).map(({ name }) => name);
}
