import type { ChangedUserBody, NewProjectBody, NewUserBody } from '../identity/requests.ts';
import { ApiError } from './api-error.ts';
import type { FerryClientOptions } from './catalogue-client.ts';
import { HttpTransport, pathSegment } from './http-transport.ts';

/** A user as the identity API tells of one. */
export interface UserBody {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly email?: string;
  readonly description?: string;
  readonly default_project_id?: string;
}

export interface ProjectBody {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
}

/** Who has which role where, with names. */
export interface RoleAssignmentBody {
  readonly user: { readonly id: string; readonly name: string };
  readonly role: { readonly id: string; readonly name: string };
  readonly scope: {
    readonly project?: { readonly id: string; readonly name: string };
    readonly system?: { readonly all: true };
    readonly domain?: { readonly id: string; readonly name: string };
  };
}

/** A page of a list; `next`: where it goes on. */
interface Page {
  readonly links?: { readonly next?: string | null };
  readonly [noun: string]: unknown;
}

/** Where a role is held: a project by its id, or the whole system. */
export type RoleScope = { readonly projectId: string } | 'system';

/** The users, projects and roles of a controller as typed calls. Every refusal is thrown as an ApiError. */
export class IdentityClient {
  readonly #http: HttpTransport;

  constructor(options: FerryClientOptions) {
    this.#http = new HttpTransport(options, 'identity');
  }

  users(): Promise<UserBody[]> {
    return this.#all('/users', 'users');
  }

  /** By its name or id. */
  async user(nameOrId: string): Promise<UserBody> {
    return pick(await this.users(), nameOrId, 'user');
  }

  async createUser(user: NewUserBody): Promise<UserBody> {
    return (await this.#http.json<{ user: UserBody }>('POST', '/users', { user })).user;
  }

  async changeUser(id: string, user: ChangedUserBody): Promise<UserBody> {
    return (await this.#http.json<{ user: UserBody }>('PATCH', `/users/${pathSegment(id)}`, { user })).user;
  }

  deleteUser(id: string): Promise<void> {
    return this.#http.json('DELETE', `/users/${pathSegment(id)}`);
  }

  projects(): Promise<ProjectBody[]> {
    return this.#all('/projects', 'projects');
  }

  /** By its name or id. */
  async project(nameOrId: string): Promise<ProjectBody> {
    return pick(await this.projects(), nameOrId, 'project');
  }

  async createProject(project: NewProjectBody): Promise<ProjectBody> {
    return (await this.#http.json<{ project: ProjectBody }>('POST', '/projects', { project })).project;
  }

  deleteProject(id: string): Promise<void> {
    return this.#http.json('DELETE', `/projects/${pathSegment(id)}`);
  }

  async roleAssignments(of: { userId?: string; projectId?: string } = {}): Promise<RoleAssignmentBody[]> {
    const query = new URLSearchParams({
      include_names: 'true',
      ...(of.userId === undefined ? {} : { 'user.id': of.userId }),
      ...(of.projectId === undefined ? {} : { 'scope.project.id': of.projectId }),
    });
    return this.#all(`/role_assignments?${query.toString()}`, 'role_assignments');
  }

  /** A list with all of its pages. */
  async #all<T>(path: string, noun: string): Promise<T[]> {
    const items: T[] = [];
    for (let next: string | null = path; next !== null; ) {
      const page: Page = await this.#http.json<Page>('GET', next);
      items.push(...(page[noun] as T[]));
      const goesOn = page.links?.next ?? null;
      // Of its address the query counts: the way here may lead through a proxy that it does not know.
      next = goesOn === null ? null : `${path.split('?')[0]}${new URL(goesOn).search}`;
    }
    return items;
  }

  /** Gives a user a role, by its name. */
  async grantRole(userId: string, role: string, scope: RoleScope): Promise<void> {
    await this.#http.json('PUT', await this.#grant(userId, role, scope));
  }

  async revokeRole(userId: string, role: string, scope: RoleScope): Promise<void> {
    await this.#http.json('DELETE', await this.#grant(userId, role, scope));
  }

  async #grant(userId: string, roleName: string, scope: RoleScope): Promise<string> {
    const { roles } = await this.#http.json<{ roles: { id: string; name: string }[] }>('GET', '/roles');
    const role = pick(roles, roleName, 'role');
    const where = scope === 'system' ? '/system' : `/projects/${pathSegment(scope.projectId)}`;
    return `${where}/users/${pathSegment(userId)}/roles/${role.id}`;
  }
}

function pick<T extends { readonly id: string; readonly name: string }>(
  items: readonly T[],
  nameOrId: string,
  noun: 'user' | 'project' | 'role',
): T {
  const found = items.find(({ name }) => name === nameOrId) ?? items.find(({ id }) => id === nameOrId);
  if (found !== undefined) return found;
  const names = items.map(({ name }) => name).slice(0, 10);
  const list = names.length === 0 ? 'none is made yet' : `there are: ${names.join(', ')}`;
  throw new ApiError(`${noun}-not-found`, 404, `There is no ${noun} "${nameOrId}"; ${list}.`, '');
}
