import type { ProjectRole } from './caller.ts';

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
