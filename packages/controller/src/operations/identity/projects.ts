import type { ChangedProjectBody, NewProjectBody } from '@ferry/api';
import {
  findRole,
  firstProject,
  type NamedRole,
  type Project,
  type RoleTarget,
  theDomain,
} from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import type { IdentityServices } from './identity-services.ts';
import type { KnownCallers } from './known-callers.ts';
import { findUser, newId, requireTheDomain } from './users.ts';

/** The project of an id. */
export async function findProject({ store }: Pick<IdentityServices, 'store'>, id: string): Promise<Project> {
  const project = await store.projects.byId(id);
  if (project === null) throw new Refusal('project-not-found', `Could not find project: ${id}.`);
  return project;
}

/** Makes a project; nobody has a role in it yet. */
export async function createProject(identity: IdentityServices, body: NewProjectBody): Promise<Project> {
  requireTheDomain(body.domain_id);
  requireNoParent(body.parent_id);
  const added = await identity.store.projects.add({
    id: newId(),
    name: body.name,
    description: body.description ?? '',
    enabled: body.enabled ?? true,
  });
  if (added === 'name-taken') throw nameTaken(body.name);
  return added;
}

/** Changes a project. One that is not enabled any more has no tokens. */
export async function changeProject(
  identity: IdentityServices,
  id: string,
  body: ChangedProjectBody,
): Promise<Project> {
  requireTheDomain(body.domain_id);
  requireNoParent(body.parent_id);
  const changed = await identity.store.projects.change(id, {
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.description === undefined ? {} : { description: body.description ?? '' }),
    ...(body.enabled === undefined ? {} : { enabled: body.enabled }),
  });
  identity.tokens.forget();
  if (changed === null) throw new Refusal('project-not-found', `Could not find project: ${id}.`);
  if (changed === 'name-taken') throw nameTaken(body.name ?? '');
  return changed;
}

/** Takes a project away that no instance belongs to; the first one stays. */
export async function deleteProject(identity: IdentityServices, id: string): Promise<void> {
  if (id === firstProject.id)
    throw new Refusal(
      'project-in-use',
      `"${firstProject.name}" is the project of what is adopted, and of Ferry's own tokens: it stays.`,
    );
  const removed = await identity.store.projects.remove(id);
  identity.tokens.forget();
  if (removed === 'not-found') throw new Refusal('project-not-found', `Could not find project: ${id}.`);
  if (removed === 'removed') return;
  const { instances } = removed;
  const more = instances.length > 10 ? ` and ${instances.length - 10} more` : '';
  throw new Refusal(
    'project-in-use',
    `${instances.length} instances belong to the project: ${instances.slice(0, 10).join(', ')}${more}.`,
  );
}

function requireNoParent(id: string | null | undefined): void {
  if (id != null && id !== theDomain.id)
    throw new Refusal('bad-request', `Projects are not nested: parent_id "${id}" can only be the domain.`);
}

function nameTaken(name: string): Refusal {
  return new Refusal('project-exists', `There is a project "${name}" already.`);
}

/** The id of a project by its name or id. Of projects that only a Keystone knows an id is taken as it is. */
export async function projectIdOf(
  { services: { store }, identity }: Pick<KnownCallers, 'identity'> & { readonly services: Services },
  name: string,
): Promise<string> {
  const found = (await store.projects.byName(name)) ?? (await store.projects.byId(name));
  if (found !== null) return found.id;
  if (identity.kind === 'keystone') return name;
  throw new Refusal('project-not-found', `There is no project "${name}".`);
}

/** One role of one user in one target; the role by its id. */
interface NamedAssignment {
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
