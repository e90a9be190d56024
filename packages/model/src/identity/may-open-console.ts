import type { Caller } from './caller.ts';
import { hasRole } from './has-role.ts';
import { operatorRole } from './operator-role.ts';

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
