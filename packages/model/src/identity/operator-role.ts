import type { Role } from '../check/check-input.ts';
import { type Caller, firstProject } from './caller.ts';
import { ferryRole, hasRole } from './has-role.ts';

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
