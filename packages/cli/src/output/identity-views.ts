import type { AuditBody } from '@ferry/api';
import type { ProjectBody, RoleAssignmentBody, UserBody } from '@ferry/api/client';
import { formatFields, formatTable, printable } from './table.ts';

/** Users, a line each. */
export function formatUsers(users: readonly UserBody[]): string {
  return formatTable(
    [{ heading: 'NAME' }, { heading: 'ID' }, { heading: 'ENABLED' }, { heading: 'EMAIL' }],
    users.map((user) => [user.name, user.id, user.enabled ? 'yes' : 'no', user.email ?? '-']),
  );
}

/** One user; `password`: one that was made just now. */
export function formatUser(
  user: UserBody,
  assignments: readonly RoleAssignmentBody[],
  password?: string,
): string {
  const fields = formatFields([
    ['name', user.name],
    ['id', user.id],
    ['enabled', user.enabled ? 'yes' : 'no'],
    ['email', user.email ?? '-'],
    ['description', user.description ?? '-'],
    ['roles', assignments.map((one) => `${one.role.name} in ${placeOf(one)}`).join(', ') || '-'],
    ...(password === undefined ? [] : [['password', password] as const]),
  ]);
  return password === undefined ? fields : `${fields}\n\nThe password is shown this once.`;
}

/** Projects, a line each. */
export function formatProjects(projects: readonly ProjectBody[]): string {
  return formatTable(
    [{ heading: 'NAME' }, { heading: 'ID' }, { heading: 'ENABLED' }, { heading: 'DESCRIPTION' }],
    projects.map((one) => [one.name, one.id, one.enabled ? 'yes' : 'no', one.description]),
  );
}

/** Who has which role where, a line each. */
export function formatAssignments(assignments: readonly RoleAssignmentBody[]): string {
  if (assignments.length === 0)
    return 'No roles: give one with `ferry role add ROLE --user USER --project PROJECT`.';
  return formatTable(
    [{ heading: 'USER' }, { heading: 'ROLE' }, { heading: 'WHERE' }],
    assignments.map((one) => [one.user.name, one.role.name, placeOf(one)]),
  );
}

function placeOf({ scope }: RoleAssignmentBody): string {
  if (scope.project !== undefined) return scope.project.name;
  return scope.system === undefined ? 'the domain' : 'the system';
}

/** Records, a line each. */
export function formatAudit(records: readonly AuditBody[]): string {
  return formatTable(
    ['AT', 'USER', 'FROM', 'ACTION', 'TARGET', 'RESULT'].map((heading) => ({ heading })),
    records.map(cellsOf),
  );
}

/** One on a line of its own, for those that come one by one. */
export function auditLine(record: AuditBody): string {
  return printable(cellsOf(record).join('  '));
}

function cellsOf({ at, userName, address, action, target, result, status }: AuditBody): string[] {
  const words = Object.entries(target).map(([name, value]) => `${name}=${value}`);
  return [at, userName, address, action, words.join(' '), status === null ? result : `${result} (${status})`];
}
